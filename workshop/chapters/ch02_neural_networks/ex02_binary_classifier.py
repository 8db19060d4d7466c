"""Exercise 2.02: Perceptron as a Binary Classifier (page 62).

A perceptron learns to tell two kinds of points apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras, tf


def exercise_2_02_in_tensorflow(
    two_class_points: Any, steps: int = 1000
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train the perceptron in TensorFlow's own calls; return weight, bias and the predicted labels (n, 1).

    The book calls the optimizer's `minimize`, which Keras 3 no longer has: a tape takes the gradients here.
    The sigmoid is applied twice, as in the book: the loss takes logits.

    Parameters
    ----------
    two_class_points : table with columns label (0 or 1), x1, x2.
    """
    x = two_class_points[["x1", "x2"]].to_numpy("float32")
    y = two_class_points[["label"]].to_numpy("float32")
    weight, bias = tf.Variable(tf.zeros((2, 1))), tf.Variable(tf.zeros((1,)))
    optimizer = keras.optimizers.SGD(learning_rate=0.01)

    for _ in range(steps):
        with tf.GradientTape() as tape:
            output = tf.sigmoid(tf.matmul(x, weight) + bias)
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=output)
            loss = tf.abs(tf.reduce_mean(losses))
        gradients = tape.gradient(loss, [weight, bias])
        optimizer.apply_gradients(zip(gradients, [weight, bias]))

    predicted = tf.round(tf.sigmoid(tf.matmul(x, weight) + bias))
    return weight.numpy(), bias.numpy(), predicted.numpy()
