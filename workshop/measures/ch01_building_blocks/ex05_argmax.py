"""What is measured of exercise 1.05.

With the text that leads to it, text 1.06: The argmax function (page 34, Figures 1.25-1.27).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch01_building_blocks.ex03_matrix_multiplication import Matrix
from workshop.chapters.ch01_building_blocks.ex05_argmax import MATRIX
from workshop.training.backend import tf
from workshop.units import unit

from ._tensors import shape_of


@dataclass(frozen=True)
class ArgmaxFunction:
    """Positions (int64) and values of the maxima of a vector and of a matrix's columns and rows."""

    vector_argmax: np.ndarray
    column_argmax: np.ndarray
    column_maxima: list[int]
    row_argmax: np.ndarray
    row_maxima: list[int]


@dataclass(frozen=True)
class Maxima:
    """A matrix, its shape, and the positions (int64) and values of the maxima of its columns and rows."""

    x: np.ndarray
    shape: list[int]
    column_argmax: np.ndarray
    column_maxima: list[int]
    row_argmax: np.ndarray
    row_maxima: list[int]


def maxima_at(matrix: Any, positions: np.ndarray, *, axis: int) -> list[int]:
    """Return the elements at an argmax along `axis`, one per column (axis 0) or per row (axis 1)."""
    lines = matrix.numpy().T if axis == 0 else matrix.numpy()
    return [line[position].item() for line, position in zip(lines, positions)]


@unit("ch01.text06", uses="tensorflow")
def argmax_function(
    vector: tuple[int, ...] = (1, 10, 3, 5), matrix: Matrix = ((1, 5, 3), (2, 4, 8), (9, 2, 3))
) -> ArgmaxFunction:
    """Find the maximum of a vector, and of a matrix's columns and rows.

    Source: chapter 1, text "The argmax function", Figures 1.25 to 1.27.
    """
    x = tf.constant(matrix)
    columns, rows = tf.argmax(x, axis=0).numpy(), tf.argmax(x, axis=1).numpy()
    return ArgmaxFunction(
        vector_argmax=np.asarray(tf.argmax(tf.constant(vector)).numpy()),
        column_argmax=columns,
        column_maxima=maxima_at(x, columns, axis=0),
        row_argmax=rows,
        row_maxima=maxima_at(x, rows, axis=1),
    )


@unit("ch01.ex05", uses="tensorflow")
def exercise_1_05(matrix: Matrix = MATRIX) -> Maxima:
    """Find the maximum of each column and row of an integer variable. Source: chapter 1, exercise 1.05."""
    x = tf.Variable(matrix)
    columns, rows = tf.argmax(x, axis=0).numpy(), tf.argmax(x, axis=1).numpy()
    return Maxima(
        x=x.numpy(),
        shape=shape_of(x),
        column_argmax=columns,
        column_maxima=maxima_at(x, columns, axis=0),
        row_argmax=rows,
        row_maxima=maxima_at(x, rows, axis=1),
    )
