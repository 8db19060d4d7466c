"""Convolution and pooling along a sequence by hand in NumPy: the oracles of chapter 5."""

from __future__ import annotations

from typing import List

import numpy as np


def output_length(length: int, size: int, *, stride: int = 1) -> int:
    """Return ⌊(length − size)/stride⌋ + 1: how often a window fits into a sequence ("valid").

    Raises
    ------
    ValueError
        If the window is longer than the sequence.
    """
    if size > length:
        raise ValueError(f"a window of {size} does not fit into {length} steps: shorten it")
    return (length - size) // stride + 1


def windows(x: np.ndarray, size: int, *, stride: int = 1) -> List[np.ndarray]:
    """Return the subsequences (n, size, channels) that a window sees on its way along x (n, steps, channels).

    Raises
    ------
    ValueError
        If the window is longer than the sequence.
    """
    starts = range(0, output_length(x.shape[1], size, stride=stride) * stride, stride)
    return [x[:, start : start + size] for start in starts]


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, *, stride: int = 1) -> np.ndarray:
    """Return the "valid" convolution of x (n, steps, channels) with a kernel (size, channels, filters)."""
    patches = windows(x, kernel.shape[0], stride=stride)
    return np.stack([np.tensordot(patch, kernel, axes=2) + bias for patch in patches], axis=1)


def max_pool(x: np.ndarray, size: int) -> np.ndarray:
    """Return the greatest value of each filter in windows that don't overlap; (n, steps, filters)."""
    return np.stack([patch.max(axis=1) for patch in windows(x, size, stride=size)], axis=1)


def average_pool(x: np.ndarray, size: int) -> np.ndarray:
    """Return the mean of each filter in windows that don't overlap; (n, steps, filters)."""
    return np.stack([patch.mean(axis=1) for patch in windows(x, size, stride=size)], axis=1)
