"""A network by hand in NumPy, from a table of its layers.

Rows of a table are `dense("relu")`, `conv2d("relu", padding="same")`, `lstm()` … Layers that only matter in
training, as dropout, have none. Weights have the layout of Keras, in the order of the layers. NumPy
calculates in the dtype of weights and inputs, recurrent layers with gates in float64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Collection, Optional, Sequence

import numpy as np

from workshop.numerics import convolution1d, convolution2d, gates, recurrent, upsampling
from workshop.numerics import dense as dense_layer

Activation = Callable[[np.ndarray], np.ndarray]

SELU = (1.0507009873554805, 1.6732632423543772)  # scale and alpha
EPSILON = 0.001  # Keras' own, which batch normalisation adds to a variance


def softmax(z: np.ndarray) -> np.ndarray:
    """Return eᶻ/Σeᶻ along the last axis, without overflow."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


ACTIVATIONS: dict[str, Activation] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.2 * z),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "selu": lambda z: SELU[0] * np.where(z > 0, z, SELU[1] * np.expm1(np.minimum(z, 0))),
    "tanh": np.tanh,
    "sigmoid": dense_layer.sigmoid,
    "softmax": softmax,
}


@dataclass(frozen=True)
class Layer:
    """A row of a table: `compute(x, activation, *arrays)`, and the number of arrays of its weights."""

    compute: Callable[..., np.ndarray]
    arrays: int = 0
    activation: str = "linear"


def forward(
    layers: Sequence[Layer],
    weights: Sequence[np.ndarray],
    x: np.ndarray,
    *,
    without: Collection[int] = (),
) -> np.ndarray:
    """Return a network's outputs for inputs x (n, …). Arguments and errors are those of `signals`."""
    return signals(layers, weights, x, without=without)[-1]


def signals(
    layers: Sequence[Layer],
    weights: Sequence[np.ndarray],
    x: np.ndarray,
    *,
    without: Collection[int] = (),
    training: bool = False,
) -> list[np.ndarray]:
    """Return what enters each layer of a network, and its outputs last.

    Parameters
    ----------
    layers : the network's table.
    weights : arrays of all layers.
    x : inputs (n, …).
    without : places of layers whose activation is left out.
    training : whether batch normalisations use the batch's own moments.

    Raises
    ------
    ValueError
        If the layers take another number of arrays.
    """
    passed = [x]
    for place, (layer, arrays) in enumerate(zip(layers, by_layer(layers, weights))):
        x = passed[-1]
        given = [*arrays[:2], *moments(x)] if training and is_norm(layer) else arrays
        activation = ACTIVATIONS["linear" if place in without else layer.activation]
        passed.append(layer.compute(x, activation, *given))
    return passed


def by_layer(layers: Sequence[Layer], weights: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    """Return the arrays of each layer. Raises ValueError if they take another number of arrays."""
    taken = sum(layer.arrays for layer in layers)
    if taken != len(weights):
        raise ValueError(f"{len(weights)} arrays of weights for layers that take {taken}: list every layer")
    given = iter(weights)
    return [[next(given) for _ in range(layer.arrays)] for layer in layers]


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of each channel, the last axis."""
    axes = tuple(range(x.ndim - 1))
    return x.mean(axis=axes), x.var(axis=axes)


def dense(activation: str = "linear") -> Layer:
    """Return a row for kernel and bias on inputs (n, features)."""
    return Layer(lambda x, f, *arrays: f(dense_layer.dense(x, *arrays)), 2, activation)


def conv1d(activation: str = "linear") -> Layer:
    """Return a row for a "valid" convolution of sequences (n, steps, channels)."""
    return Layer(lambda x, f, *arrays: f(convolution1d.convolve(x, *arrays)), 2, activation)


def conv2d(activation: str = "linear", **settings: Any) -> Layer:
    """Return a row for a convolution of images; settings are those of `convolve2d`."""
    return Layer(lambda x, f, *arrays: f(convolution2d.convolve2d(x, *arrays, **settings)), 2, activation)


def conv2d_transpose(activation: str = "linear", **settings: Any) -> Layer:
    """Return a row for a transposed convolution; settings are those of `transpose_convolve2d`."""
    transposed = upsampling.transpose_convolve2d
    return Layer(lambda x, f, *arrays: f(transposed(x, *arrays, **settings)), 2, activation)


def max_pool1d(size: int) -> Layer:
    """Return a row for the largest of each `size` steps."""
    return Layer(lambda x, _: convolution1d.windows(x, size, stride=size).max(axis=2))


def max_pool2d(size: int, strides: Optional[int] = None) -> Layer:
    """Return a row for the largest of each window of images."""
    return Layer(lambda x, _: convolution2d.max_pool2d(x, size, strides=strides))


def batch_norm() -> Layer:
    """Return a row for scale, shift, moving mean and moving variance of each channel."""
    return Layer(_norm, 4)


def is_norm(layer: Layer) -> bool:
    """Return whether a row is a batch normalisation."""
    return layer.compute is _norm


def _norm(x: np.ndarray, _: Activation, scale: Any, shift: Any, mean: Any, variance: Any) -> np.ndarray:
    return np.asarray(scale * (x - mean) / np.sqrt(variance + EPSILON) + shift)


def reshape(*shape: int) -> Layer:
    """Return a row that gives each example another shape; −1 is what is left."""
    return Layer(lambda x, _: x.reshape(len(x), *shape))


def embedding() -> Layer:
    """Return a row for the vectors (words, size) of word numbers (n, steps)."""
    return Layer(lambda x, _, vectors: vectors[x], 1)


def rnn(*, every_step: bool = False) -> Layer:
    """Return a row for a plain recurrent layer, with its outputs at every step or at the last one."""
    return _steps(lambda x, f, w: recurrent.unroll(x, **w, activation=f), every_step, "tanh")


def lstm(*, every_step: bool = False) -> Layer:
    """Return a row for an LSTM, with its outputs at every step or at the last one."""
    return _steps(lambda x, _, w: gates.lstm(x, **w).hidden, every_step)


def gru(*, every_step: bool = False) -> Layer:
    """Return a row for a GRU that resets before the product, with its outputs at every step or the last."""
    return _steps(lambda x, _, w: gates.gru(x, **w, reset_after=False).hidden, every_step)


def _steps(states: Callable[..., np.ndarray], every_step: bool, activation: str = "linear") -> Layer:
    names = ("kernel", "recurrent", "bias")

    def compute(x: np.ndarray, f: Activation, *arrays: np.ndarray) -> np.ndarray:
        outputs = states(x, f, dict(zip(names, arrays)))
        return outputs if every_step else outputs[:, -1]

    return Layer(compute, len(names), activation)


def bidirectional(layer: Layer) -> Layer:
    """Return a row for the last outputs of a recurrent layer in both directions, (n, 2·units).

    `layer` gives its outputs at every step.
    """

    def compute(x: np.ndarray, f: Activation, *arrays: np.ndarray) -> np.ndarray:
        there = layer.compute(x, f, *arrays[: layer.arrays])
        back = layer.compute(x[:, ::-1], f, *arrays[layer.arrays :])
        return np.concatenate([there[:, -1], back[:, -1]], axis=-1)

    return Layer(compute, 2 * layer.arrays, layer.activation)


def repeat(steps: int) -> Layer:
    """Return a row that gives the same input (n, features) at every step."""
    return Layer(lambda x, _: np.repeat(x[:, np.newaxis], steps, axis=1))
