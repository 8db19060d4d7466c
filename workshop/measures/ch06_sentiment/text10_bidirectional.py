"""Text ch06.text10: Bidirectional RNNs (chapter 6).

The order in which both halves of a bidirectional LSTM read a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.numerics.similarity import distance
from workshop.training.backend import keras
from workshop.units import unit

from ._cells import drawn, sequences


@dataclass(frozen=True)
class Bidirectional:
    """Both directions: reading order of each, and width of the output.

    `halves` : largest difference of the first and of the second half of the last output from one LSTM of
    Keras with the same weights, on the sequence and on its reverse.
    """

    orders: dict[str, list[str]]
    concat: int
    halves: dict[str, float]


@unit("ch06.text10", uses="tensorflow")
def both_directions(text: str = "Life is good", units: int = 32, inputs: int = 3) -> Bidirectional:
    """Disturb the terms of a sentence under a bidirectional LSTM, and build it from two LSTMs.

    Source: chapter 6, text on bidirectional RNNs.
    """
    layers = keras.layers
    last = drawn(layers.Bidirectional(layers.LSTM(units)), inputs)
    terms = text.split()
    reader = drawn(layers.Bidirectional(layers.LSTM(units, return_sequences=True)), len(terms))
    x = sequences(5, 8, inputs, "float32")
    return Bidirectional(
        orders=reading_orders(reader, terms),
        concat=int(last(x).shape[-1]),
        halves=halves(last, x),
    )


def halves(layer: Any, x: np.ndarray) -> dict[str, float]:
    """Return how far each half of a layer's last output is from one LSTM that reads in its direction."""
    outputs = np.split(layer(x).numpy(), 2, axis=-1)
    found = {}
    for name, output, own, read in (
        ("forward", outputs[0], layer.forward_layer, x),
        ("backward", outputs[1], layer.backward_layer, np.ascontiguousarray(x[:, ::-1])),
    ):
        alone = keras.layers.LSTM(output.shape[-1])
        alone.build((None, None, x.shape[-1]))
        alone.set_weights(own.get_weights())
        found[name] = distance(output, alone(read).numpy())
    return found


def reading_orders(layer: Any, terms: list[str]) -> dict[str, list[str]]:
    """Return the order in which the two halves of a layer's outputs read the terms.

    The term that changes a half's output at every step is read first, and the term that changes only one
    output is read last. Terms that change equally many outputs share a position.
    """
    n = len(terms)
    x = np.eye(n, dtype=np.float32)[np.newaxis]
    outputs = layer(x).numpy()
    reaches = np.zeros((2, n), int)
    for place in range(n):
        disturbed = x.copy()
        disturbed[:, place] *= -1
        moved = np.abs(layer(disturbed).numpy() - outputs)[0].reshape(n, 2, -1).max(axis=-1) > 1e-6
        reaches[:, place] = moved.sum(axis=0)
    return {
        half: [
            " and ".join(term for term, reach in zip(terms, row) if reach == n - place) for place in range(n)
        ]
        for half, row in zip(("forward", "backward"), reaches)
    }
