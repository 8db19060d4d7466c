"""Exercise 2.01: Perceptron Implementation (page 55).

A perceptron whose weights are all zero predicts the four cases of OR before any training.
"""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from workshop.training.backend import tf

TruthTable = Tuple[Tuple[int, int], ...]
INPUTS = ((0, 0), (0, 1), (1, 0), (1, 1))


def exercise_2_01_in_tensorflow(
    inputs: TruthTable = INPUTS, labels: tuple[int, ...] = (0, 1, 1, 1)
) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Let an untrained perceptron predict the OR table, in TensorFlow's own calls.

    Returns
    -------
    Shape of the inputs; labels; weight; bias; predictions.
    """
    x = tf.Variable(inputs, dtype=tf.float32)
    y = tf.reshape(tf.constant(labels, tf.float32), (-1, 1))
    weight, bias = tf.Variable(tf.zeros((2, 1))), tf.Variable(tf.zeros((1, 1)))
    perceptron_output = tf.sigmoid(tf.matmul(x, weight) + bias)
    return x.shape, y.numpy(), weight.numpy(), bias.numpy(), perceptron_output.numpy()
