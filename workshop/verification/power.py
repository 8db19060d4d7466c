"""What the drift test of a quantity can notice, simulated on its recorded runs with a fixed generator."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from workshop.verification.statistics import Numbers, Scale, off_scale, on_scale, rank_sum_limits

# a drift is noticed if the test alarms with this probability
NOTICED = 0.9
_RUNS = 2000
_MOST_SEEDS = 256


def smallest_drift(recorded: Numbers, fresh: int, level: float, scale: Scale | None) -> float:
    """Return the smallest shift of a quantity, in its unit, that so many fresh seeds notice either way.

    By the rank test if it can reach the level, else by the prediction bound on the scale, where the shift is
    one of the scale, told at the median. Infinite if no shift is noticed.
    """
    alarms, values = _test(recorded, fresh, level, scale)
    if alarms is None:
        return math.inf
    rng = np.random.default_rng(0)
    drawn = rng.choice(values, size=(_RUNS, fresh))
    shifts = [_smallest(lambda shift: float(alarms(drawn + sign * shift).mean()), values) for sign in (-1, 1)]  # noqa: B023
    if math.inf in shifts:
        return math.inf
    middle = float(np.median(values))
    used = scale if rank_sum_limits(len(recorded), fresh, level) is None else None
    moved = [middle - shifts[0], middle + shifts[1]]
    back = [off_scale(point, used or "identity") for point in (middle, *moved)]
    return max(abs(point - back[0]) for point in back[1:])


def seeds_to_notice(recorded: Numbers, drift: float, level: float, scale: Scale | None) -> int | None:
    """Return how many fresh seeds notice a drift of this size; None if 256 do not."""
    count = 1
    while count <= _MOST_SEEDS:
        if smallest_drift(recorded, count, level, scale) <= drift:
            return count
        count = count + 1 if count < 16 else math.ceil(count * 1.2)
    return None


def _test(
    recorded: Numbers, fresh: int, level: float, scale: Scale | None
) -> tuple[Callable[[Numbers], Numbers] | None, Numbers]:
    """Return a function that tells which rows of fresh values alarm, and the finite recorded values."""
    from scipy import stats

    limits = rank_sum_limits(len(recorded), fresh, level)
    if limits is not None:
        values = np.sort(recorded[np.isfinite(recorded)])

        def by_rank(rows: Numbers) -> Numbers:
            below = np.searchsorted(values, rows, "left") + np.searchsorted(values, rows, "right")
            sums = below.sum(axis=1) / 2 + fresh * (fresh + 1) / 2
            return np.asarray((sums <= limits[0]) | (sums >= limits[1]), dtype=np.float64)

        return by_rank, values
    if scale is None:
        return None, recorded
    values = on_scale(recorded, scale)
    if not np.isfinite(values).all():
        return None, values
    n = len(values)
    bound = float(stats.t.isf(level / 2, n - 1)) * float(values.std(ddof=1)) * math.sqrt(1 / n + 1 / fresh)

    def by_prediction(rows: Numbers) -> Numbers:
        return np.asarray(np.abs(rows.mean(axis=1) - values.mean()) >= bound, dtype=np.float64)

    return by_prediction, values


def _smallest(power: Callable[[float], float], values: Numbers) -> float:
    """Return the smallest shift at which the power is NOTICED, to 1 %, by doubling and halving."""
    high = float(np.ptp(values)) / 64 or abs(float(values[0])) * 1e-6 or 1e-12
    for _ in range(60):  # a few runs far out make the range a poor start
        if power(high / 2) < NOTICED:
            break
        high /= 2
    for _ in range(30):
        if power(high) >= NOTICED:
            break
        high *= 2
    else:
        return math.inf
    low = high / 2
    while high - low > 0.01 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= NOTICED else (middle, high)
    return high
