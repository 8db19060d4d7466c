"""The real points of exercises 7.01 to 7.04, 128 equally spaced numbers and their sines, and the noise."""

from __future__ import annotations

from typing import Tuple

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


def real_samples(loc: float, batch: int) -> Tuple[np.ndarray, np.ndarray]:
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
