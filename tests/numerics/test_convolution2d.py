"""Convolution and pooling of images by hand, compared with paper, SciPy's correlation and TensorFlow."""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.signal import correlate

from workshop.numerics.convolution2d import (
    axis_padding,
    convolve2d,
    max_pool2d,
    output_size,
    windows2d,
)

# (size, kernel, stride, padding), then zeros before and after, and how often the window fits
AXES = [
    (6, 3, 1, "valid", (0, 0), 4),
    (6, 3, 2, "valid", (0, 0), 2),
    (6, 3, 3, "valid", (0, 0), 2),
    (5, 5, 4, "valid", (0, 0), 1),
    (6, 3, 1, (1, 1), (1, 1), 6),
    (6, 3, 2, (0, 1), (0, 1), 3),
    (6, 3, 2, (1, 1), (1, 1), 3),
    (6, 3, 1, "same", (1, 1), 6),
    (6, 3, 2, "same", (0, 1), 3),
    (7, 3, 2, "same", (1, 1), 4),
    (6, 2, 1, "same", (0, 1), 6),
    (6, 4, 1, "same", (1, 2), 6),
    (6, 5, 4, "same", (1, 2), 2),
    (5, 1, 2, "same", (0, 0), 3),
    (2, 2, 5, "same", (0, 0), 1),
    (1, 4, 1, "same", (1, 2), 1),
]


@pytest.mark.parametrize(("size", "kernel", "stride", "padding", "around", "expected"), AXES)
def test_padding_and_output_size_by_hand(size, kernel, stride, padding, around, expected):
    assert axis_padding(size, kernel, stride=stride, padding=padding) == around
    assert output_size(size, kernel, stride=stride, padding=padding) == expected


def image(*rows):
    """Return one image of one channel."""
    return np.array(rows)[np.newaxis, :, :, np.newaxis]


def kernel(*rows):
    """Return the kernel of one filter on one channel."""
    return np.array(rows)[:, :, np.newaxis, np.newaxis]


DIGITS = image([1, 2, 3], [4, 5, 6], [7, 8, 9])
POWERS = kernel([1, 10], [100, 1000])


@pytest.mark.parametrize(
    ("strides", "padding", "expected"),
    [
        (1, "valid", [[5421, 6532], [8754, 9865]]),
        (2, "valid", [[5421]]),
        ((1, 2), "valid", [[5421], [8754]]),
        ((2, 1), "valid", [[5421, 6532]]),
        (1, "same", [[5421, 6532, 603], [8754, 9865, 906], [87, 98, 9]]),
        (2, "same", [[5421, 603], [87, 9]]),
        (1, ((1, 0), (0, 0)), [[2100, 3200], [5421, 6532], [8754, 9865]]),
        (1, ((0, 0), (1, 0)), [[4010, 5421, 6532], [7040, 8754, 9865]]),
        (2, ((1, 0), (0, 1)), [[2100, 300], [8754, 906]]),
    ],
)
def test_convolution_by_hand(strides, padding, expected):
    maps = convolve2d(DIGITS, POWERS, strides=strides, padding=padding)

    np.testing.assert_array_equal(maps[0, :, :, 0], expected)


def test_each_filter_sums_over_all_channels_by_hand():
    pixel = np.array([1, 2]).reshape(1, 1, 1, 2)

    maps = convolve2d(pixel, np.array([[[[1, 100], [10, 1000]]]]), np.array([0.5, 0.25]))

    np.testing.assert_array_equal(maps, [[[[21.5, 2100.25]]]])


MAP = image([1, 2, 3, 4, 0], [5, 9, 7, 8, 1], [-4, -3, -2, -1, -6])


@pytest.mark.parametrize(
    ("size", "strides", "padding", "greatest"),
    [
        (2, None, "valid", [[9, 8]]),
        (2, None, "same", [[9, 8, 1], [-3, -1, -6]]),
        ((1, 2), None, "valid", [[2, 4], [9, 8], [-3, -1]]),
        (2, (1, 3), "valid", [[9, 8], [9, 8]]),
        (3, (2, 4), "same", [[9, 8], [9, 8]]),
    ],
)
def test_pooling_by_hand(size, strides, padding, greatest):
    """Windows move by their size by default, and pixels that "same" adds are not values.

    As zeros, they would exceed the negative numbers of the last row.
    """
    found = max_pool2d(MAP, size, strides=strides, padding=padding)

    np.testing.assert_array_equal(found[0, :, :, 0], greatest)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "float64"])
def test_dtypes(dtype):
    maps = np.array([3, 4, 0, 0], dtype).reshape(1, 2, 2, 1)

    assert max_pool2d(maps, 2, padding="same").dtype == dtype
    assert convolve2d(maps, np.ones((1, 1, 1, 1), dtype)).dtype == dtype


def test_windows_are_a_view_that_can_not_be_written():
    """Writing into one window would change its neighbours, so it is refused."""
    with pytest.raises(ValueError, match="read-only"):
        windows2d(DIGITS, 2)[0, 0, 0, 0, 0, 0] = 1


@st.composite
def cases(draw, paddings=("valid", "same", "explicit")):
    """Draw images, a window that fits, strides for rows and columns, and a padding.

    The numbers are small and whole, so that single precision sums them without rounding.
    """
    padding = draw(st.sampled_from(paddings))
    sizes = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    if padding == "explicit":
        zeros = st.tuples(st.integers(0, 3), st.integers(0, 3))
        padding = draw(st.tuples(zeros, zeros))
        room = [size + sum(around) for size, around in zip(sizes, padding, strict=True)]
    else:
        room = [9, 9] if padding == "same" else sizes
    window = tuple(draw(st.integers(1, min(4, most))) for most in room)
    strides = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, channels = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    images = rng.integers(-9, 10, size=(n, *sizes, channels)).astype(np.float32)
    return images, window, strides, padding


def weights(images, window, filters):
    """Return a kernel and biases of small whole numbers for images."""
    rng = np.random.default_rng(filters)
    shape = (*window, images.shape[-1], filters)
    return (rng.integers(-9, 10, size=s).astype(np.float32) for s in (shape, (filters,)))


def test_windows_that_fill_a_cache_several_times_are_convolved_alike():
    rng = np.random.default_rng(0)
    images, kernels = rng.random((2, 70, 66, 16)), rng.normal(size=(3, 3, 16, 2))
    laid_out = 68 * 64 * 3 * 3 * 16 * images.itemsize  # bytes of one image's windows

    maps = convolve2d(images, kernels)

    assert laid_out > 4 * 2**20
    for image_, found in zip(images, maps, strict=True):
        for filter_ in range(2):
            expected = correlate(image_, kernels[..., filter_], mode="valid", method="direct")[..., 0]
            np.testing.assert_allclose(found[..., filter_], expected, atol=1e-10)


@settings(max_examples=60, deadline=None)
@given(cases(paddings=("valid", "explicit")), st.integers(1, 3))
def test_convolution_is_scipys_correlation(case, filters):
    images, window, (down, right), padding = case
    kernels, bias = weights(images, window, filters)
    around = ((0, 0), (0, 0)) if padding == "valid" else padding

    found = convolve2d(images, kernels, bias, strides=(down, right), padding=padding)

    for of_image, pixels in zip(found, images, strict=True):
        padded = np.pad(pixels, [*around, (0, 0)])
        for filter_ in range(filters):
            whole = correlate(padded, kernels[..., filter_], mode="valid", method="direct")[..., 0]
            np.testing.assert_array_equal(of_image[..., filter_], whole[::down, ::right] + bias[filter_])


@pytest.fixture(scope="module")
def tf():
    """Skip a test that can't run without TensorFlow."""
    return pytest.importorskip("tensorflow")


def wrong_in_onednn(images, strides, maps):
    """Whether TensorFlow 2.21 with oneDNN leaves out windows, which without it, and in 2.1, it does not."""
    columns_of_one = len(images) > 1 and images.shape[3] == 1 and maps.shape[2] == 1
    return columns_of_one and strides[0] == 1 < strides[1]


@settings(max_examples=80, deadline=None)
@given(case=cases(), filters=st.integers(1, 3))
def test_convolution_is_tensorflows(tf, case, filters):
    images, window, strides, padding = case
    kernels, bias = weights(images, window, filters)
    named = padding.upper() if isinstance(padding, str) else [[0, 0], *map(list, padding), [0, 0]]

    found = convolve2d(images, kernels, bias, strides=strides, padding=padding)

    assume(not wrong_in_onednn(images, strides, found))
    expected = tf.nn.bias_add(tf.nn.conv2d(images, kernels, strides, named), bias).numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3)


@settings(max_examples=80, deadline=None)
@given(case=cases(paddings=("valid", "same")))
def test_pooling_is_tensorflows(tf, case):
    images, window, strides, padding = case

    greatest = max_pool2d(images, window, strides=strides, padding=padding)

    expected = tf.nn.max_pool2d(images, window, strides, padding.upper())
    np.testing.assert_array_equal(greatest, expected.numpy())


ONE = np.ones((1, 3, 4, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: output_size(3, 4), "a window of 4 does not fit into 3 pixels: shorten it, or pad more"),
        (
            lambda: output_size(3, 6, padding=(1, 1)),
            "a window of 6 does not fit into 5 pixels: shorten it, or pad more",
        ),
        (
            lambda: convolve2d(ONE, np.ones((2, 8, 2, 1)), padding=((0, 0), (1, 2))),
            "a window of 8 does not fit into 7 pixels: shorten it, or pad more",
        ),
        (
            lambda: max_pool2d(ONE, (4, 1)),
            "a window of 4 does not fit into 3 pixels: shorten it, or pad more",
        ),
    ],
)
def test_a_window_larger_than_the_image_is_refused(call, message):
    """One line names what does not fit and what to do."""
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
