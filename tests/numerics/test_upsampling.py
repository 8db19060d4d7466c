"""Up-sampling and transposed convolution by hand, compared with paper, Keras, and convolution."""

import itertools

import numpy as np
import pytest

from workshop.numerics.convolution2d import convolve2d
from workshop.numerics.upsampling import repeat2d, transpose_convolve2d, transposed_size

# (size, kernel, stride), then the pixels that come out with "valid" and with "same"
SIZES = [
    (3, 1, 1, 3, 3),
    (3, 3, 1, 5, 3),
    (3, 4, 2, 8, 6),
    (3, 2, 2, 6, 6),
    (3, 1, 2, 6, 6),
    (3, 5, 3, 11, 9),
    (1, 1, 3, 3, 3),
]
KERNELS = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (1, 4), (5, 2)]


@pytest.mark.parametrize(("size", "kernel", "stride", "valid", "same"), SIZES)
def test_sizes_by_hand(size, kernel, stride, valid, same):
    assert transposed_size(size, kernel, stride=stride) == valid
    assert transposed_size(size, kernel, stride=stride, padding="same") == same


def test_each_pixel_becomes_a_block():
    image = np.array([[1, 2], [3, 4]], np.uint8).reshape(1, 2, 2, 1)

    found = repeat2d(image, (2, 3))

    expected = [[1, 1, 1, 2, 2, 2], [1, 1, 1, 2, 2, 2], [3, 3, 3, 4, 4, 4], [3, 3, 3, 4, 4, 4]]
    np.testing.assert_array_equal(found[0, :, :, 0], expected)
    assert found.dtype == np.uint8


ROW = np.array([1.0, 10.0, 100.0]).reshape(1, 1, 3, 1)


def kernel_of(*weights):
    """Return the kernel of one row, one filter and one channel."""
    return np.array(weights, dtype=np.float64).reshape(1, -1, 1, 1)


@pytest.mark.parametrize(
    ("weights", "stride", "padding", "expected"),
    [
        ((1, 2), 1, "valid", [1, 12, 120, 200]),
        ((1, 2), 1, "same", [1, 12, 120]),
        ((1, 2, 3), 1, "same", [12, 123, 230]),
        ((1, 2, 3), 2, "valid", [1, 2, 13, 20, 130, 200, 300]),
        ((1, 2, 3), 2, "same", [1, 2, 13, 20, 130, 200]),
        ((1, 2, 3, 4), 2, "same", [2, 13, 24, 130, 240, 300]),
        ((5,), 2, "same", [5, 0, 50, 0, 500, 0]),
        ((5,), 2, "valid", [5, 0, 50, 0, 500, 0]),
    ],
)
def test_transposed_convolution_of_a_row_by_hand(weights, stride, padding, expected):
    maps = transpose_convolve2d(ROW, kernel_of(*weights), strides=(1, stride), padding=padding)

    np.testing.assert_array_equal(maps[0, 0, :, 0], expected)


def test_rows_and_columns_keep_their_places():
    kernel = np.arange(12.0).reshape(2, 3, 2, 1)

    maps = transpose_convolve2d(np.full((1, 1, 1, 1), 2.0), kernel, np.array([0.5, 0.25]), strides=(1, 3))

    np.testing.assert_array_equal(maps[0], 2 * kernel[..., 0] + [0.5, 0.25])


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [*itertools.product(KERNELS, (1, 2, 3, (2, 1)), ("valid", "same"))]
)
def test_it_is_keras_layer(kernel, stride, padding):
    keras = pytest.importorskip("tensorflow").keras
    rng = np.random.default_rng(3)
    images = rng.normal(size=(2, 3, 4, 3)).astype(np.float32)
    weights = [rng.normal(size=size).astype(np.float32) for size in ((*kernel, 2, 3), (2,))]
    layer = keras.layers.Conv2DTranspose(2, kernel, strides=stride, padding=padding)
    layer.build(images.shape)
    layer.set_weights(weights)

    by_hand = transpose_convolve2d(images, *weights, strides=stride, padding=padding)

    found = layer(images).numpy()
    assert by_hand.shape == found.shape
    np.testing.assert_allclose(by_hand, found, rtol=0, atol=1e-5)


@pytest.mark.parametrize("size", [1, 2, 3, (1, 4), (3, 2)])
def test_repeating_is_keras_upsampling(size):
    keras = pytest.importorskip("tensorflow").keras
    images = np.random.default_rng(3).normal(size=(2, 3, 4, 3)).astype(np.float32)

    np.testing.assert_array_equal(repeat2d(images, size), keras.layers.UpSampling2D(size)(images).numpy())


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [
        (kernel, stride, padding)
        for kernel, stride, padding in itertools.product(KERNELS, (1, 2, 3), ("valid", "same"))
        if padding == "same" or min(kernel) >= stride  # "valid" leaves no gaps between the kernels then
    ],
)
def test_it_is_convolution_the_other_way_round(kernel, stride, padding):
    """For all images x and maps y, conv(y)·x and y·transposed(x) have one sum: one kernel serves both."""
    rng = np.random.default_rng(3)
    x, weights = rng.normal(size=(2, 3, 4, 3)), rng.normal(size=(*kernel, 2, 3))
    transposed = transpose_convolve2d(x, weights, strides=stride, padding=padding)
    y = rng.normal(size=transposed.shape)

    convolved = convolve2d(y, weights, strides=stride, padding=padding)

    assert convolved.shape == x.shape
    assert np.sum(convolved * x) == pytest.approx(np.sum(y * transposed), rel=1e-10)


def test_the_usual_stride_is_one():
    assert transpose_convolve2d(np.ones((1, 3, 4, 1)), np.ones((2, 3, 1, 1))).shape == (1, 4, 6, 1)
