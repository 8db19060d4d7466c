"""Exercise 2.03: Multiclass Classification Using a Perceptron (page 71).

A single layer learns to tell three species of Iris apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras, tf


def exercise_2_03_in_tensorflow(iris: Any, steps: int = 1000) -> tuple[np.ndarray, np.ndarray, float]:
    """Train the layer in TensorFlow's own calls; return weight, bias and the share of right rows.

    The book calls the optimizer's `minimize`, which Keras 3 no longer has: a tape takes the gradients here.
    It makes one-hot labels by pandas' `get_dummies`, which gives truth values today. The softmax is applied
    twice, as in the book: the loss takes logits.

    Parameters
    ----------
    iris : table with four features, and the column species of 0, 1 or 2.
    """
    x = iris.drop("species", axis=1).to_numpy("float32")
    y = tf.one_hot(iris["species"].to_numpy(), 3)
    weight, bias = tf.Variable(tf.zeros((4, 3))), tf.Variable(tf.zeros((3,)))
    optimizer = keras.optimizers.Adam(learning_rate=0.01)

    for _ in range(steps):
        with tf.GradientTape() as tape:
            output = tf.nn.softmax(tf.matmul(x, weight) + bias)
            losses = tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=output)
            loss = tf.abs(tf.reduce_mean(losses))
        gradients = tape.gradient(loss, [weight, bias])
        optimizer.apply_gradients(zip(gradients, [weight, bias]))

    predicted = tf.round(tf.nn.softmax(tf.matmul(x, weight) + bias))
    accuracy = float(np.mean(np.all(predicted == y, axis=1)))
    return weight.numpy(), bias.numpy(), accuracy
