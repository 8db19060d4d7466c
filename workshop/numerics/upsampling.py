"""Up-sampling of images by hand in NumPy: repeated pixels, and transposed convolution with Keras' padding."""

from __future__ import annotations

from typing import Optional

import numpy as np

from workshop.numerics.convolution2d import Pair, axis_padding, pair


def repeat2d(images: np.ndarray, size: Pair) -> np.ndarray:
    """Return images in which each pixel has become a block: nearest up-sampling.

    Parameters
    ----------
    images : (n, height, width, channels) of any dtype; the result has the same.
    size : rows and columns of a block.

    Source: chapter 7, text on the up-sampling operation.
    """
    down, right = pair(size)
    return np.repeat(np.repeat(images, down, axis=1), right, axis=2)


def transposed_size(size: int, kernel: int, *, stride: int = 1, padding: str = "valid") -> int:
    """Return the number of pixels of an axis after a transposed convolution.

    With "same" it is size·stride, whatever the kernel. With "valid" it is size·stride + max(kernel − stride,
    0), because the last pixel's kernel may reach further; a kernel smaller than the stride leaves gaps.

    Source: chapter 7, text on transposed convolution.
    """
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

    Source: chapter 7, text on transposed convolution.
    """
    n, height, width, _ = images.shape
    down, right, filters, _ = kernel.shape
    by_row, by_column = pair(strides)
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
