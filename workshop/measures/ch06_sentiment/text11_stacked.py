"""Text ch06.text11: Stacked RNNs (chapter 6).

Two LSTMs, of which the second reads the output of the first at each step, in Keras and by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop.numerics import gates
from workshop.numerics.similarity import distance
from workshop.training.backend import keras
from workshop.units import unit

from ._cells import drawn, sequences, weights_of


@dataclass(frozen=True)
class Stacked:
    """Shapes in two stacked LSTMs, and their difference from the same by hand."""

    sequence_output: list[int]
    last_output: list[int]
    equations: float


@unit("ch06.text11", uses="tensorflow")
def on_top_of_each_other(rows: int = 2, steps: int = 5, units: int = 4, inputs: int = 3) -> Stacked:
    """Feed an LSTM's output at each step to a second LSTM. Source: chapter 6, text on stacked RNNs."""
    first = drawn(keras.layers.LSTM(units, return_sequences=True), inputs, seed=1)
    second = drawn(keras.layers.LSTM(units), units, seed=2)
    x = sequences(rows, steps, inputs, "float32")
    between = first(x)
    last = second(between)
    by_hand = x
    for layer in (first, second):
        by_hand = gates.lstm(by_hand, **weights_of(layer)).hidden
    return Stacked(
        sequence_output=[int(size) for size in between.shape],
        last_output=[int(size) for size in last.shape],
        equations=distance(last.numpy(), by_hand[:, -1]),
    )
