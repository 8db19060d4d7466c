"""The text of chapter 1: Tensors: scalar, vector, matrix, rank 3."""

import numpy as np
import pytest

from workshop.measures.ch01_building_blocks import text02_tensors


@pytest.mark.usefixtures("tensorflow")
def test_image_tensor_has_the_same_pixels_in_every_channel():
    """An image of 2 rows, 3 columns and 5 channels has the numbered pixels in each channel."""
    image = text02_tensors.image_tensor(2, 3, 5).numpy()

    for channel in range(5):
        np.testing.assert_array_equal(image[:, :, channel], [[0, 1, 2], [3, 4, 5]])
