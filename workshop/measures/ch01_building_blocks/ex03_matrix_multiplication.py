"""What is measured of exercise 1.03.

With the text that leads to it, text 1.04: Linear algebra: matrix multiplication by hand (page 25).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

import numpy as np

from workshop.chapters.ch01_building_blocks.ex03_matrix_multiplication import A, B, Matrix
from workshop.training.backend import tf
from workshop.units import unit

from ._tensors import shape_of


@dataclass(frozen=True)
class MultiplicationByHand:
    """A product computed entry by entry. `inner_sizes` : numbers of columns of A and of rows of B."""

    inner_sizes: list[int]
    result_shape: list[int]
    entry_11: int
    entry_12: int
    first_row: list[int]
    product: list[list[int]]
    reversed_shape: list[int]
    commutes: bool


@dataclass(frozen=True)
class Multiplication:
    """Two matrices and their products in both orders."""

    x: np.ndarray
    y: np.ndarray
    input_shapes: dict[str, list[int]]
    c1: np.ndarray
    c2: np.ndarray
    product_shapes: dict[str, list[int]]
    commutes: bool


def entry(a: Sequence[Sequence[int]], b: Sequence[Sequence[int]], row: int, column: int) -> int:
    """Return the sum of products of a row of A and a column of B, both counted from 0."""
    total = 0
    for k in range(len(b)):
        total += a[row][k] * b[k][column]
    return total


def check_sizes(a: Sequence[Sequence[int]], b: Sequence[Sequence[int]]) -> None:
    """Raise ValueError if A's number of columns is not B's number of rows."""
    if len(a[0]) != len(b):
        raise ValueError(f"{len(a[0])} columns against {len(b)} rows: A needs as many columns as B has rows")


def multiply_by_hand(a: Sequence[Sequence[int]], b: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the matrix product of A (m × n) and B (n × p), shape m × p, from lists of rows.

    Raises ValueError if A's number of columns is not B's number of rows.
    """
    check_sizes(a, b)
    return [[entry(a, b, row, column) for column in range(len(b[0]))] for row in range(len(a))]


@unit("ch01.text04")
def multiplication_by_hand(a: Matrix = A, b: Matrix = B) -> MultiplicationByHand:
    """Multiply two matrices entry by entry.

    Source: chapter 1, text "Linear algebra with TensorFlow", Figures 1.14 to 1.22.
    """
    product, reverse = multiply_by_hand(a, b), multiply_by_hand(b, a)
    return MultiplicationByHand(
        inner_sizes=[len(a[0]), len(b)],
        result_shape=[len(product), len(product[0])],
        entry_11=entry(a, b, 0, 0),
        entry_12=entry(a, b, 0, 1),
        first_row=product[0],
        product=product,
        reversed_shape=[len(reverse), len(reverse[0])],
        commutes=product == reverse,
    )


@unit("ch01.ex03", uses="tensorflow")
def exercise_1_03(x: Matrix = A, y: Matrix = B) -> Multiplication:
    """Multiply two variables in both orders. Raises ValueError if one of the products does not exist.

    Source: chapter 1, exercise 1.03.
    """
    check_sizes(x, y)
    check_sizes(y, x)
    x_variable, y_variable = tf.Variable(x), tf.Variable(y)
    c1 = tf.matmul(x_variable, y_variable)
    c2 = tf.matmul(y_variable, x_variable)
    return Multiplication(
        x=x_variable.numpy(),
        y=y_variable.numpy(),
        input_shapes={"x": shape_of(x_variable), "y": shape_of(y_variable)},
        c1=c1.numpy(),
        c2=c2.numpy(),
        product_shapes={"c1": shape_of(c1), "c2": shape_of(c2)},
        commutes=bool(np.array_equal(c1.numpy(), c2.numpy())),
    )
