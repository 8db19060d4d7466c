"""The text of chapter 1: Tensors: scalar, vector, matrix, rank 3."""

import numpy as np
import pytest

from tests.chapters.ch01.matrices import MATRICES
from workshop.measures.ch01_building_blocks import text02_tensors


@pytest.mark.usefixtures("tensorflow")
def test_image_tensor_has_the_same_pixels_in_every_channel():
    """An image of 2 rows, 3 columns and 5 channels has the numbered pixels in each channel."""
    image = text02_tensors.image_tensor(2, 3, 5).numpy()

    for channel in range(5):
        np.testing.assert_array_equal(image[:, :, channel], [[0, 1, 2], [3, 4, 5]])


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(
    ("matrix", "image"), [*zip(MATRICES, [(1, 2, 4), (4, 1, 2), (2, 3, 5), (3, 2, 1)], strict=True)]
)
def test_ranks_and_shapes_are_those_of_the_nested_lists(matrix, image):
    ranks = text02_tensors.tensor_ranks(
        scalar=matrix[0][0], vector=matrix[0], matrix=matrix, rank3=image, image=image
    )

    assert (ranks.scalar, ranks.vector_rank, ranks.matrix_rank) == (matrix[0][0], 1, 2)
    assert (ranks.matrix_shape, ranks.rank3_shape) == ([*np.shape(matrix)], [*image])
