"""Text ch06.text01: The Vanishing Gradient Problem (chapter 6).

Gradients over many time steps vanish in a plain RNN, and are capped by clipping where they explode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.numerics.similarity import distance
from workshop.training.backend import keras, tf
from workshop.training.initialisers import initial_weights
from workshop.units import unit

from ._cells import weights_of
from ._gradients import assign_scaled, gradients_by_hand, gradients_by_step, model_of


@dataclass(frozen=True)
class Vanishing:
    """Gradients of the last output with respect to the input, by step, each divided by that at the last step.

    `plain`, `lstm` : at the first step and at every quarter of the way, float64 (5,), of a plain RNN whose
    recurrent weights have the spectral norm `spectral_norm`, and of an LSTM whose forget gate is open.
    `off_by_hand` : largest relative difference of the plain RNN's from backpropagation in NumPy, at any step.
    `others` : at the first step, for layers as initialised by Keras. `n_steps` : of the input.
    """

    plain: np.ndarray
    spectral_norm: float
    off_by_hand: float
    lstm: np.ndarray
    others: dict[str, float]
    n_steps: int


@unit("ch06.text01", uses="tensorflow")
def vanishing(
    steps: int = 100,
    units: int = 32,
    inputs: int = 32,
    rows: int = 8,
    recurrent: float = 0.9,
    forget_bias: float = 5.0,
) -> Vanishing:
    """Follow the last output's gradient back through all steps of untrained recurrent layers.

    Source: chapter 6, text on the vanishing gradient problem.
    """
    rng = np.random.default_rng(1)
    x = rng.normal(size=(rows, steps, inputs))
    rnn = model_of(keras.layers.SimpleRNN(units, dtype="float64"), inputs)
    lstm = model_of(keras.layers.LSTM(units, dtype="float64"), inputs)
    of_rnn, of_lstm = gradients_by_step(rnn), gradients_by_step(lstm)
    norm = assign_scaled(rnn, rng, recurrent)
    plain = of_rnn(x)
    by_hand = gradients_by_hand(x, weights_of(rnn.layers[-1]))
    assign_scaled(rnn, rng, 1.0)
    others = {"plain RNN": of_rnn(x)}
    lstm.set_weights(initial_weights(lstm, rng))
    others["LSTM"] = of_lstm(x)
    kernel, recurrent_kernel, bias = lstm.get_weights()
    bias[units : 2 * units] = forget_bias
    lstm.set_weights([kernel, recurrent_kernel, bias])
    quarters = np.linspace(0, steps - 1, 5).round().astype(int)
    opened = of_lstm(x)
    return Vanishing(
        plain=(plain / plain[-1])[quarters],
        spectral_norm=norm,
        off_by_hand=distance(plain / by_hand, np.ones(steps)),
        lstm=(opened / opened[-1])[quarters],
        others={name: float(lengths[0] / lengths[-1]) for name, lengths in others.items()},
        n_steps=len(plain),
    )


@dataclass(frozen=True)
class Clipping:
    """Exploding gradients of a loss, clipped by value and by norm; all numbers but the cosine are in caps.

    `by_value` : largest component before and after, and largest change of a component inside the cap.
    `by_norm` : norm of all gradients together before and after, and the cosine between both.
    """

    by_value: dict[str, float]
    by_norm: dict[str, float]


@unit("ch06.text01", uses="tensorflow")
def clipping(
    cap: float = 1.0,
    steps: int = 100,
    units: int = 16,
    inputs: int = 4,
    rows: int = 8,
    recurrent: float = 1.5,
) -> Clipping:
    """Clip the gradients of a ReLU network's loss, which grow with each step backwards.

    Source: chapter 6, note on the exploding gradient problem.
    """
    rng = np.random.default_rng(3)
    model = model_of(keras.layers.SimpleRNN(units, activation="relu", dtype="float64"), inputs)
    assign_scaled(model, rng, recurrent)
    x, y = rng.normal(size=(rows, steps, inputs)), rng.normal(size=(rows, units))
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(tf.constant(x)) - y) ** 2)
    gradients = tape.gradient(loss, variables)
    before = flat(gradients)
    by_value = flat([tf.clip_by_value(gradient, -cap, cap) for gradient in gradients])
    by_norm = flat(tf.clip_by_global_norm(gradients, cap)[0])
    inside = np.abs(before) <= cap
    return Clipping(
        by_value={
            "before": float(np.abs(before).max() / cap),
            "after": float(np.abs(by_value).max() / cap),
            "inside_moved": float(np.abs(by_value - before)[inside].max()),
        },
        by_norm={
            "before": float(np.linalg.norm(before) / cap),
            "after": float(np.linalg.norm(by_norm) / cap),
            "cosine": float(before @ by_norm / np.linalg.norm(before) / np.linalg.norm(by_norm)),
        },
    )


def flat(gradients: Sequence[Any]) -> np.ndarray:
    """Return the components of all gradients in one row."""
    return np.concatenate([gradient.numpy().ravel() for gradient in gradients])
