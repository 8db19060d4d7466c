"""The tests that decide stochastic claims: exact and distribution-free where the samples allow it.

NaN (a diverged run) and ∞ (a crashed one) count as larger than all others.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from workshop.statistics.scales import Numbers, Scale

# a run alarms with at most this probability over all its claims, if nothing has changed
FALSE_ALARM = 1e-3
# a printed value is excluded, an order or a share of runs is taken as shown, at this level
EXCLUDED = 1e-3
# the drift test's check of a scale refuses samples that are this improbable on it, over a claim's numbers
NOT_NORMAL = 0.01
# A number beyond its runs is excluded by a prediction bound from this size on. The check of normality at
# DOUBTFUL misses heavy tails in small samples: 30 recorded runs excluded 0.42 % of the others, 64 0.09 %.
BOUND_FROM = 64
# A mean is decided by t tests from this size on. It is nearer to normal than a single run.
MEAN_FROM = 30
DOUBTFUL = 0.05
# where both sides of a rank sum have more outcomes, it is near normal, and counting takes gigabytes
_COUNTED_TO = 128


def rank_p(recorded: Numbers, fresh: Numbers) -> float:
    """Return the two-sided p of Wilcoxon's rank sum, given the ties."""
    low, high = rank_tails(recorded, fresh)
    return min(1.0, 2 * min(low, high))


def rank_tails(recorded: Numbers, fresh: Numbers) -> tuple[float, float]:
    """Return the probabilities of a rank sum of `fresh` at most, and at least, as large as it is.

    They are exact unless both sides have more than 128 outcomes, else those of the normal approximation.
    """
    pooled = _finite(np.concatenate([recorded, fresh]))
    if min(len(recorded), len(fresh)) > _COUNTED_TO:
        return _normal_tails(pooled[: len(recorded)], pooled[len(recorded) :])
    doubled = _doubled_ranks(pooled)
    size, observed, ranks = len(fresh), int(doubled[len(recorded) :].sum()), np.sort(doubled)
    above = observed - int(ranks[:size].sum())  # by so much the sum is above the least
    below = int(ranks[len(ranks) - size :].sum()) - observed
    upwards, downwards = tuple((ranks - ranks[0]).tolist()), tuple((ranks[-1] - ranks[::-1]).tolist())
    if above <= below:
        tail, alone = _tail(upwards, size, above)
        return tail, _other(tail, alone) or _tail(downwards, size, below)[0]
    tail, alone = _tail(downwards, size, below)
    return _other(tail, alone) or _tail(upwards, size, above)[0], tail


def _normal_tails(recorded: Numbers, fresh: Numbers) -> tuple[float, float]:
    from scipy import stats

    tails = (
        stats.mannwhitneyu(fresh, recorded, alternative=side, method="asymptotic").pvalue
        for side in ("less", "greater")
    )
    low, high = map(float, tails)
    return (1.0, 1.0) if math.isnan(low) else (low, high)  # all outcomes are alike


def _other(tail: float, alone: float) -> float:
    """Return the probability of the other tail, with what both count; 0 if rounding would be seen in it."""
    other = 1.0 - tail + alone
    return other if other > 1e-3 else 0.0


def alike_p(recorded: Numbers, fresh: Numbers) -> float:
    """Return the exact p of all fresh values being one and the same, where no two recorded ones are.

    1 where they are not, or where some recorded ones are: then it is not a sign of seeds without effect. That
    only two or three are the same is none either: numbers of few digits meet by chance.
    """
    if len(np.unique(fresh)) > 1 or len(np.unique(recorded)) < len(recorded):
        return 1.0
    alike = len(fresh) + int(np.sum(recorded == fresh[0]))
    return math.comb(alike, len(fresh)) / math.comb(len(recorded) + len(fresh), len(fresh))


def smallest_rank_p(recorded: int, fresh: int) -> float:
    """Return the smallest two-sided p that the rank test of n outcomes can reach, without ties."""
    return 2 / math.comb(recorded + fresh, fresh)


def rank_sum_limits(recorded: int, fresh: int, level: float) -> tuple[int, int] | None:
    """Return the rank sums of fresh outcomes up to which, and from which on, the test alarms at a level.

    Without ties; None if it can't reach the level.
    """
    small = np.flatnonzero(2 * _untied_tails(recorded, fresh) <= level)
    if not len(small):
        return None
    low = int(small[-1]) + fresh * (fresh + 1) // 2
    return low, fresh * (recorded + fresh + 1) - low


def _finite(values: Numbers) -> Numbers:
    return np.where(np.isfinite(values) | (values == -np.inf), values, np.inf)


def _doubled_ranks(values: Numbers) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return twice the rank of each value from 1 on, ties sharing their mean, so that all are whole."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    return (2 * below + counts + 1)[inverse].astype(np.int64)


@lru_cache(maxsize=64)  # the numbers of all claims with samples of the same size share some
def _tail(ranks: tuple[int, ...], size: int, excess: int) -> tuple[float, float]:
    """Return the probability that `size` of sorted ranks sum to at most, and to just, the least and `excess`.

    The least rank is 0. Row k counts the choices of k ranks by how far they are above the k least. No further
    rank brings them nearer, so what is beyond `excess` need not be counted.
    """
    step = math.gcd(*ranks) or 1  # 2 without ties
    places = [rank // step for rank in ranks]
    width = excess // step + 1
    counts = np.zeros((size + 1, width))
    counts[0, 0] = 1.0
    for number, place in enumerate(places):
        fewest = max(1, size - (len(places) - number) + 1)  # the ranks left over make no `size` of fewer
        for k in range(min(number + 1, size), fewest - 1, -1):
            away = place - places[k - 1]
            if away < width:
                counts[k, away:] += counts[k - 1, : width - away]
    every = float(math.comb(len(places), size))
    return float(counts[size].sum()) / every, float(counts[size, -1]) / every


@lru_cache(maxsize=32)
def _untied_tails(recorded: int, fresh: int) -> Numbers:
    """Return the probability that the fresh outcome is larger in at most 0, 1, 2, … pairs, without ties.

    The last number is that of half the pairs. How many choices have how many such pairs is given by the
    coefficients of a Gaussian binomial.
    """
    few, many = sorted((recorded, fresh))
    chances = np.zeros((recorded * fresh + 1) // 2 + 1)
    chances[0] = 1.0
    for i in range(1, few + 1):  # times (1 − q^(many + i)) / (1 − q^i), scaled to a sum of 1
        chances[many + i :] -= chances[: -(many + i)].copy()
        rows = np.pad(chances, (0, -len(chances) % i)).reshape(-1, i).cumsum(axis=0)
        chances = rows.ravel()[: len(chances)] * (i / (many + i))
    return np.cumsum(chances)


def prediction_p(recorded: Numbers, fresh: Numbers, scale: Scale) -> float:
    """Return the two-sided p of the mean of fresh values, if all are normal alike on the scale.

    The spread is that of the recorded ones alone.
    """
    from scipy import stats

    old, new = scale.of(recorded), scale.of(fresh)
    if not np.isfinite(old).all():
        return 1.0
    if not np.isfinite(new).all():
        return 0.0
    distance = abs(float(new.mean() - old.mean()))
    spread = float(old.std(ddof=1)) * math.sqrt(1 / len(old) + 1 / len(new))
    if spread == 0.0:
        return 1.0 if distance == 0.0 else 0.0
    return float(2 * stats.t.sf(distance / spread, len(old) - 1))


def keeps_to(values: Numbers, scale: Scale, numbers: int) -> bool:
    """Whether recorded runs may be taken as normal on a scale: one of the numbers that are checked."""
    return normal_p(values, scale) >= NOT_NORMAL / numbers


def may_exclude(values: Numbers, scale: Scale) -> bool:
    """Whether recorded runs are enough, and normal enough on a scale, to exclude values beyond them.

    Runs that are all alike are not: nothing is known of their spread.
    """
    enough = len(values) >= BOUND_FROM and float(np.ptp(values)) > 0
    return enough and normal_p(values, scale) >= DOUBTFUL


def normal_p(values: Numbers, scale: Scale) -> float:
    """Return Shapiro and Wilk's p for values being normal on the scale; 0 if they are not on the scale.

    0, too, for fewer than three: nothing speaks for a scale then.
    """
    from scipy import stats

    scaled = scale.of(values)
    if len(scaled) < 3 or not np.isfinite(scaled).all():
        return 0.0
    if np.ptp(scaled) == 0.0:
        return 1.0
    return float(stats.shapiro(scaled).pvalue)


def order_p(smaller: Numbers, larger: Numbers, *, paired: bool) -> tuple[float, float]:
    """Return the one-sided p against "no difference" for the stated order, and for the reverse one."""
    from scipy import stats

    if paired:
        up, down = int(np.sum(larger > smaller)), int(np.sum(larger < smaller))
        if up + down == 0:
            return 1.0, 1.0
        return (
            float(stats.binomtest(up, up + down, 0.5, alternative="greater").pvalue),
            float(stats.binomtest(down, up + down, 0.5, alternative="greater").pvalue),
        )
    below, above = rank_tails(smaller, larger)
    return above, below


def chance_of_order(smaller: Numbers, larger: Numbers, *, paired: bool) -> float:
    """Return how often a value of `larger` is the larger one; ties count half."""
    if not paired:
        smaller, larger = np.meshgrid(smaller, larger)
    return float(np.mean((larger > smaller) + 0.5 * (larger == smaller)))


def share_bounds(hits: int, n: int) -> tuple[float, float]:
    """Return Clopper and Pearson's lower and upper bound of a share, each one-sided at level EXCLUDED."""
    from scipy import stats

    low = 0.0 if hits == 0 else float(stats.beta.ppf(EXCLUDED, hits, n - hits + 1))
    high = 1.0 if hits == n else float(stats.beta.ppf(1 - EXCLUDED, hits + 1, n - hits))
    return low, high


def equivalence_p(values: Numbers, to: float, within: float) -> tuple[float, float]:
    """Return the p against "not equivalent" (two one-sided t tests on the mean) and against "equivalent"."""
    from scipy import stats

    mean = float(values.mean())
    if not math.isfinite(mean):
        return 1.0, 0.0
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    if error == 0.0:
        inside = abs(mean - to) < within
        return (0.0, 1.0) if inside else (1.0, 0.0)
    from_low, from_high = (mean - (to - within)) / error, ((to + within) - mean) / error
    freedom = len(values) - 1
    not_equivalent = max(float(stats.t.sf(from_low, freedom)), float(stats.t.sf(from_high, freedom)))
    outside = min(float(stats.t.cdf(from_low, freedom)), float(stats.t.cdf(from_high, freedom)))
    return not_equivalent, outside


Name = TypeVar("Name", bound=Hashable)


def holm(p: Mapping[Name, float], *, family: int) -> set[Name]:
    """Return which of a family of tests alarm at level FALSE_ALARM together.

    Tests of the family that are not in `p` were not made; they count as p = 1.
    """
    alarms: set[Name] = set()
    for done, name in enumerate(sorted(p, key=lambda n: p[n])):
        if p[name] > FALSE_ALARM / max(family - done, 1):
            break
        alarms.add(name)
    return alarms
