"""Exercise 7.01: Generating a Data Distribution from a Known Function (page 321).

Points on a sine curve are made, the real data for the networks that follow.
"""

from __future__ import annotations

import numpy as np

SPACING = 0.1
LOC = (3.0, 1.0)  # mean and standard deviation of the sequence's central number


def exercise_7_01_in_numpy(batch: int = 128, legacy_seed: int = 123) -> tuple[float, np.ndarray, np.ndarray]:
    """Build points of the sine in NumPy's own calls; return the drawn number, all numbers and the points.

    The book gives the drawn number as an array, which NumPy 2.4 refuses as a bound of a range.
    """
    loc = float(np.random.RandomState(legacy_seed).normal(*LOC))
    reach = SPACING * (batch // 2)
    x1 = np.concatenate([np.arange(loc - reach, loc, SPACING), np.arange(loc, loc + reach, SPACING)])
    x2 = np.sin(x1)
    real = np.stack([x1, x2], axis=1)
    return loc, x1, real
