"""Exercise 1.03: Matrix Multiplication Using TensorFlow.

TensorFlow multiplies two matrices in both orders.
"""

from __future__ import annotations

from typing import Tuple

import numpy as np

from workshop.training.backend import tf

Matrix = Tuple[Tuple[int, ...], ...]
A: Matrix = ((1, 2, 3), (4, 5, 6))
B: Matrix = ((7, 8), (9, 10), (11, 12))


def exercise_1_03_in_tensorflow(x: Matrix = A, y: Matrix = B) -> tuple[np.ndarray, np.ndarray]:
    """Multiply two matrices in both orders, in TensorFlow's own calls."""
    left, right = tf.Variable(x), tf.Variable(y)
    c1 = tf.matmul(left, right)
    c2 = tf.matmul(right, left)
    return c1.numpy(), c2.numpy()
