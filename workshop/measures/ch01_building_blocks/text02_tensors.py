"""Text 1.02: Tensors: scalar, vector, matrix, rank 3 (chapter 1, Figures 1.10 and 1.11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Tuple

import numpy as np

from workshop.chapters.ch01_building_blocks.ex03_matrix_multiplication import Matrix
from workshop.training.backend import tf
from workshop.units import unit

from ._tensors import rank_of, shape_of

Triple = Tuple[int, int, int]


@dataclass(frozen=True)
class TensorRanks:
    """Values, ranks and shapes of the example tensors, and the sizes of the image's axes."""

    scalar: np.ndarray
    scalar_rank: int
    bracketed_scalar_rank: int
    vector_rank: int
    matrix_rank: int
    matrix_shape: list[int]
    rank3_shape: list[int]
    image_rank: int
    image_axes: dict[str, int]


def image_tensor(rows: int, columns: int, channels: int) -> Any:
    """Return an image of numbered pixels, shape (rows, columns, channels), built channel by channel."""
    channel = tf.reshape(tf.range(rows * columns), [rows, columns])
    return tf.stack([channel] * channels, axis=-1)


@unit("ch01.text02", uses="tensorflow")
def tensor_ranks(
    scalar: int = 12,
    vector: tuple[int, ...] = (10, 11, 12, 13),
    matrix: Matrix = ((10, 11), (12, 13)),
    rank3: Triple = (2, 3, 3),
    image: Triple = (2, 3, 5),
) -> TensorRanks:
    """Build a scalar, a vector, a matrix and two images, and read their ranks and shapes.

    The book writes the scalar with brackets, which makes it a vector of one element. Both are built.
    Source: chapter 1, text "Tensors", Figures 1.10 and 1.11.
    """
    bare = tf.constant(scalar)
    pixels = image_tensor(*image)
    return TensorRanks(
        scalar=np.asarray(bare.numpy()),
        scalar_rank=rank_of(bare),
        bracketed_scalar_rank=rank_of(tf.constant([scalar])),
        vector_rank=rank_of(tf.constant(vector)),
        matrix_rank=rank_of(tf.constant(matrix)),
        matrix_shape=shape_of(tf.constant(matrix)),
        rank3_shape=shape_of(image_tensor(*rank3)),
        image_rank=rank_of(pixels),
        image_axes=dict(zip(("rows", "columns", "channels"), shape_of(pixels))),
    )
