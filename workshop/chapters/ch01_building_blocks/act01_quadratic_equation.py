"""Activity 1.01: Solving a Quadratic Equation Using an Optimizer (page 42).

The optimizer Adam looks for the root of (x − 5)².
"""

from __future__ import annotations

from workshop.training.backend import keras, tf


def activity_1_01_in_tensorflow(steps: int = 10_000) -> float:
    """Find the root of x² − 10x + 25 in TensorFlow's own calls.

    The book calls the optimizer's `minimize`, which Keras 3 no longer has: a tape takes the gradient here.
    """
    x = tf.Variable(0.0)
    optimizer = keras.optimizers.Adam(learning_rate=0.01)

    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.abs(x**2 - 10 * x + 25)
        optimizer.apply_gradients([(tape.gradient(loss, x), x)])
    return float(x)
