"""Convolution, stride, padding and pooling of chapter 3: what its claims can't notice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.measures.ch03_image_classification import _convolution as convolution
from workshop.measures.ch03_image_classification import ex01_convolution as ex01
from workshop.measures.ch03_image_classification import text06_pooling as pooling

IMAGE = np.arange(42).reshape(6, 7) ** 2 % 31
KERNEL = np.array([[1, -2, 3], [0, 5, -1]])


def place_by_place(image: np.ndarray, kernel: np.ndarray, stride: int) -> list[list[int]]:
    """Return the map of an image by the definition: one product and one sum for each place."""
    height, width = kernel.shape
    rows = range(0, image.shape[0] - height + 1, stride)
    columns = range(0, image.shape[1] - width + 1, stride)
    return [[(image[r : r + height, c : c + width] * kernel).sum() for c in columns] for r in rows]


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_feature_map_is_product_and_sum_at_each_place(stride: int) -> None:
    assert convolution.feature_map(IMAGE, KERNEL, stride=stride).tolist() == place_by_place(
        IMAGE, KERNEL, stride
    )


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("padding", ["valid", "same", ((2, 1), (0, 3))])
@pytest.mark.parametrize("stride", [1, 2])
def test_keras_layer_has_the_same_map(stride: int, padding: Any) -> None:
    settings = {"stride": stride, "padding": padding}

    found = convolution.keras_feature_map(IMAGE, KERNEL, **settings)

    np.testing.assert_allclose(found, convolution.feature_map(IMAGE, KERNEL, **settings), atol=1e-3)
    assert convolution.keras_gap(IMAGE, KERNEL, **settings) < 1e-3


@pytest.mark.usefixtures("tensorflow")
def test_own_matrices_are_multiplied_and_summed() -> None:
    outcome = ex01.exercise_3_01(np.full((2, 5), 0.5), np.arange(10.0).reshape(2, 5))

    assert (outcome.conv_out.item(), outcome.mult_out.shape, outcome.convolution_gap) == (22.5, (2, 5), 0)


@pytest.fixture
def small(tensorflow: Any) -> Any:
    """Return a network on images of 5 by 6 whose every number can be counted on fingers."""
    layers = tensorflow.keras.layers
    return tensorflow.keras.models.Sequential(
        [
            layers.InputLayer((5, 6, 2)),
            layers.Conv2D(3, (2, 3)),
            layers.MaxPooling2D((2, 1)),
            layers.Flatten(),
            layers.Dense(7),
        ]
    )


def test_multiply_adds_by_hand(small: Any) -> None:
    assert pooling.multiply_adds(small) == 16 * 36 + 24 * 7


def test_values_compared_by_hand(small: Any) -> None:
    assert pooling.compared_values(small.layers[1]) == 24 * 2


def test_network_without_pooling_is_the_same_otherwise(small: Any) -> None:
    weights = small.get_weights()

    bare = pooling.without_pooling(small)

    assert [type(layer).__name__ for layer in bare.layers] == ["Conv2D", "Flatten", "Dense"]
    assert bare.layers[0].get_config() == small.layers[0].get_config()
    assert pooling.multiply_adds(bare) == 16 * 36 + 48 * 7
    assert all(np.array_equal(a, b) for a, b in zip(weights, small.get_weights(), strict=True))
