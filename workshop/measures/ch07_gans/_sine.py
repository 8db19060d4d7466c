"""The real points of exercises 7.01 to 7.04, 128 equally spaced numbers and their sines, and the noise."""

from __future__ import annotations

from typing import Optional

import numpy as np


def from_curve(points: np.ndarray) -> np.ndarray:
    """Return |y − sin x| of points (n, 2); float64 (n,)."""
    x, y = np.asarray(points, dtype=np.float64).T
    distances: np.ndarray = np.abs(y - np.sin(x))
    return distances


def own_points(real: np.ndarray) -> np.ndarray:
    """Return own points as float64 (n, 2). Raises ValueError if they have another shape, or are too few."""
    points = np.asarray(real, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 4:
        raise ValueError(f"real points of shape {points.shape}: give 4 or more, (n, 2)")
    return points


def from_real(points: np.ndarray, real: Optional[np.ndarray]) -> np.ndarray:
    """Return |y − sin x| of points (n, 2), or their distances from the nearest of own points; float64 (n,).

    At most 1,000 of a reader's points are taken, evenly spread.
    """
    if real is None:
        return from_curve(points)
    few = own_points(real)[:: -(-len(real) // 1000)]
    nearest: np.ndarray = np.sqrt(((points[:, np.newaxis] - few) ** 2).sum(axis=-1)).min(axis=1)
    return nearest
