"""The text of chapter 3: CNNs with TensorFlow and Keras (layer snippets)."""

import numpy as np
import pytest

from workshop.measures.ch03_image_classification import text07_keras_layers as layers
from workshop.numerics.convolution2d import convolve2d, max_pool2d

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_the_convolution_is_that_by_hand():
    rng = np.random.default_rng(3)
    image, kernel, bias = (rng.normal(size=size) for size in ((2, 9, 6, 1), (3, 3, 1, 64), (64,)))
    layer = layers.convolution()
    layer.build(image.shape)
    layer.set_weights([kernel, bias])

    by_hand = np.maximum(convolve2d(image, kernel, bias, strides=2, padding="same"), 0)

    np.testing.assert_allclose(layer(image.astype(np.float32)).numpy(), by_hand, atol=1e-5)
    assert 0.2 < (by_hand == 0).mean() < 0.8


def test_the_pooling_takes_the_greatest():
    image = np.random.default_rng(3).normal(size=(1, 28, 28, 2)).astype(np.float32)

    pooled = layers.max_pooling()(image).numpy()

    assert pooled.shape == (1, 26, 26, 2)
    np.testing.assert_array_equal(pooled, max_pool2d(image, 3, strides=1))


@pytest.mark.parametrize(
    ("stride", "size", "out"), [(1, 28, 28), (2, 28, 14), (2, 27, 14), (2, 1, 1), (3, 28, 10), (3, 27, 9)]
)
def test_same_padding_divides_the_size_by_the_stride_and_rounds_up(stride, size, out):
    found = layers.sizes(layers.convolution(stride=stride), size, 5)

    assert found == [[size, 5], stride, [out, -(-5 // stride)]]
