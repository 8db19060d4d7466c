"""The text of chapter 7: Building blocks of DCGANs."""

import numpy as np
import pytest

from workshop.measures.ch07_gans import text05_layers
from workshop.measures.ch07_gans import text05_layers as layers
from workshop.numerics import upsampling
from workshop.numerics.convolution2d import convolve2d

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_the_convolution_is_that_by_hand():
    rng = np.random.default_rng(3)
    image, kernel, bias = (rng.normal(size=size) for size in ((2, 9, 6, 1), (5, 5, 1, 64), (64,)))
    layer = layers.convolution()
    layer.build(image.shape)
    layer.set_weights([kernel, bias])

    by_hand = convolve2d(image, kernel, bias, strides=2, padding="same")

    np.testing.assert_allclose(layer(image.astype(np.float32)).numpy(), by_hand, atol=1e-5)


def test_the_kernel_of_a_known_plane_is_found():
    rng = np.random.default_rng(3)
    images = layers.example()[1].astype(np.float32)
    for size in (1, 2, 3, 4):
        kernel, bias = rng.normal(size=(size, size, 1, 1)), rng.normal(size=1)
        plane = upsampling.transpose_convolve2d(images, kernel, bias, strides=2, padding="same")

        found = layers.solution(layers._of_size(size), images, plane)

        np.testing.assert_allclose(found.kernel, kernel[:, :, 0, 0], atol=1e-6)
        assert found.bias == pytest.approx(bias[0], abs=1e-6)
        assert (found.distance < 1e-5, found.free) == (True, 0)


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("kernel", "strides"), [((5, 5), (2, 2)), ((3, 4), (1, 2)), ((4, 3), (3, 1))])
def test_settings_are_found_from_outputs(tensorflow, kernel, strides, padding, transposed):
    kind = tensorflow.keras.layers.Conv2DTranspose if transposed else tensorflow.keras.layers.Conv2D
    layer = kind(3, kernel, strides=strides, padding=padding)

    found = text05_layers.settings_of(layer, size=15, transposed=transposed)

    assert found == {
        "filters": 3,
        "kernel_size": list(kernel),
        "strides": list(strides),
        "padding": padding,
    }
