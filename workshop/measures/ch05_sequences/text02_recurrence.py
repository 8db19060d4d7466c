"""Text: Recurrent Neural Networks; Loops - An Integral Part of RNNs (recurrence equations) (chapter 5).

Keras' recurrent layer is compared with the equation, unrolled by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from workshop.numerics.recurrent import unroll
from workshop.numerics.similarity import distance, relative_distance
from workshop.training.backend import keras, tf
from workshop.units import unit

from ._probes import sequence_model, with_drawn_weights


@dataclass(frozen=True)
class Recurrence:
    """Keras' recurrent layer compared with the equation, and the inputs of its hidden outputs.

    `equation_gap` : largest difference of its outputs from the recurrence in NumPy, by activation.
    `life_is_good` : the terms, their time steps, and the step whose hidden output the layer returns.
    `recomputed_gap` : that of an output computed again from the named hidden inputs alone.
    """

    equation_gap: dict[str, float]
    life_is_good: dict[str, Any]
    hidden_inputs: list[str]
    recomputed_gap: float


@unit("ch05.text02", uses="tensorflow")
def recurrence(
    text: str = "life is good", steps: int = 6, inputs: int = 4, units: int = 3, rows: int = 5
) -> Recurrence:
    """Unroll the recurrence in NumPy and in Keras, and disturb possible inputs of a hidden output.

    Source: chapter 5, text on loops in RNNs.
    """
    x = np.random.default_rng(1).normal(size=(rows, steps, inputs)).astype(np.float32)
    activations: dict[str, Callable[..., Any]] = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
    gaps = {}
    for name, activation in activations.items():
        model = sequence_model(
            (steps, inputs), keras.layers.SimpleRNN(units, activation=name, return_sequences=True)
        )
        kernel, recurrent, bias = model.get_weights()
        by_hand = unroll(x, kernel=kernel, recurrent=recurrent, bias=bias, activation=activation)
        # each output relative to the largest, because without saturation outputs grow from step to step
        gaps[name] = relative_distance(model(x), by_hand)
    names, gap = hidden_inputs(x, units)
    return Recurrence(gaps, read_term_by_term(text.split()), names, gap)


def read_term_by_term(terms: list[str], units: int = 4) -> dict[str, Any]:
    """Read one term a time step, and find the step whose hidden output the layer returns."""
    x = np.eye(len(terms), dtype=np.float32)[np.newaxis]
    model = sequence_model(x.shape[1:], keras.layers.SimpleRNN(units))
    kernel, recurrent, bias = model.get_weights()
    states = unroll(x, kernel=kernel, recurrent=recurrent, bias=bias)[0]
    apart = np.abs(states - model(x).numpy()).max(axis=1)
    return {"steps": terms, "t": list(range(len(states))), "classified_after_t": int(np.argmin(apart))}


def hidden_inputs(x: np.ndarray, units: int, t: int = 3) -> tuple[list[str], float]:
    """Return the inputs of the hidden output at time t, and how exactly these inputs alone give it.

    The previous layer is the input here. The layer is run up to t, and again at t alone from its own output
    at t − 1. Whatever changes the output when it is disturbed is an input of it.
    """
    layer = with_drawn_weights(
        sequence_model(x.shape[1:], keras.layers.SimpleRNN(units, return_sequences=True))
    ).layers[-1]
    states = layer(x).numpy()
    here, before = x[:, t : t + 1], states[:, t - 1]

    def alone(step: np.ndarray, state: np.ndarray) -> np.ndarray:
        return np.array(layer(step, initial_state=[tf.constant(state)]).numpy())[:, 0]

    later = x.copy()
    later[:, t + 1 :] += 1
    outputs = {
        "previous layer at the same time step": alone(here + 1, before),
        "previous layer at the next time step": layer(later).numpy()[:, t],
        "same layer at the previous time step": alone(here, before + 1),
    }
    names = [name for name, output in outputs.items() if distance(output, states[:, t]) > 1e-3]
    return names, distance(alone(here, before), states[:, t])
