"""Where printed values lie among recorded runs: compatible, excluded, or inconclusive."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from workshop.statistics.hypothesis_tests import BOUND_FROM, DOUBTFUL, EXCLUDED, may_exclude, normal_p
from workshop.statistics.scales import Numbers, Scale
from workshop.statistics.sizes import SIZES

Answer = Literal["compatible", "excluded", "inconclusive"]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Placement:
    """The answer, its p, in how many runs a decision is as likely as not where these can't, and the words."""

    answer: Answer
    p: float
    runs_needed: int | None
    detail: str


def place(
    recorded: Mapping[str, Numbers], printed: Mapping[str, Interval], scales: Mapping[str, Scale]
) -> Placement:
    """Place printed numbers, each standing for an interval, among recorded runs, all numbers together.

    They are compatible only if each lies within the range of its own recorded runs. They are excluded by
    rank, without assumptions, if too few runs are as extreme on either side; with several numbers, a run's
    extremeness is that of its most extreme number, and it takes 1,999 runs. A number beyond its own runs is
    also excluded by a prediction bound on its scale, where the runs are enough and near normal. Otherwise
    such a number is inconclusive, however noisy the others are.
    """
    n = len(next(iter(recorded.values())))
    # of each interval the point nearest to the median of the runs
    points = {name: float(np.clip(np.median(recorded[name]), *printed[name])) for name in printed}
    p = min(1.0, 2 * (1 + min(_as_far_out(recorded, points))) / (n + 1))
    shown = _percentiles(recorded, printed)
    if p <= EXCLUDED:
        return Placement("excluded", p, None, f"{shown}; excluded at {EXCLUDED:g} by rank alone")
    beyond = [
        name
        for name, (low, high) in printed.items()
        if not (recorded[name].min() <= high and recorded[name].max() >= low)
    ]
    if not beyond:
        return Placement("compatible", p, None, shown)
    named = f"{', '.join(beyond)} " if any(beyond) else ""  # a single number has no name
    shown = f"{shown}; {named}beyond all runs"
    distances = {name: _distance(recorded[name], points[name], scales[name]) for name in beyond}
    fit = [name for name in beyond if may_exclude(recorded[name], scales[name])]
    if fit:
        farthest = max(fit, key=lambda name: distances[name])
        p = _beyond_p(distances[farthest], n, len(printed))
        by = f"{distances[farthest]:.1f} standard deviations out on the {scales[farthest]} scale, p = {p:.1e}"
        shown = f"{shown}, {by}"
        if p <= EXCLUDED:
            return Placement("excluded", p, None, f"{shown}: excluded")
    elif n < BOUND_FROM:
        shown = f"{shown}, and {n} are too few to tell by a scale"
    else:
        on = sorted({scales[name].name for name in beyond})
        shown = f"{shown}, and they are not near normal on the {' or the '.join(on)} scale"
    return Placement("inconclusive", p, _runs_needed(recorded, scales, distances, len(printed)), shown)


def _runs_needed(
    recorded: Mapping[str, Numbers], scales: Mapping[str, Scale], distances: Mapping[str, float], numbers: int
) -> int:
    """Return in how many runs a decision on numbers beyond their runs is at least as likely as not.

    `distances` are those of the numbers. On a scale that the runs are near normal on, this many runs exclude
    a number that is far out, or reach one that is not. Any other number is taken for one more run: beyond n
    runs, it is within N with a probability of (N - n) / (N + 1), which is one half, but for one run, if N is
    twice n, as if independent of the others.
    """
    from scipy import stats

    n = len(next(iter(recorded.values())))
    far, others, reach = 0.0, 0, n + 1
    for name, distance in distances.items():
        if normal_p(recorded[name], scales[name]) < DOUBTFUL or np.ptp(recorded[name]) == 0:
            others += 1
        elif _beyond_p(distance, 10**9, numbers) <= EXCLUDED:
            far = max(far, distance)
        else:
            reach = max(reach, math.ceil(math.log(2) / float(stats.norm.sf(distance))))
    if far:
        # the planned sizes, and from the last one on its doubles
        sizes = itertools.chain(SIZES, (SIZES[-1] << power for power in itertools.count(1)))
        return next(
            size
            for size in sizes
            if size > n and size >= BOUND_FROM and _beyond_p(far, size, numbers) <= EXCLUDED
        )
    if others:
        missed = 1 - 0.5 ** (1 / others)
        reach = max(reach, math.ceil(n / missed))
    return reach


def prediction_bounds(values: Numbers, scale: Scale, numbers: int) -> Interval | None:
    """Return the values at and beyond which one more run is excluded, as `place` decides; None if none is.

    `numbers` is how many numbers are placed together. A value within the range of the runs is never excluded.
    """
    from scipy import stats

    if not may_exclude(values, scale):
        return None
    scaled, n = scale.of(values), len(values)
    reach = float(stats.t.isf(EXCLUDED / (2 * numbers), n - 1)) * math.sqrt(1 + 1 / n) * scaled.std(ddof=1)
    low, high = scale.back(scaled.mean() + np.array([-reach, reach]))
    return float(low), float(high)


def share_below(values: Numbers, interval: Interval) -> float:
    """Return the share of runs below a printed value's interval, those inside it counting half."""
    below, inside = values < interval[0], (values >= interval[0]) & (values <= interval[1])
    return float(np.mean(below + 0.5 * inside))


def _as_far_out(recorded: Mapping[str, Numbers], points: Mapping[str, float]) -> tuple[int, int]:
    """Return how many runs lie as far out as the points, to the low side and to the high side.

    A run is as extreme as its farthest number, each in units of half the middle half of its own
    side, so that a long tail to one side does not hide the other.
    """
    n = len(next(iter(recorded.values())))
    low, high = np.zeros(n + 1), np.zeros(n + 1)
    for name, point in points.items():
        values = _all_finite(np.append(recorded[name], point))
        quarter, median, third = np.quantile(values, [0.25, 0.5, 0.75], method="nearest")
        low = np.maximum(low, _in_units(median - values, median - quarter))
        high = np.maximum(high, _in_units(values - median, third - median))
    return int(np.sum(low[:-1] >= low[-1])), int(np.sum(high[:-1] >= high[-1]))


def _all_finite(values: Numbers) -> Numbers:
    """Return the values with ∞ (a crashed run) as far beyond the finite ones as these lie apart."""
    finite = values[np.isfinite(values)]
    apart = float(np.ptp(finite)) or 1.0
    return np.nan_to_num(values, posinf=float(finite.max()) + apart, neginf=float(finite.min()) - apart)


def _in_units(distance: Numbers, unit: float) -> Numbers:
    """Return the positive distances in units; where the middle runs are alike, any distance is very far."""
    return np.asarray(np.maximum(distance, 0.0) / max(unit, 1e-200))


def _distance(values: Numbers, point: float, scale: Scale) -> float:
    scaled = scale.of(np.append(values, point))
    if not np.isfinite(scaled[:-1]).all():
        return math.inf
    spread = float(scaled[:-1].std(ddof=1))
    away = abs(float(scaled[-1] - scaled[:-1].mean()))
    return away / spread if spread > 0 else math.inf


def _beyond_p(distance: float, n: int, numbers: int) -> float:
    """Return the p of one more run lying this many standard deviations out, in any of `numbers` numbers."""
    from scipy import stats

    return min(1.0, numbers * 2 * float(stats.t.sf(distance / math.sqrt(1 + 1 / n), n - 1)))


def _percentiles(recorded: Mapping[str, Numbers], printed: Mapping[str, Interval]) -> str:
    n = len(next(iter(recorded.values())))
    shares = {name: share_below(recorded[name], printed[name]) for name in printed}
    if len(shares) == 1:
        ((name, share),) = shares.items()
        values = recorded[name]
        low, median, high = (f"{v:.4g}" for v in np.quantile(values, [0, 0.5, 1], method="nearest"))
        return f"printed value at {share:.0%} of {n} recorded runs, {median} ({low} to {high})"
    shown = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    return f"printed values among {n} recorded runs: {shown}"
