"""Exercise 1.04: Reshaping Matrices Using the reshape() Function in TensorFlow (page 31).

A matrix of the numbers 1 to 20 gets a third dimension.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import tf

from .ex03_matrix_multiplication import Matrix

MATRIX: Matrix = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))


def exercise_1_04_in_tensorflow(matrix: Matrix = MATRIX) -> tuple[Any, np.ndarray, Any, Any, np.ndarray]:
    """Give a matrix a third axis; return shapes and values before, and after the result is assigned."""
    a = tf.Variable(matrix)
    shape_before = a.shape
    reshaped = tf.reshape(a, [*a.shape, 1])
    shape_unassigned = a.shape
    a = tf.reshape(a, [*a.shape, 1])
    return shape_before, reshaped.numpy(), shape_unassigned, a.shape, a.numpy()
