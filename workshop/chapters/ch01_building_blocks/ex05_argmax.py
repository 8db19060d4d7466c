"""Exercise 1.05: Implementing the argmax() Function (page 36).

The position of the largest number is found in each column and row of a matrix.
"""

from __future__ import annotations

import numpy as np

from workshop.training.backend import tf

from .ex03_matrix_multiplication import Matrix

MATRIX: Matrix = ((91, 12, 15), (11, 88, 21), (90, 87, 75))


def exercise_1_05_in_tensorflow(matrix: Matrix = MATRIX) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the maximum of each column and row; return the matrix and both lists of positions."""
    x = tf.Variable(matrix)
    columns = tf.argmax(x, axis=0)
    rows = tf.argmax(x, axis=1)
    return x.numpy(), columns.numpy(), rows.numpy()
