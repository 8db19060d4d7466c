"""A layer of perceptrons: net input, activations, the book's losses, training on all examples, and scores.

The losses take net inputs, because the book applies the activation twice: in the layer and in the loss.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Sequence

import numpy as np

from workshop.training.backend import tf
from workshop.training.full_batch import Descent, minimise
from workshop.training.optimizers import Optimizer

Loss = Callable[[Any, Any], Any]


def zero_layer(features: int, units: int, bias_shape: Sequence[int]) -> tuple[Any, Any]:
    """Return float32 zeros as a layer's parameters: weight (features, units), bias of the given shape."""
    return tf.Variable(tf.zeros([features, units])), tf.Variable(tf.zeros(list(bias_shape)), dtype=tf.float32)


def net_input(x: Any, weight: Any, bias: Any) -> Any:
    """Return x W + b for examples in rows."""
    return tf.add(tf.matmul(x, weight), bias)


def perceptron(x: Any, weight: Any, bias: Any) -> Any:
    """Return the sigmoid of the net input, (n, units)."""
    return tf.sigmoid(net_input(x, weight, bias))


def softmax_layer(x: Any, weight: Any, bias: Any) -> Any:
    """Return the class probabilities softmax(x W + b), (n, classes)."""
    return tf.nn.softmax(net_input(x, weight, bias))


def doubled_sigmoid_loss(net_inputs: Any, y: Any) -> Any:
    """Return the book's loss, the mean cross-entropy with the output, already a sigmoid, as the logit."""
    output = tf.sigmoid(net_inputs)
    return tf.abs(tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=output)))


def doubled_softmax_loss(net_inputs: Any, y: Any) -> Any:
    """Return the book's loss, the mean cross-entropy with the output, already a softmax, as the logits."""
    output = tf.nn.softmax(net_inputs)
    return tf.abs(tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=output)))


def train(
    loss: Loss,
    start: Sequence[np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    *,
    optimizer: Optimizer,
    steps: int,
    keep: Iterable[int] = (),
) -> Descent:
    """Train a layer on all examples at once, from the weight and the bias in `start`."""
    return minimise(
        lambda variables, x, y: loss(net_input(x, *variables), y),
        start,
        optimizer=optimizer,
        steps=steps,
        data=(x, y),
        keep=keep,
    )


def all_changed(descent: Descent) -> bool:
    """Return whether every parameter differs from its start value (step 0)."""
    return all(bool(np.all(end != start)) for end, start in zip(descent.variables, descent.snapshots[0]))


def rounded(output: Any) -> np.ndarray:
    """Return outputs rounded to 0 or 1, halves to even, as the book turns probabilities into classes."""
    return tf.round(output).numpy()


def subset_accuracy(labels: np.ndarray, predictions: np.ndarray) -> float:
    """Return the share of examples whose whole row is right, as `accuracy_score` has it for 2-D arrays."""
    return float(np.mean(np.all(np.equal(labels, predictions), axis=1)))
