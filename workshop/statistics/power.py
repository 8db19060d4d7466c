"""What the drift test of a quantity can notice, simulated on its recorded runs with a fixed generator."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from workshop.statistics.hypothesis_tests import NOT_NORMAL, normal_p, rank_sum_limits
from workshop.statistics.scales import Numbers, Scale

# a drift is noticed if the test alarms with this probability
NOTICED = 0.9
_RUNS = 2000
_MOST_SEEDS = 256
# above this number of fresh seeds rank sums are normal enough for a forecast of what they notice
_EXACT = 32


def smallest_drift(recorded: Numbers, fresh: int, level: float, scale: Scale) -> float:
    """Return the smallest shift of a quantity, in its unit, that n fresh seeds notice either way.

    By the rank test if it can reach the level, else by the prediction bound on the scale, where the shift is
    that of the median. Infinite if no shift is noticed.
    """
    alarms = _test(recorded, fresh, level, scale)
    if alarms is None:
        return math.inf
    finite = recorded[np.isfinite(recorded)]
    high = float(np.ptp(finite)) / 64 or abs(float(finite[0])) * 1e-6 or 1e-12
    for _ in range(60):  # a few runs far out make the range a poor start
        if alarms(high / 2) < NOTICED:
            break
        high /= 2
    for _ in range(30):
        if alarms(high) >= NOTICED:
            break
        high *= 2
    else:
        return math.inf
    low = high / 2
    while high - low > 0.01 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if alarms(middle) >= NOTICED else (middle, high)
    return high


def seeds_to_notice(recorded: Numbers, drift: float, level: float, scale: Scale) -> int | None:
    """Return how many fresh seeds notice a drift of this size; None if 256 do not."""

    def notice(count: int) -> bool:
        alarms = _test(recorded, count, level, scale)
        return alarms is not None and alarms(drift) >= NOTICED

    if not notice(_MOST_SEEDS):
        return None
    few, many = 0, _MOST_SEEDS
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if notice(middle) else (middle, many)
    return many


def _test(recorded: Numbers, fresh: int, level: float, scale: Scale) -> Callable[[float], float] | None:
    """Return a function: how often a drift alarms, in the direction noticed less; None if none ever does."""
    from scipy import stats

    rng = np.random.default_rng(0)
    limits = _limits(len(recorded), fresh, level)
    if limits is not None:
        values = np.sort(recorded[np.isfinite(recorded)])
        drawn = rng.choice(len(values), size=(_RUNS, fresh))

        def by_rank(shift: float) -> float:
            moved = values + shift
            below = np.searchsorted(values, moved, "left") + np.searchsorted(values, moved, "right")
            sums = below[drawn].sum(axis=1) / 2 + fresh * (fresh + 1) / 2
            return float(np.mean((sums <= limits[0]) | (sums >= limits[1])))

        return lambda drift: min(by_rank(drift), by_rank(-drift))
    if normal_p(recorded, scale) < NOT_NORMAL:
        return None
    values = scale.of(recorded)
    n, mean, middle = len(values), float(values.mean()), float(np.median(recorded))
    bound = float(stats.t.isf(level / 2, n - 1)) * float(values.std(ddof=1)) * math.sqrt(1 / n + 1 / fresh)
    means = rng.choice(values, size=(_RUNS, fresh)).mean(axis=1)

    def by_prediction(moved: float) -> float:
        ends = scale.of(np.array([middle, moved]))
        return float(np.mean(np.abs(means + (ends[1] - ends[0]) - mean) >= bound))

    return lambda drift: min(by_prediction(middle - drift), by_prediction(middle + drift))


@lru_cache(maxsize=1024)
def _limits(recorded: int, fresh: int, level: float) -> tuple[float, float] | None:
    """Return the rank sums beyond which the test alarms, or None if it can't reach the level."""
    if fresh <= _EXACT:
        return rank_sum_limits(recorded, fresh, level)
    from scipy import stats

    both = recorded + fresh + 1
    away = float(stats.norm.isf(level / 2)) * math.sqrt(recorded * fresh * both / 12)
    return fresh * both / 2 - away, fresh * both / 2 + away
