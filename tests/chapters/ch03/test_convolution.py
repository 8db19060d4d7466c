"""Convolution, stride and padding of chapter 3: what its claims can't notice."""

import numpy as np
import pytest

from workshop.measures.ch03_image_classification import _convolution as convolution

IMAGE = np.arange(42).reshape(6, 7) ** 2 % 31
KERNEL = np.array([[1, -2, 3], [0, 5, -1]])


def place_by_place(image: np.ndarray, kernel: np.ndarray, stride: int) -> list[list[int]]:
    """Return the map of an image by the definition: one product and one sum for each place."""
    height, width = kernel.shape
    rows = range(0, image.shape[0] - height + 1, stride)
    columns = range(0, image.shape[1] - width + 1, stride)
    return [[(image[r : r + height, c : c + width] * kernel).sum() for c in columns] for r in rows]


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_feature_map_is_product_and_sum_at_each_place(stride):
    assert convolution.feature_map(IMAGE, KERNEL, stride=stride).tolist() == place_by_place(
        IMAGE, KERNEL, stride
    )


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("padding", ["valid", "same", ((2, 1), (0, 3))])
@pytest.mark.parametrize("stride", [1, 2])
def test_keras_layer_has_the_same_map(stride, padding):
    settings = {"stride": stride, "padding": padding}

    found = convolution.keras_feature_map(IMAGE, KERNEL, **settings)

    np.testing.assert_allclose(found, convolution.feature_map(IMAGE, KERNEL, **settings), atol=1e-3)
