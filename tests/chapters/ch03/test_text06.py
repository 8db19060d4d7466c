"""The text of chapter 3: Pooling Layers."""

from typing import Any

import numpy as np
import pytest

from workshop.measures.ch03_image_classification import text06_pooling as pooling


@pytest.fixture
def small(tensorflow) -> Any:
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


def test_multiply_adds_by_hand(small):
    assert pooling.multiply_adds(small) == 16 * 36 + 24 * 7


def test_values_compared_by_hand(small):
    assert pooling.compared_values(small.layers[1]) == 24 * 2


def test_network_without_pooling_is_the_same_otherwise(small):
    weights = small.get_weights()

    bare = pooling.without_pooling(small)

    assert [type(layer).__name__ for layer in bare.layers] == ["Conv2D", "Flatten", "Dense"]
    assert bare.layers[0].get_config() == small.layers[0].get_config()
    assert pooling.multiply_adds(bare) == 16 * 36 + 48 * 7
    assert all(np.array_equal(a, b) for a, b in zip(weights, small.get_weights(), strict=True))
