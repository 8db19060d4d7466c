"""Gradients of a recurrent layer's last output by time step."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from workshop.numerics.recurrent import unroll
from workshop.training.backend import keras, tf
from workshop.training.initialisers import initial_weights
from workshop.training.versions import traced


def gradients_by_step(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return the norm of the summed output's gradient by each step's input, as a function of sequences.

    The function maps x (n, steps, inputs) to float64 (steps,), over all sequences and inputs of a step.
    """

    def of_input(inputs: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            output = tf.reduce_sum(model(inputs))
        return tape.gradient(output, inputs)

    gradient = traced(of_input)

    def lengths(x: np.ndarray) -> np.ndarray:
        return np.sqrt((gradient(tf.constant(x)).numpy() ** 2).sum(axis=(0, 2)))

    return lengths


def gradients_by_hand(x: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
    """Return the same norms of a plain RNN by backpropagation in NumPy, float64 (steps,).

    δ(t − 1) = δ(t) (1 − h(t)²) Uᵀ from the last step on, and δ(t) (1 − h(t)²) Wᵀ for the input of a step.
    """
    delta, lengths = np.ones((len(x), len(weights["bias"]))), []
    for state in np.moveaxis(unroll(x, **weights), 1, 0)[::-1]:
        through = delta * (1 - state**2)
        lengths.append(np.linalg.norm(through @ weights["kernel"].T))
        delta = through @ weights["recurrent"].T
    return np.array(lengths[::-1])


def model_of(layer: Any, inputs: int) -> Any:
    """Return a model of one float64 recurrent layer on sequences of any length."""
    return keras.models.Sequential([keras.layers.InputLayer((None, inputs), dtype="float64"), layer])


def assign_scaled(model: Any, rng: np.random.Generator, recurrent: float) -> float:
    """Draw a plain RNN's weights, recurrent ones orthogonal times a factor; return their spectral norm."""
    kernel, orthogonal, bias = initial_weights(model, rng)
    model.set_weights([kernel, recurrent * orthogonal, bias])
    return float(np.linalg.norm(model.get_weights()[1], 2))
