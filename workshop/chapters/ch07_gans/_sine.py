"""The real points of exercises 7.01 to 7.04, 128 equally spaced numbers and their sines, and the noise."""

from __future__ import annotations

from typing import Optional

import numpy as np

SPACING = 0.1
LOC = (3.0, 1.0)  # mean and standard deviation of the sequence's central number
NOISE = 10  # length of a noise vector


def real_points(loc: float, batch: int) -> np.ndarray:
    """Return real points (x, sin x), half below `loc` and half from it on; float64 (batch, 2).

    The grid is built from whole steps, because float ranges with this spacing are one too long for some
    `loc`.
    Source: chapter 7, exercise 7.01.
    """
    x = loc + SPACING * (np.arange(batch) - batch // 2)
    return np.column_stack([x, np.sin(x)])


def real_samples(loc: float, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Return real points around `loc`, float64 (batch, 2), and their labels, ones (batch, 1).

    Source: chapter 7, exercise 7.03.
    """
    return real_points(loc, batch), np.ones((batch, 1))


def fake_inputs(rng: np.random.Generator, batch: int, features: int = NOISE) -> np.ndarray:
    """Return noise for the generator, standard normal; float32 (batch, features).

    Source: chapter 7, exercise 7.03.
    """
    return rng.standard_normal((batch, features), dtype=np.float32)


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
