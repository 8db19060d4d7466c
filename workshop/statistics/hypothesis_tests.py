"""The tests that decide stochastic claims: exact and distribution-free where the samples allow it.

NaN (a diverged run) and ∞ (a crashed one) count as larger than all others.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workshop.statistics.scales import Numbers, Scale

# A number of fresh runs alarms with at most this probability if nothing has changed. The ledger's claims have
# fewer than 1,000 numbers, so a run over all of them alarms with at most 1e-3.
FALSE_ALARM = 1e-6
# a number that seeds don't move may differ by this share, some float32 steps
ROUNDING = 1e-6
# a printed value is excluded, an order or a share of runs is taken as shown, at this level
EXCLUDED = 1e-3
# the prediction test refuses a scale on which recorded runs are this improbable, over a claim's numbers
NOT_NORMAL = 0.01
# A number beyond its runs is excluded by a prediction bound from this size on. The check of normality at
# DOUBTFUL misses heavy tails in small samples: 30 recorded runs excluded 0.42 % of the others, 64 0.09 %.
BOUND_FROM = 64
# A mean is decided by t tests from this size on. It is nearer to normal than a single run.
MEAN_FROM = 30
DOUBTFUL = 0.05
# where both sides of a rank sum have more outcomes, it is near normal, and counting takes gigabytes
_COUNTED_TO = 128


def rank_tails(recorded: Numbers, fresh: Numbers) -> tuple[float, float]:
    """Return the probabilities of a rank sum of `fresh` at most, and at least, as large as it is.

    They are exact unless both sides have more than 128 outcomes, else those of the normal approximation.
    """
    pooled = np.concatenate([recorded, fresh])
    pooled = np.where(np.isfinite(pooled) | (pooled == -np.inf), pooled, np.inf)
    if min(len(recorded), len(fresh)) > _COUNTED_TO:
        from scipy import stats

        both = pooled[len(recorded) :], pooled[: len(recorded)]
        low, high = (
            float(stats.mannwhitneyu(*both, alternative=side, method="asymptotic").pvalue)
            for side in ("less", "greater")
        )
        return (1.0, 1.0) if math.isnan(low) else (low, high)  # all outcomes are alike
    # twice the ranks from 1 on, ties sharing their mean, so that all are whole
    _, inverse, counts = np.unique(pooled, return_inverse=True, return_counts=True)
    doubled = (2 * (np.cumsum(counts) - counts) + counts + 1)[inverse].astype(np.int64)
    size, observed, ranks = len(fresh), int(doubled[len(recorded) :].sum()), np.sort(doubled)
    above = observed - int(ranks[:size].sum())  # by so much the sum is above the least
    below = int(ranks[len(ranks) - size :].sum()) - observed
    return _tail(ranks - ranks[0], size, above), _tail(ranks[-1] - ranks[::-1], size, below)


def _tail(ranks: np.ndarray[Any, np.dtype[np.int64]], size: int, excess: int) -> float:
    """Return the probability that `size` of sorted ranks sum to at most the least and `excess`.

    The least rank is 0. Row k counts the choices of k ranks by how far they are above the k least. No further
    rank brings them nearer, so what is beyond `excess` need not be counted.
    """
    step = int(np.gcd.reduce(ranks)) or 1  # 2 without ties
    places = (ranks // step).tolist()
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
    return float(counts[size].sum()) / every


def prediction_p(recorded: Numbers, fresh: Numbers, scale: Scale, numbers: int) -> float | None:
    """Return the two-sided p of the mean of fresh runs, if they are more runs like the recorded ones.

    Each run counts by its normal score among the recorded ones, so that no distribution is assumed. Where so
    few runs can't reach FALSE_ALARM, it counts by its value on the scale, with Student's t. None if the
    recorded runs can't pass for normal on it, either, as one of several `numbers` that are checked.
    """
    from scipy import stats

    if np.ptp(recorded) == 0 and np.allclose(fresh, recorded[0], rtol=ROUNDING, atol=0):
        return 1.0  # seeds don't move it: another processor rounds its last digit otherwise
    n, error = len(recorded), math.sqrt(1 / len(recorded) + 1 / len(fresh))
    ranked = np.sort(recorded)
    below = (np.searchsorted(ranked, fresh, "left") + np.searchsorted(ranked, fresh, "right")) / 2
    scores = stats.norm.ppf((np.append(below, n) + 0.5) / (n + 1))
    if 2 * stats.norm.sf(scores[-1] / error) <= FALSE_ALARM:
        return float(2 * stats.norm.sf(abs(scores[:-1].mean()) / error))
    if normal_p(recorded, scale) < NOT_NORMAL / numbers:
        return None
    old, new = scale.of(recorded), scale.of(fresh)
    spread = float(old.std(ddof=1)) * error
    if not spread or not np.isfinite(new).all():
        return 0.0
    return float(2 * stats.t.sf(abs(new.mean() - old.mean()) / spread, n - 1))


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
        holds, reverse = (
            float(stats.binomtest(often, up + down, 0.5, alternative="greater").pvalue)
            for often in (up, down)
        )
        return holds, reverse
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
