"""Slow change over a series of runs, such as a ratio that falls by 5 % from run to run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from statistics import NormalDist, median

# the standard deviation of a normal distribution over its median absolute deviation
_NORMAL = 1 / NormalDist().inv_cdf(0.75)
# fewer runs can't show whether they creep: two odd ones would do
SHORTEST = 5


def noise(series: Iterable[Sequence[float]]) -> float:
    """Return the standard deviation of a value around its series, from the differences of neighbours.

    Robust to a few outliers and a few trending series. 0 without a pair.
    """
    differences = [abs(b - a) for values in series for a, b in pairwise(values)]
    return _NORMAL * median(differences) / math.sqrt(2) if differences else 0.0


def slope(values: Sequence[float]) -> float:
    """Return the change from one value to the next: the median slope over all pairs (Theil and Sen)."""
    pairs = combinations(enumerate(values), 2)
    return median((later - earlier) / (j - i) for (i, earlier), (j, later) in pairs)


def falls(values: Sequence[float], spread: float, level: float) -> bool:
    """Whether a series falls by more than values of this standard deviation do by chance, at a level."""
    if len(values) < SHORTEST:
        return False
    n = len(values)
    error = spread / math.sqrt(n * (n * n - 1) / 12)  # of a straight line's slope
    return slope(values) < error * NormalDist().inv_cdf(level)
