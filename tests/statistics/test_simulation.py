"""Thousands of simulated reruns: false alarms of fresh seeds keep their promise.

*Unconditionally*, reference and fresh runs are drawn alike, again and again. *Conditionally*, on the samples
that the package records, runs are split or drawn from these.
"""

import contextlib
import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from workshop.book import SAMPLES
from workshop.samples.model import as_numbers, read_reference
from workshop.statistics.hypothesis_tests import FALSE_ALARM, prediction_p
from workshop.statistics.scales import Scale

N, FRESH = 64, 5
# on this scale nothing is normal: scores alone are left
OFF = Scale("logit", whole=1e-300)

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


def with_crashes(rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    """Draw normal numbers, of which one in ten is a crash."""
    return np.where(rng.random(size) < 0.1, math.inf, rng.normal(size=size))


DRAWS: dict[str, Draw] = {
    "skewed": lambda rng, size: rng.lognormal(0, 2, size),
    "heavy-tailed": lambda rng, size: rng.standard_cauchy(size),
    "discrete": lambda rng, size: rng.binomial(20, 0.9, size).astype(float),
    "nearly constant": lambda rng, size: (rng.random(size) < 0.04).astype(float),
    "with crashes": with_crashes,
}


def at_most(share: float, times: int) -> float:
    """Return the share of n runs that one of this probability exceeds once in 30,000."""
    return share + 4 * math.sqrt(share * (1 - share) / times)


def at_least(share: float, times: int) -> float:
    """Return the share of n runs that one of this probability misses once in 30,000."""
    return share - 4 * math.sqrt(share * (1 - share) / times)


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_the_prediction_test_alarms_as_often_as_it_says(draw, draws):
    """At 5 %, in at most 5 % of reruns, whatever the distribution; at its level in none."""
    rng, times = np.random.default_rng(1), draws(1200)
    p = np.array([prediction_p(row[:N], row[N:], OFF, 1) for row in draw(rng, (times, N + FRESH))])
    for level in (0.3, 0.05, 0.01):
        assert np.mean(p <= level) <= at_most(level, times)
    assert p.min() > FALSE_ALARM
    if draw in (DRAWS["skewed"], DRAWS["heavy-tailed"]):  # without ties it is not timid either
        assert np.mean(p <= 0.3) >= at_least(0.29, times)
        assert times < 1200 or np.mean(p <= 0.05) >= 0.04


WORDS_ONLY = {"ch04.text12", "ch04.text18"}  # whose runs have rankings, and a ranking has no numbers
SAMPLED = {path.stem for path in (SAMPLES / "references").glob("*.json")} - WORDS_ONLY


@cache
def numbers_of_sample(unit: str) -> np.ndarray:
    """Return numbers of one quantity that are recorded of a unit."""
    if unit == "made up":
        return np.random.default_rng(4).gamma(2.0, 0.1, N).round(3)
    sample = read_reference(SAMPLES / "references" / f"{unit}.json", "")
    numbers = {}
    for quantity in sample.quantities:
        with contextlib.suppress(ValueError):  # a ranking has numbers for a claim only
            columns = as_numbers(sample.values(quantity))
            numbers |= {f"{quantity}{name}": column for name, column in columns.items()}
    return numbers[sorted(numbers)[len(numbers) // 2]]


@pytest.fixture(params=["made up", *sorted(SAMPLED)])
def recorded(request) -> np.ndarray:
    """Return recorded numbers of the package, one of each sample, and one made up."""
    return numbers_of_sample(request.param)


def test_recorded_runs_are_no_drift_of_one_another(recorded, draws):
    """Any five of the recorded runs against the others: an alarm at 5 % in at most 5 % of the splits."""
    rng, times = np.random.default_rng(5), draws(200)
    p = []
    for _ in range(times):
        split = rng.permutation(recorded)
        p.append(prediction_p(split[FRESH:], split[:FRESH], OFF, 1))
    judged = np.array([one for one in p if one is not None])
    assert len(judged) in (0, times)  # so few runs can't alarm
    assert not len(judged) or np.mean(judged <= 0.05) <= at_most(0.05, times)
    assert not (judged <= FALSE_ALARM).any()
