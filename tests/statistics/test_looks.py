"""Nights pooled and looked at: how soon a drift is named, and how seldom nothing is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from workshop.statistics.hypothesis_tests import FALSE_ALARM
from workshop.statistics.looks import LOOKS, look_level, p_of_looks, round_digits
from workshop.statistics.scales import Scale

# tests of a ledger, and fresh seeds of a quick unit in a night
FAMILY, SEEDS = 300, 5
LEVEL = look_level(FALSE_ALARM / FAMILY)


def first_alarms(
    rng: np.random.Generator, recorded: int, drift: float, times: int, level: float = LEVEL
) -> np.ndarray:
    """Return the night of the first alarm in each of so many lifetimes of 256 nights, ∞ if there is none."""
    found = []
    for _ in range(times):
        before = rng.normal(size=recorded)
        nights = list(rng.normal(drift, size=(LOOKS[-1], SEEDS)))
        p = p_of_looks(before, nights, level, None)
        found.append(next((look for look in LOOKS if p[look] <= level), math.inf))
    return np.array(found)


def test_the_looks_are_nine_and_share_the_level() -> None:
    """At 1, 2, 4, … 256 nights; only those that the nights have reached."""
    assert LOOKS == (1, 2, 4, 8, 16, 32, 64, 128, 256)
    assert sum(look_level(0.09) for _ in LOOKS) == pytest.approx(0.09)
    nights = [np.array([0.5])] * 5
    assert list(p_of_looks(np.arange(9.0), nights, 0.01, None)) == [1, 2, 4]


# recorded runs, drift in standard deviations, a night, the share named by then at least, and named at all
NAMED = [
    (128, 0.75, 32, 0.75, 0.95),
    (128, 1.0, 16, 0.9, 1.0),
    (128, 1.5, 8, 0.95, 1.0),
    (128, 2.0, 4, 0.95, 1.0),
    (64, 0.75, 64, 0.5, 0.6),
    (64, 1.0, 16, 0.5, 0.95),
    (64, 1.5, 8, 0.9, 1.0),
    (64, 2.0, 4, 0.9, 1.0),
]


@pytest.mark.parametrize(("recorded", "drift", "night", "by_then", "at_all"), NAMED)
def test_a_drift_is_named_within_some_nights(
    recorded: int, drift: float, night: int, by_then: float, at_all: float
) -> None:
    """With 128 recorded runs and five seeds a night, one of a standard deviation within 16 nights."""
    alarms = first_alarms(np.random.default_rng(1), recorded, drift, times=150)

    assert np.mean(alarms <= night) >= by_then
    assert np.mean(np.isfinite(alarms)) >= at_all


@pytest.mark.parametrize("recorded", [30, 64, 128])
def test_without_a_drift_no_lifetime_has_an_alarm(recorded: int) -> None:
    """Nor is the test timid at a larger level: alarms in at most 9 % of lifetimes at 9 %, but in some."""
    assert not np.isfinite(first_alarms(np.random.default_rng(2), recorded, 0.0, times=200)).any()

    times, level = 1000, 0.09
    alarms = first_alarms(np.random.default_rng(3), recorded, 0.0, times, look_level(level))
    assert 0.02 <= np.mean(np.isfinite(alarms)) <= level


def test_numbers_with_ties_alarm_no_more_often() -> None:
    """Over lifetimes of two nearly constant numbers and one of few values; level 9 %."""
    rng, level, times = np.random.default_rng(4), look_level(0.09), 300
    for draw in (
        lambda size: (rng.random(size) < 0.04).astype(float),
        lambda size: (rng.random(size) < 0.5).astype(float),
        lambda size: rng.binomial(20, 0.9, size).astype(float),
    ):
        alarms = 0
        for _ in range(times):
            p = p_of_looks(draw(64), list(draw((LOOKS[-1], SEEDS))), level, None)
            alarms += min(p.values()) <= level
        assert alarms / times <= 0.09


def test_a_constant_number_is_no_drift_unless_it_changes() -> None:
    """The rounding of another processor is no change."""
    recorded = round_digits(np.full(128, 0.1))
    same = [round_digits(np.full(SEEDS, 0.1 * (1 + 1e-7)))] * 16
    other = [round_digits(np.full(SEEDS, 0.1 * (1 + 1e-4)))] * 16

    assert min(p_of_looks(recorded, same, LEVEL, None).values()) == 1.0
    assert p_of_looks(recorded, other, LEVEL, None)[4] <= LEVEL


def test_rounded_ties_stay_ties() -> None:
    """Six digits: shares as two processors round them are the same, infinities stay or become numbers."""
    shares = np.array([17, 23, 104]) / 104
    np.testing.assert_array_equal(round_digits(shares), round_digits(shares.astype(np.float32).astype(float)))
    np.testing.assert_array_equal(round_digits(np.array([-math.inf, math.inf])), [-1e308, math.inf])


def test_seeds_without_effect_are_named() -> None:
    """The same number every night, though in the middle of the recorded ones."""
    recorded = np.random.default_rng(5).normal(size=64)
    p = p_of_looks(recorded, [np.full(SEEDS, 0.01)] * 2, LEVEL, None)

    assert p[2] <= LEVEL


def test_few_recorded_runs_are_tested_on_a_scale_until_ranks_can() -> None:
    """Ten recorded runs and one seed a night: a gross drift is named at once on a scale, later by rank."""
    recorded = np.random.default_rng(6).normal(size=10)
    nights = [np.array([1000.0 + night]) for night in range(64)]

    on_scale = p_of_looks(recorded, nights, LEVEL, Scale("identity"))
    by_rank = p_of_looks(recorded, nights, LEVEL, None)
    assert on_scale[1] <= LEVEL
    assert by_rank[16] > LEVEL >= by_rank[64] == on_scale[64]


def test_a_look_at_exactly_its_level() -> None:
    """The same number from five seeds alarms at that p; ranks decide where they can just reach the level."""
    recorded, alike = np.arange(64.0), 1 / math.comb(69, 5)
    night = [np.full(5, 31.5)]
    assert p_of_looks(recorded, night, alike, None) == {1: alike}
    assert p_of_looks(recorded, night, alike * 0.99, None)[1] > 0.9
    few, new = (
        np.array([1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0]),
        [np.array([1.5, 2.25, 4.75, 5.25, 7.0])],
    )
    least = 2 / math.comb(15, 5)
    by_rank = stats.mannwhitneyu(new[0], few, method="exact").pvalue
    assert p_of_looks(few, new, least, Scale()) == {1: pytest.approx(by_rank)}
    assert p_of_looks(few, new, least * 0.99, Scale()) != {1: pytest.approx(by_rank)}
