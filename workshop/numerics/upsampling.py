"""Up-sampling of images by hand in NumPy: repeated pixels, and transposed convolution with Keras' padding."""

from __future__ import annotations

from typing import Optional

import numpy as np

from workshop.numerics.convolution2d import Pair, axis_padding, check_images, check_size, pair


def repeat2d(images: np.ndarray, size: Pair) -> np.ndarray:
    """Return images in which each pixel has become a block: nearest up-sampling.

    Parameters
    ----------
    images : (n, height, width, channels) of any dtype; the result has the same.
    size : rows and columns of a block.

    Raises
    ------
    ValueError
        If images have other axes, or a block is not a whole number of pixels from 1 on.

    Source: chapter 7, text on the up-sampling operation.
    """
    check_images(images)
    down, right = pair("block", size)
    return np.repeat(np.repeat(images, down, axis=1), right, axis=2)


def transposed_size(size: int, kernel: int, *, stride: int = 1, padding: str = "valid") -> int:
    """Return the number of pixels of an axis after a transposed convolution.

    With "same" it is size·stride, whatever the kernel. With "valid" it is size·stride + max(kernel − stride,
    0), because the last pixel's kernel may reach further; a kernel smaller than the stride leaves gaps.

    Raises
    ------
    ValueError
        If kernel or stride is below 1, or the padding is neither of them.

    Source: chapter 7, text on transposed convolution.
    """
    check_size("kernel", kernel)
    check_size("stride", stride)
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
    """Return the transposed convolution of images: the sum of their pixels' kernels, plus the bias.

    Each pixel adds its value times the kernel, not flipped, to the pixels from which a convolution with this
    stride and padding would read it. "same" cuts off the padding of that convolution.

    Parameters
    ----------
    images : (n, height, width, channels).
    kernel : (height, width, filters, channels); a convolution has the last two axes swapped.
    bias : one number per filter, or None.
    strides : pixels from one kernel to the next, down and to the right.
    padding : "valid" or "same".

    Returns
    -------
    Maps of shape (n, rows, columns, filters), in NumPy's dtype of the products.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or as `transposed_size` does.

    Source: chapter 7, text on transposed convolution.
    """
    check_images(images)
    if np.ndim(kernel) != 4:
        raise ValueError(f"kernel of shape {np.shape(kernel)}: give (height, width, filters, channels)")
    n, height, width, channels = images.shape
    down, right, filters, expected = kernel.shape
    if channels != expected:
        raise ValueError(f"images of {channels} channels under a kernel for {expected}: give the same number")
    if bias is not None and np.shape(bias) != (filters,):
        raise ValueError(f"bias of shape {np.shape(bias)} for {filters} filters: give one number per filter")
    by_row, by_column = pair("stride", strides)
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


def _axis(size: int, kernel: int, stride: int, padding: str) -> tuple[int, int, int]:
    """Return the pixels of the result, those cut off before it, and those that are written to in all."""
    out = transposed_size(size, kernel, stride=stride, padding=padding)
    cut = axis_padding(out, kernel, stride=stride, padding=padding)[0]
    return out, cut, max(size * stride + kernel, cut + out)
