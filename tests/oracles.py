"""Oracles in NumPy that only tests need: dense layers trained by hand, and images transformed by a matrix."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from workshop.numerics.dense import dense, sigmoid
from workshop.numerics.transforms import centred

Gradients = Callable[[Sequence[np.ndarray]], Sequence[np.ndarray]]
_SNAP = 1e-9  # coordinates this close to a pixel are on it


def softmax(z: np.ndarray) -> np.ndarray:
    """Return eᶻ/Σeᶻ along the last axis in the dtype of `z`, without overflow."""
    z = np.asarray(z)
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def dense_backward(x: np.ndarray, upstream: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of weight and bias from that of the net input (n, units)."""
    return x.T @ upstream, upstream.sum(axis=0)


def sigmoid_backward(output: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """Return the gradient of the net input from the sigmoid's output and the gradient of that output."""
    return upstream * output * (1 - output)


def softmax_backward(output: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """Return the gradient of the net input from the softmax's output and the gradient of that output."""
    return output * (upstream - (upstream * output).sum(axis=-1, keepdims=True))


def sigmoid_gradients(x: np.ndarray, labels: np.ndarray) -> Gradients:
    """Return the gradients of a sigmoid unit's mean cross-entropy as a function of (weight, bias).

    The unit's output, already a sigmoid, is taken as the logit, as in exercise 2.02.
    """
    return _doubled(x, labels, sigmoid, sigmoid_backward, labels.size)


def softmax_gradients(x: np.ndarray, labels: np.ndarray) -> Gradients:
    """Return the gradients of a softmax layer's mean cross-entropy as a function of (weight, bias).

    The layer's output, already a softmax, is taken as the logits, as in exercise 2.03.
    """
    return _doubled(x, labels, softmax, softmax_backward, len(labels))


def _doubled(x: np.ndarray, labels: np.ndarray, activation: Any, backward: Any, terms: int) -> Gradients:
    def gradients(variables: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
        weight, bias = variables
        output = activation(dense(x, weight, bias))
        by_weight, by_bias = dense_backward(x, backward(output, (activation(output) - labels) / terms))
        return by_weight, by_bias.reshape(bias.shape)

    return gradients


def sgd_steps(
    gradients: Gradients, start: Iterable[np.ndarray], *, steps: int, learning_rate: float = 0.01
) -> list[np.ndarray]:
    """Return the float32 variables after plain gradient descent."""
    variables = [np.array(value, dtype=np.float32) for value in start]
    for _ in range(steps):
        found = gradients(variables)
        variables = [v - np.float32(learning_rate) * g for v, g in zip(variables, found, strict=True)]
    return variables


def adam_steps(
    gradients: Gradients,
    start: Iterable[np.ndarray],
    *,
    steps: int,
    learning_rate: float = 0.01,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> list[np.ndarray]:
    """Return the float32 variables after Adam, in the order of operations of TensorFlow's kernel."""
    one = np.float32(1)
    rate, first, second, tiny = (np.float32(v) for v in (learning_rate, beta_1, beta_2, epsilon))
    variables = [np.array(value, dtype=np.float32) for value in start]
    means = [np.zeros_like(v) for v in variables]
    squares = [np.zeros_like(v) for v in variables]
    for step in range(1, steps + 1):
        count = np.float32(step)
        alpha = rate * np.sqrt(one - second**count) / (one - first**count)
        for index, gradient in enumerate(gradients(variables)):
            means[index] = means[index] + (gradient - means[index]) * (one - first)
            squares[index] = squares[index] + (gradient * gradient - squares[index]) * (one - second)
            variables[index] = variables[index] - means[index] * alpha / (np.sqrt(squares[index]) + tiny)
    return variables


def warp(image: np.ndarray, matrix: np.ndarray, *, fill: str = "nearest", value: float = 0.0) -> np.ndarray:
    """Return an image (height, width, channels) transformed about its centre; float64 of the same shape.

    `matrix` (3, 3) is about the centre. Pixels from outside the image repeat its edge with "nearest", and are
    `value` with "constant".
    """
    size = image.shape[:2]
    matrix = centred(matrix, size)
    pixels = np.stack(np.meshgrid(*map(np.arange, size), indexing="ij"))
    places = np.einsum("ij,jhw->ihw", matrix[:2, :2], pixels) + matrix[:2, 2, np.newaxis, np.newaxis]
    places = np.where(np.abs(places - np.rint(places)) < _SNAP, np.rint(places), places)
    inside = [np.clip(place, 0, length - 1) for place, length in zip(places, size, strict=True)]
    lower = [np.floor(place).astype(int) for place in inside]
    upper = [np.minimum(low + 1, length - 1) for low, length in zip(lower, size, strict=True)]
    down, right = ((place - low)[..., np.newaxis] for place, low in zip(inside, lower, strict=True))
    above = image[lower[0], lower[1]] * (1 - right) + image[lower[0], upper[1]] * right
    below = image[upper[0], lower[1]] * (1 - right) + image[upper[0], upper[1]] * right
    result = above * (1 - down) + below * down
    if fill == "constant":
        outside = (places[0] != inside[0]) | (places[1] != inside[1])
        result = np.where(outside[..., np.newaxis], value, result)
    return result
