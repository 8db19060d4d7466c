"""Exercise 2.04: Classifying Handwritten Digits (page 77).

A single layer learns to read handwritten digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras, tf


def exercise_2_04_in_tensorflow(mnist: Any, steps: int = 1000) -> tuple[np.ndarray, np.ndarray, float]:
    """Train the layer in TensorFlow's own calls; return weight, bias and the share of right test rows.

    The book calls the optimizer's `minimize`, which Keras 3 no longer has: a tape takes the gradients here.
    It makes one-hot labels by pandas' `get_dummies`, which gives truth values today. The softmax is applied
    twice, as in the book: the loss takes logits.

    Parameters
    ----------
    mnist : (x_train, y_train), (x_test, y_test), with images of uint8 (n, 28, 28).
    """
    (x_train, y_train), (x_test, y_test) = mnist
    x, test = (tf.cast(tf.reshape(images / 255.0, (-1, 784)), tf.float32) for images in (x_train, x_test))
    y, test_y = tf.one_hot(y_train, 10), tf.one_hot(y_test, 10)
    weight, bias = tf.Variable(tf.zeros((784, 10))), tf.Variable(tf.zeros((10,)))
    optimizer = keras.optimizers.Adam(learning_rate=0.01)

    for _ in range(steps):
        with tf.GradientTape() as tape:
            output = tf.nn.softmax(tf.matmul(x, weight) + bias)
            losses = tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=output)
            loss = tf.abs(tf.reduce_mean(losses))
        gradients = tape.gradient(loss, [weight, bias])
        optimizer.apply_gradients(zip(gradients, [weight, bias]))

    predicted = tf.round(tf.nn.softmax(tf.matmul(test, weight) + bias))
    accuracy = float(np.mean(np.all(predicted == test_y, axis=1)))
    return weight.numpy(), bias.numpy(), accuracy
