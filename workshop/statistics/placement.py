"""Where printed values lie among recorded runs: compatible, excluded, or inconclusive."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from workshop.statistics.hypothesis_tests import (
    EXCLUDED,
    Numbers,
    Scale,
    keeps_to,
    on_scale,
)

Answer = Literal["compatible", "excluded", "inconclusive"]
Interval = tuple[float, float]

# so many recorded runs could exclude a printed value by rank alone
_BY_RANK = math.ceil(2 / EXCLUDED) - 1


@dataclass(frozen=True)
class Placement:
    """The answer, its p, how many runs could decide where these can't, and all of it in words."""

    answer: Answer
    p: float
    runs_needed: int | None
    detail: str


def place(recorded: Mapping[str, Numbers], printed: Mapping[str, Interval], scale: Scale | None) -> Placement:
    """Place printed numbers, each standing for an interval, among recorded runs, all numbers together.

    They are compatible if, on each side, at least one recorded run is as extreme. With several numbers, a
    run's extremeness is that of its most extreme number. Beyond all runs, it takes 1,999 of them to exclude a
    value at EXCLUDED without assumptions. On a scale where the runs are near normal, a prediction bound needs
    fewer; it is asked of each number beyond its own runs, so that another one with long tails does not hide
    it. A value is compatible, too, where not even endless runs of this mean and spread would exclude it.
    """
    n = len(next(iter(recorded.values())))
    points = {name: _nearest(recorded[name], printed[name]) for name in printed}
    low, high = _as_far_out(recorded, points)
    p = min(1.0, 2 * (1 + min(low, high)) / (n + 1))
    shown = _percentiles(recorded, printed)
    if p <= EXCLUDED:
        return Placement("excluded", p, None, f"{shown}; excluded at {EXCLUDED:g} by rank alone")
    beyond = [name for name in printed if not _within(recorded[name], printed[name])]
    near = [name for name in beyond if scale is not None and keeps_to(recorded[name], scale, len(printed))]
    if low and high and not near:
        return Placement("compatible", p, None, shown)
    if scale is None or not near:
        why = "no scale is stated" if scale is None else f"they are not normal on the {scale} scale"
        return Placement(
            "inconclusive", p, _BY_RANK, f"{shown}; beyond all runs, and {why}: {_BY_RANK} runs could decide"
        )
    farthest = max(_distance(recorded[name], points[name], scale) for name in near)
    p = _beyond_p(farthest, n, len(printed))
    by = f"{farthest:.1f} standard deviations out on the {scale} scale, p = {p:.1e}"
    if p <= EXCLUDED:
        return Placement("excluded", p, None, f"{shown}; excluded: {by}")
    if low and high:
        return Placement("compatible", p, None, f"{shown}; {by}")
    if len(near) < len(beyond):
        return Placement(
            "inconclusive",
            p,
            _BY_RANK,
            f"{shown}; {by}, others not normal on it: {_BY_RANK} runs could decide",
        )
    if _beyond_p(farthest, 10**9, len(printed)) > EXCLUDED:
        return Placement("compatible", p, None, f"{shown}; {by}")
    needed = next(size for size in range(n + 1, 10**6) if _beyond_p(farthest, size, len(printed)) <= EXCLUDED)
    return Placement("inconclusive", p, needed, f"{shown}; {by}: {needed} runs could decide")


def share_below(values: Numbers, interval: Interval) -> float:
    """Return the share of runs below a printed value's interval, those inside it counting half."""
    below, inside = values < interval[0], (values >= interval[0]) & (values <= interval[1])
    return float(np.mean(below + 0.5 * inside))


def _within(values: Numbers, interval: Interval) -> bool:
    return bool(values.min() <= interval[1] and values.max() >= interval[0])


def _nearest(values: Numbers, interval: Interval) -> float:
    """Return the point of the interval that lies nearest to the median of the runs."""
    return float(np.clip(np.median(values), *interval))


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
    scaled = on_scale(np.append(values, point), scale)
    spread = float(scaled[:-1].std(ddof=1))
    away = abs(float(scaled[-1] - scaled[:-1].mean()))
    return away / spread if spread > 0 else math.inf


def _beyond_p(distance: float, n: int, numbers: int) -> float:
    """Return the p of one more run lying so many standard deviations out, in any of so many numbers."""
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
