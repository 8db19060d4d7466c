"""The real distribution of the chapter: 128 equally spaced numbers around a random one, and their sines."""

from __future__ import annotations

import numpy as np

SPACING = 0.1
LOC = (3.0, 1.0)  # mean and standard deviation of the sequence's central number


def from_curve(points: np.ndarray) -> np.ndarray:
    """Return |y − sin x| of points (n, 2); float64 (n,)."""
    x, y = np.asarray(points, dtype=np.float64).T
    distances: np.ndarray = np.abs(y - np.sin(x))
    return distances


def real_points(loc: float, batch: int) -> np.ndarray:
    """Return real points (x, sin x), half below `loc` and half from it on; float64 (batch, 2).

    The grid is built from whole steps, because float ranges with this spacing are one too long for some
    `loc`.
    Source: chapter 7, exercise 7.01.
    """
    x = loc + SPACING * (np.arange(batch) - batch // 2)
    return np.column_stack([x, np.sin(x)])
