"""A contest: contenders that take turns on the same job, once their results are equal; ratios by round.

The machine is never quiet, so only ratios judge, and only ratios of times that were taken one after the
other: in each round every contender computes once, in changing order, and the ratio of a contender to the
reference is taken within the round. The result is the median over the rounds, with an interval between two
order statistics that contains it with a probability of at least 0.99, whatever the distribution.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

COVERAGE = 0.99
FEWEST, MOST = 8, 31  # rounds: the extremes of 8 are the first to contain the median with that probability
# Another process gets other memory: of 3,010 pairs of ratios from five unchanged runs on one busy machine,
# 92 % of the intervals overlapped, and 99 % were within a factor of 1.12.
BETWEEN_RUNS = 1.15
NARROW = 1.05  # the factor over an interval below which more rounds would tell nothing that matters


@dataclass(frozen=True)
class Ratio:
    """A median ratio and the interval around it."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Times:
    """Seconds of each contender for a unit of work, (rounds,) each; those of one index are of one round."""

    seconds: Mapping[str, np.ndarray]
    reference: str

    def ratio(self, contender: str) -> Ratio:
        """Return how many times as long as the reference a contender takes."""
        return median_ratio(self.seconds[contender] / self.seconds[self.reference])


def median_ratio(ratios: np.ndarray) -> Ratio:
    """Return the median of ratios, and the order statistics around it.

    Raises
    ------
    ValueError
        If there are too few for an interval that contains the median with a probability of `COVERAGE`.
    """
    index = int(stats.binom.ppf((1 - COVERAGE) / 2, len(ratios), 0.5)) - 1
    if index < 0:
        raise ValueError(f"{len(ratios)} rounds state no interval: {FEWEST} do")
    ordered = np.sort(ratios)
    return Ratio(float(np.median(ratios)), float(ordered[index]), float(ordered[-1 - index]))


def take_turns(
    contenders: Mapping[str, Callable[[], float]],
    reference: str,
    *,
    seconds: float = 2.0,
    fewest: int = FEWEST,
    most: int = MOST,
) -> Times:
    """Time contenders in turns for about this many seconds, after a round that does not count.

    After the fewest rounds it ends if the intervals of all ratios are narrow.

    Parameters
    ----------
    contenders : by name a function that computes once and returns the seconds for a unit of work.
    reference : whose times the others are compared with.
    fewest, most : rounds.
    """
    names = list(contenders)
    start = time.perf_counter()
    for name in names:
        contenders[name]()
    rounds = int(np.clip(seconds / (time.perf_counter() - start), fewest, most))
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        if number == fewest and all(_is_narrow(taken[name], taken[reference]) for name in names):
            break
        for turn in range(len(names)):
            name = names[(number + turn) % len(names)]
            taken[name].append(contenders[name]())
    return Times({name: np.array(times) for name, times in taken.items()}, reference)


def _is_narrow(times: list[float], reference: list[float]) -> bool:
    ratio = median_ratio(np.array(times) / reference)
    return ratio.high <= NARROW * ratio.low


def relative_difference(
    result: list[np.ndarray], reference: list[np.ndarray], start: list[np.ndarray]
) -> float:
    """Return the greatest mean difference of an array by how far that of the reference moved from the start.

    Outputs start from nothing. What did not move, differs in shape or is not a number differs infinitely.
    """
    shapes = [[array.shape for array in arrays] for arrays in (result, reference)]
    if shapes[0] != shapes[1]:
        return float("inf")
    worst = 0.0
    for index, (one, other) in enumerate(zip(result, reference, strict=True)):
        moved = float(np.abs(other - (start[index] if start else 0)).mean())
        apart = float(np.abs(one - other).mean())
        worst = max(worst, apart / moved if moved > 0 and np.isfinite(apart) else float("inf"))
    return worst
