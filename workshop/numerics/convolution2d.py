"""Convolution and pooling of images by hand in NumPy, with TensorFlow's padding.

A convolution in deep learning is a cross-correlation: the kernel is not flipped.
"""

from __future__ import annotations

from typing import Optional, Sequence, Union

import numpy as np
from numpy.lib.stride_tricks import as_strided

Pair = Union[int, Sequence[int]]  # one number for rows and columns, or one for each
AxisPadding = Union[str, Sequence[int]]  # "valid", "same" or (before, after)
Padding = Union[str, Sequence[Sequence[int]]]  # "valid", "same" or ((top, bottom), (left, right))

_COPIED = 2**20  # bytes of lines that are copied at once, so that they fit into a processor's cache


def output_size(size: int, kernel: int, *, stride: int = 1, padding: AxisPadding = "valid") -> int:
    """Return ⌊(before + size + after − kernel)/stride⌋ + 1, the number of window positions on a padded axis.

    Parameters
    ----------
    size : pixels of the axis.
    kernel : pixels of the window.
    stride : pixels by which the window moves.
    padding : "valid" adds nothing, "same" adds pixels for ⌈size/stride⌉ positions, (before, after) adds these
        numbers of pixels at the two ends.

    Raises
    ------
    ValueError
        If the window is larger than the padded axis.

    Source: chapter 3, Figure 3.10, which does not mention that the quotient is rounded down.
    """
    return (size + sum(axis_padding(size, kernel, stride=stride, padding=padding)) - kernel) // stride + 1


def axis_padding(
    size: int, kernel: int, *, stride: int = 1, padding: AxisPadding = "valid"
) -> tuple[int, int]:
    """Return the numbers of pixels added before and after an axis; "same" adds an odd pixel after it.

    Arguments and errors are those of `output_size`.
    """
    if padding == "same":
        covered = (-(-size // stride) - 1) * stride + kernel
        missing = max(covered - size, 0)
        before, after = missing // 2, missing - missing // 2
    else:
        before, after = (0, 0) if isinstance(padding, str) else padding
    if before + size + after < kernel:
        raise ValueError(
            f"a window of {kernel} does not fit into {before + size + after} pixels: shorten it, or pad more"
        )
    return before, after


def pad2d(
    images: np.ndarray, size: Pair, *, strides: Pair = 1, padding: Padding = "valid", fill: float = 0
) -> np.ndarray:
    """Return images (n, height, width, channels), padded with `fill` for a window of `size`, or as they are.

    Errors are those of `output_size` for one of the two axes.
    """
    paddings = (padding, padding) if isinstance(padding, str) else padding
    around = [
        axis_padding(length, kernel, stride=stride, padding=of_axis)
        for length, kernel, stride, of_axis in zip(images.shape[1:3], pair(size), pair(strides), paddings)
    ]
    if not np.any(around):
        return images
    return np.pad(images, [(0, 0), *around, (0, 0)], mode="constant", constant_values=fill)


def windows2d(
    images: np.ndarray, size: Pair, *, strides: Pair = 1, padding: Padding = "valid", fill: float = 0
) -> np.ndarray:
    """Return the pixels under a window at each of its positions on padded images, as a read-only view.

    Its shape is (n, rows, columns, window's height, window's width, channels); arguments and errors are those
    of `pad2d`.
    """
    padded = pad2d(images, size, strides=strides, padding=padding, fill=fill)
    (height, width), (down, right) = pair(size), pair(strides)
    rows = output_size(padded.shape[1], height, stride=down)
    columns = output_size(padded.shape[2], width, stride=right)
    by_image, by_row, by_column, by_channel = padded.strides
    return as_strided(
        padded,
        (len(padded), rows, columns, height, width, padded.shape[3]),
        (by_image, by_row * down, by_column * right, by_row, by_column, by_channel),
        writeable=False,
    )


def convolve2d(
    images: np.ndarray,
    kernel: np.ndarray,
    bias: Optional[np.ndarray] = None,
    *,
    strides: Pair = 1,
    padding: Padding = "valid",
) -> np.ndarray:
    """Return the feature maps of images: at each position the sum of window times kernel, plus the bias.

    Parameters
    ----------
    images : (n, height, width, channels).
    kernel : (height, width, channels, filters).
    bias : one number per filter, or None.
    strides : pixels by which the window moves down and to the right.
    padding : "valid", "same" or ((top, bottom), (left, right)), with zeros.

    Returns
    -------
    Maps of shape (n, rows, columns, filters), in NumPy's dtype of the products.

    Raises
    ------
    ValueError
        As `output_size` does.

    Source: chapter 3, text on convolution operations, stride and padding.
    """
    height, width, channels, filters = kernel.shape
    padded = pad2d(images, (height, width), strides=strides, padding=padding)
    (down, right), dtype = pair(strides), np.result_type(images, kernel)
    rows, columns = padded.shape[1] - height + 1, padded.shape[2] - width + 1
    if channels == filters == 1:  # all pixels as one row, shifted; sums that run over an edge are left out
        pixels = padded.astype(dtype).ravel()
        sums = np.zeros_like(pixels)
        for (row, column), weight in np.ndenumerate(kernel[:, :, 0, 0]):
            shift = row * padded.shape[2] + column
            sums[: len(sums) - shift] += pixels[shift:] * weight
        maps = sums.reshape(padded.shape)[:, :rows:down, :columns:right]
        return maps if bias is None else maps + bias
    from scipy.linalg import blas

    gemm = {"f": blas.sgemm, "d": blas.dgemm}.get(dtype.char)
    lines = windows2d(padded, (1, width), strides=(1, right))
    maps = np.zeros((len(lines), -(-rows // down), lines.shape[2], filters), dtype)
    matrices = kernel.reshape(height, width * channels, filters).astype(dtype)
    together = max(1, _COPIED // (down * lines.shape[2] * width * channels * maps.itemsize))
    for image, its_maps in zip(lines, maps):
        for first in range(0, len(its_maps), together):
            block = its_maps[first : first + together]
            above, covered = first * down, (len(block) - 1) * down + 1
            strip = image[above : above + covered + height - 1].astype(dtype, order="C")
            sums = block.reshape(-1, filters)
            for row, matrix in enumerate(matrices):
                windows = strip[row : row + covered : down].reshape(-1, len(matrix))
                if gemm is None:
                    sums += windows @ matrix
                else:  # transposed, because BLAS writes in place only what lies in Fortran's order
                    gemm(1.0, matrix.T, windows.T, beta=1.0, c=sums.T, overwrite_c=True)
    return maps if bias is None else maps + bias


def max_pool2d(
    images: np.ndarray, size: Pair, *, strides: Optional[Pair] = None, padding: str = "valid"
) -> np.ndarray:
    """Return the greatest value of each channel in each window, (n, rows, columns, channels) in the same
    dtype.

    Parameters
    ----------
    images : (n, height, width, channels).
    size : the window's height and width.
    strides : pixels by which the window moves; None moves it by its size.
    padding : "valid", or "same", whose added pixels are below all others.

    Raises
    ------
    ValueError
        As `output_size` does.

    Source: chapter 3, text on pooling layers.
    """
    floating = np.issubdtype(images.dtype, np.floating)
    lowest = -np.inf if floating else np.iinfo(images.dtype).min
    moved = size if strides is None else strides
    return windows2d(images, size, strides=moved, padding=padding, fill=lowest).max(axis=(3, 4))


def pair(value: Pair) -> tuple[int, int]:
    """Return a number of pixels for rows and one for columns."""
    rows, columns = (value, value) if isinstance(value, int) else value
    return rows, columns
