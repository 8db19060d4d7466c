"""Convolution along a sequence by hand in NumPy; a sequence is an image one pixel high."""

from __future__ import annotations

import numpy as np

from workshop.numerics.convolution2d import windows2d


def windows(x: np.ndarray, size: int, *, stride: int = 1) -> np.ndarray:
    """Return x (n, steps, channels) under a moving window: (n, windows, size, channels)."""
    return windows2d(x[:, np.newaxis], (1, size), strides=(1, stride))[:, 0, :, 0]


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, *, stride: int = 1) -> np.ndarray:
    """Return the "valid" convolution of x (n, steps, channels) with a kernel (size, channels, filters)."""
    return np.tensordot(windows(x, len(kernel), stride=stride), kernel, axes=2) + bias
