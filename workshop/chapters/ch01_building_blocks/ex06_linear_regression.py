"""Exercise 1.06: Using an Optimizer for a Simple Linear Regression (page 39).

The optimizer Adam fits a straight line to four points.
"""

from __future__ import annotations

import numpy as np

from workshop.training.backend import keras, tf

X = (1.0, 2.0, 3.0, 4.0)
Y = (0.0, -1.0, -2.0, -3.0)


def exercise_1_06_in_tensorflow(
    x: tuple[float, ...] = X, y: tuple[float, ...] = Y, steps: int = 1000
) -> tuple[float, float, np.ndarray]:
    """Fit the line in TensorFlow's own calls; return w, b and the line at every x.

    The book calls the optimizer's `minimize`, which Keras 3 no longer has: a tape takes the gradients here.
    """
    w, b = tf.Variable(0.0), tf.Variable(0.0)
    optimizer = keras.optimizers.Adam(learning_rate=0.01)

    for _ in range(steps):
        with tf.GradientTape() as tape:
            losses = tf.abs(w * x + b - y)
        gradients = tape.gradient(losses, [w, b])
        optimizer.apply_gradients(zip(gradients, [w, b]))
    return float(w), float(b), (w * x + b).numpy()
