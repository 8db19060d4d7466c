"""Gradients over many time steps: vanishing in a plain RNN, and capped by clipping where they explode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Sequence

import numpy as np

from workshop.training.backend import keras, tf
from workshop.training.initialisers import initial_weights
from workshop.training.versions import traced
from workshop.units import unit

GONE = 1e-3  # an earlier step's gradient below this share of the last step's has vanished


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


def recurrent_model(kind: str, units: int, inputs: int, **settings: Any) -> Any:
    """Build one recurrent layer on sequences of any length, float64."""
    layer = getattr(keras.layers, kind)(units, dtype="float64", **settings)
    return keras.models.Sequential([keras.layers.InputLayer((None, inputs), dtype="float64"), layer])


def assign_scaled(model: Any, rng: np.random.Generator, recurrent: float) -> float:
    """Draw a plain RNN's weights, recurrent ones orthogonal times a factor; return their spectral norm."""
    kernel, orthogonal, bias = initial_weights(model, rng)
    model.set_weights([kernel, recurrent * orthogonal, bias])
    return float(np.linalg.norm(model.get_weights()[1], 2))


@dataclass(frozen=True)
class Vanishing:
    """Gradients of the last output with respect to the input, by step, each divided by that at the last step.

    `plain`, `lstm` : at the first step and at every quarter of the way, float64 (5,), of a plain RNN whose
    recurrent weights have the spectral norm `spectral_norm`, and of an LSTM whose forget gate is open.
    `others` : at the first step, for layers as initialised by Keras. `n_steps` : of the input.
    """

    plain: np.ndarray
    spectral_norm: float
    lstm: np.ndarray
    others: Dict[str, float]
    n_steps: int


@unit("ch06.text01", uses=("tensorflow",))
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
    rnn, lstm = recurrent_model("SimpleRNN", units, inputs), recurrent_model("LSTM", units, inputs)
    of_rnn, of_lstm = gradients_by_step(rnn), gradients_by_step(lstm)
    norm = assign_scaled(rnn, rng, recurrent)
    plain = of_rnn(x)
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
        lstm=(opened / opened[-1])[quarters],
        others={name: float(lengths[0] / lengths[-1]) for name, lengths in others.items()},
        n_steps=len(plain),
    )


@dataclass(frozen=True)
class Clipping:
    """Exploding gradients of a loss, and the same gradients clipped, in caps.

    `by_value` : largest component before and after, and the largest change of a component that was inside the
    cap. `by_norm` : norm of all gradients together before and after, and the cosine between both.
    """

    by_value: Dict[str, float]
    by_norm: Dict[str, float]


@unit("ch06.text01", uses=("tensorflow",))
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
    model = recurrent_model("SimpleRNN", units, inputs, activation="relu")
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


@dataclass(frozen=True)
class ShortSequences:
    """Number of steps over which most plain RNNs keep a gradient, and their share by number of steps."""

    short_threshold: int
    shares: Dict[int, float]


@unit("ch06.text07", uses=("tensorflow",))
def short_sequences(
    steps: int = 100, units: int = 32, inputs: int = 32, nets: int = 40, recurrent: float = 0.9
) -> ShortSequences:
    """Draw plain RNNs whose gradients vanish over a hundred steps, and measure how far they reach.

    Source: chapter 6, text on LSTM versus plain RNNs.
    """
    rng = np.random.default_rng(2)
    model = recurrent_model("SimpleRNN", units, inputs)
    of_model, reached = gradients_by_step(model), []
    for _ in range(nets):
        assign_scaled(model, rng, recurrent)
        lengths = of_model(rng.normal(size=(1, steps, inputs)))[::-1]
        reached.append(np.minimum.accumulate(lengths / lengths[0]) > GONE)
    shares = np.mean(reached, axis=0)
    return ShortSequences(
        short_threshold=int((shares >= 0.95).sum()),
        shares={length: float(shares[length - 1]) for length in (5, 10, 20, steps)},
    )
