"""Convolution and pooling along a sequence by hand in NumPy: the oracles of chapter 5.

A sequence is an image one pixel high.
"""

from __future__ import annotations

import numpy as np

from workshop.numerics.convolution2d import output_size, windows2d


def output_length(length: int, size: int, *, stride: int = 1) -> int:
    """Return ⌊(length − size)/stride⌋ + 1: how often a window fits into a sequence ("valid").

    Raises
    ------
    ValueError
        If the window is longer than the sequence.
    """
    if size > length:
        raise ValueError(f"a window of {size} does not fit into {length} steps: shorten it")
    return output_size(length, size, stride=stride)


def windows(x: np.ndarray, size: int, *, stride: int = 1) -> np.ndarray:
    """Return the subsequences (n, windows, size, channels) that a window sees on its way along x.

    Its shape is (n, steps, channels).

    Raises
    ------
    ValueError
        If the window is longer than the sequence.
    """
    output_length(x.shape[1], size, stride=stride)  # refuses in steps what would be refused in pixels
    return windows2d(x[:, np.newaxis], (1, size), strides=(1, stride))[:, 0, :, 0]


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, *, stride: int = 1) -> np.ndarray:
    """Return the "valid" convolution of x (n, steps, channels) with a kernel (size, channels, filters)."""
    return np.tensordot(windows(x, len(kernel), stride=stride), kernel, axes=2) + bias


def max_pool(x: np.ndarray, size: int) -> np.ndarray:
    """Return the greatest value of each filter in windows that don't overlap; (n, steps, filters)."""
    return windows(x, size, stride=size).max(axis=2)


def average_pool(x: np.ndarray, size: int) -> np.ndarray:
    """Return the mean of each filter in windows that don't overlap; (n, steps, filters)."""
    return windows(x, size, stride=size).mean(axis=2)
