"""Exercise 1.02: Implementing a Mathematical Equation.

TensorFlow evaluates X²Y + Y + 2 for X = 3 and Y = 4.
"""

from __future__ import annotations

from workshop.training.backend import tf


def exercise_1_02_in_tensorflow(x: int = 3, y: int = 4, c: int = 2) -> int:
    """Evaluate x²y + y + c in TensorFlow's own calls."""
    a, b = tf.Variable(x), tf.Variable(y)
    result = tf.square(a) * b + b + tf.constant(c)
    return int(result)
