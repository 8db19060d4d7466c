"""What is measured of exercise 1.04.

With the text that leads to it, text 1.05: The reshape function (page 29).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence, Tuple

import numpy as np

from workshop.chapters.ch01_building_blocks.ex03_matrix_multiplication import Matrix
from workshop.training.backend import tf
from workshop.units import unit

from ._tensors import rank_of, shape_of

Shape = Tuple[int, ...]


@dataclass(frozen=True)
class Reshaping:
    """A 2 × 3 matrix reshaped and transposed. Orders are the elements read row by row."""

    shape: list[int]
    reshaped: np.ndarray
    refused_shapes: list[list[int]]
    element_counts: list[int]
    order: list[int]
    reshaped_order: list[int]
    transposed_order: list[int]
    shape_unassigned: list[int]
    shape_assigned: list[int]
    with_channel: np.ndarray


@dataclass(frozen=True)
class Reshaped:
    """A matrix before and after the result of reshape is assigned to its name."""

    before: np.ndarray
    shape_before: list[int]
    rank_before: int
    reshaped: np.ndarray
    shape_unassigned: list[int]
    shape_assigned: list[int]
    rank_after: int
    after: np.ndarray
    order_before: list[int]
    order_after: list[int]
    element_counts: list[int]


def accepts(tensor: Any, shape: Sequence[int]) -> bool:
    """Whether a tensor can be reshaped to a shape."""
    try:
        tf.reshape(tensor, shape)
    except (tf.errors.InvalidArgumentError, ValueError):
        return False
    return True


def row_by_row(tensor: Any) -> list[int]:
    """Return the elements of a tensor, with the last axis varying fastest."""
    return tensor.numpy().ravel().tolist()  # type: ignore[no-any-return]


@unit("ch01.text05", uses="tensorflow")
def reshape_function(
    matrix: Matrix = ((1, 2, 3), (4, 5, 6)),
    shape: Shape = (3, 2),
    candidates: tuple[Shape, ...] = ((2, 3), (3, 2), (3, 3), (3, 4), (6,), (1, 6)),
    image: Shape = (5, 4),
) -> Reshaping:
    """Reshape a matrix, try shapes of other sizes, compare with transpose, and add a channel to an image.

    Source: chapter 1, text "The reshape function", Figures 1.23 and 1.24.
    """
    x = tf.Variable(matrix)
    first_shape, first_count, order = shape_of(x), int(tf.size(x).numpy()), row_by_row(x)
    refused = [list(candidate) for candidate in candidates if not accepts(x, candidate)]
    transposed = tf.transpose(x)
    tf.reshape(x, shape)  # the result is dropped: x keeps its shape
    shape_unassigned = shape_of(x)
    x = tf.reshape(x, shape)
    picture = tf.reshape(tf.range(image[0] * image[1]), image)
    return Reshaping(
        shape=first_shape,
        reshaped=x.numpy(),
        refused_shapes=refused,
        element_counts=[first_count, int(tf.size(x).numpy())],
        order=order,
        reshaped_order=row_by_row(x),
        transposed_order=row_by_row(transposed),
        shape_unassigned=shape_unassigned,
        shape_assigned=shape_of(x),
        with_channel=tf.reshape(picture, (*image, 1)).numpy(),
    )


@unit("ch01.ex04", uses="tensorflow")
def exercise_1_04(rows: int = 5, columns: int = 4) -> Reshaped:
    """Give a matrix of numbers counted from 1 a third axis of size 1. Source: chapter 1, exercise 1.04."""
    a = tf.Variable(tf.reshape(tf.range(1, rows * columns + 1), [rows, columns]))
    before, shape_before, rank_before = a.numpy(), shape_of(a), rank_of(a)
    order_before, count_before = row_by_row(a), int(tf.size(a).numpy())
    reshaped = tf.reshape(a, [rows, columns, 1])
    shape_unassigned = shape_of(a)
    a = tf.reshape(a, [rows, columns, 1])
    return Reshaped(
        before=before,
        shape_before=shape_before,
        rank_before=rank_before,
        reshaped=reshaped.numpy(),
        shape_unassigned=shape_unassigned,
        shape_assigned=shape_of(a),
        rank_after=rank_of(a),
        after=a.numpy(),
        order_before=order_before,
        order_after=row_by_row(a),
        element_counts=[count_before, int(tf.size(a).numpy())],
    )
