"""Images made larger by hand in NumPy: pixels repeated, and convolution transposed, as Keras pads it."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple, Union

import numpy as np

from workshop.numerics.convolution2d import axis_padding

Pair = Union[int, Sequence[int]]  # one number for rows and columns, or one for each


def repeat2d(images: np.ndarray, size: Pair) -> np.ndarray:
    """Return images in which each pixel stands for a block: nearest up-sampling.

    Parameters
    ----------
    images : (n, height, width, channels), any dtype, which is kept.
    size : rows and columns of a pixel's block.

    Raises
    ------
    ValueError
        If images have other axes, or a block is no whole number of pixels from 1 on.

    Source: chapter 7, text on the up-sampling operation.
    """
    _check_images(images)
    down, right = _pair("block", size)
    return np.repeat(np.repeat(images, down, axis=1), right, axis=2)


def transposed_size(size: int, kernel: int, *, stride: int = 1, padding: str = "valid") -> int:
    """Return how many pixels a transposed convolution makes of an axis.

    "same" makes size·stride, whatever the kernel; "valid" lets the last pixel's kernel stand out, too, and
    leaves gaps behind a kernel smaller than the stride: size·stride + max(kernel − stride, 0).

    Raises
    ------
    ValueError
        If kernel or stride is below 1, or the padding another one.

    Source: chapter 7, text on transposed convolution.
    """
    _whole("kernel", kernel)
    _whole("stride", stride)
    if padding not in ("valid", "same"):
        raise ValueError(f"padding {padding!r} of a transposed convolution: give 'valid' or 'same'")
    return size * stride + (max(kernel - stride, 0) if padding == "valid" else 0)


def transpose_convolve2d(
    images: np.ndarray,
    kernel: np.ndarray,
    bias: Optional[np.ndarray] = None,
    *,
    strides: Pair = 1,
    padding: str = "valid",
) -> np.ndarray:
    """Return the sums of the kernels that the pixels of images lay down `strides` apart, plus the bias.

    What a convolution with this stride and padding reads its pixel from, a pixel writes to here: the kernel
    times its value, not turned round. "same" cuts off what that convolution has as padding.

    Parameters
    ----------
    images : (n, height, width, channels).
    kernel : (height, width, filters, channels): the last two exchanged against a convolution.
    bias : one number a filter; None adds none.
    strides : pixels from one kernel to the next, down and to the right.
    padding : "valid" or "same".

    Returns
    -------
    Maps of shape (n, rows, columns, filters), in the dtype that NumPy gives to the products.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or as `transposed_size` does.

    Source: chapter 7, text on transposed convolution.
    """
    _check_images(images)
    if np.ndim(kernel) != 4:
        raise ValueError(f"kernel of shape {np.shape(kernel)}: give (height, width, filters, channels)")
    n, height, width, channels = images.shape
    down, right, filters, expected = kernel.shape
    if channels != expected:
        raise ValueError(f"images of {channels} channels under a kernel for {expected}: give both as many")
    if bias is not None and np.shape(bias) != (filters,):
        raise ValueError(f"bias of shape {np.shape(bias)} for {filters} filters: give one number a filter")
    by_row, by_column = _pair("stride", strides)
    rows, above, reach_down = _axis(height, down, by_row, padding)
    columns, before, reach_right = _axis(width, right, by_column, padding)
    sums = np.zeros((n, reach_down, reach_right, filters), np.result_type(images, kernel))
    for row in range(down):
        on_rows = slice(row, row + height * by_row, by_row)
        for column in range(right):
            on_columns = slice(column, column + width * by_column, by_column)
            sums[:, on_rows, on_columns] += np.tensordot(images, kernel[row, column], axes=([3], [1]))
    maps = sums[:, above : above + rows, before : before + columns]
    return maps if bias is None else maps + bias


def _axis(size: int, kernel: int, stride: int, padding: str) -> Tuple[int, int, int]:
    """Return how many pixels come out, how many are cut off before them, and room for all that is written."""
    out = transposed_size(size, kernel, stride=stride, padding=padding)
    cut = axis_padding(out, kernel, stride=stride, padding=padding)[0]
    return out, cut, max(size * stride + kernel, cut + out)


def _check_images(images: np.ndarray) -> None:
    if np.ndim(images) != 4:
        raise ValueError(f"images of shape {np.shape(images)}: give (n, height, width, channels)")


def _pair(name: str, value: Pair) -> Tuple[int, int]:
    """Return a number for rows and one for columns."""
    pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise ValueError(f"{name} {value!r}: give one number, or one for rows and one for columns")
    for number in pair:
        _whole(name, number)
    return pair


def _whole(name: str, number: int) -> None:
    if not isinstance(number, (int, np.integer)) or isinstance(number, bool) or number < 1:
        raise ValueError(f"{name} of {number!r} pixels: give a whole number from 1 on")
