"""The tests behind stochastic claims, against SciPy, enumeration and numbers worked by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workshop.statistics.hypothesis_tests import (
    EXCLUDED,
    FALSE_ALARM,
    alike_p,
    chance_of_order,
    equivalence_p,
    holm,
    keeps_to,
    normal_p,
    order_p,
    prediction_p,
    rank_p,
    rank_sum_limits,
    rank_tails,
    share_bounds,
    smallest_rank_p,
)
from workshop.statistics.scales import Scale

INF = math.inf


def enumerated_tails(recorded, fresh):
    """Return both tails of the rank sum over all ways to choose the fresh ones, with midranks."""
    ranks = stats.rankdata([*recorded, *fresh])
    observed = ranks[len(recorded) :].sum()
    sums = np.array([sum(chosen) for chosen in itertools.combinations(ranks, len(fresh))])
    return np.mean(sums <= observed + 1e-9), np.mean(sums >= observed - 1e-9)


@settings(deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=3, max_size=30, unique=True), st.data())
def test_without_ties_the_rank_test_is_mann_and_whitneys(values, data) -> None:
    """Both tails and the two-sided p are those of SciPy's exact method."""
    size = data.draw(st.integers(1, min(6, len(values) - 1)))
    recorded, fresh = np.array(values[size:], float), np.array(values[:size], float)

    def exact(alternative):
        return stats.mannwhitneyu(fresh, recorded, alternative=alternative, method="exact").pvalue

    assert rank_p(recorded, fresh) == pytest.approx(exact("two-sided"), rel=1e-12)
    assert rank_tails(recorded, fresh) == pytest.approx((exact("less"), exact("greater")), rel=1e-12)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=8), st.lists(st.integers(0, 4), min_size=1, max_size=4)
)
def test_with_ties_the_rank_test_is_the_enumeration_of_all_splits(recorded, fresh) -> None:
    """Ties share their mean rank, and the p is that of all ways to split what was seen."""
    low, high = enumerated_tails(recorded, fresh)
    old, new = np.array(recorded, float), np.array(fresh, float)
    assert rank_tails(old, new) == pytest.approx((low, high), rel=1e-12)
    assert rank_p(old, new) == pytest.approx(min(1, 2 * min(low, high)), rel=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_rare_tail_is_counted_where_rounding_would_be_seen(sign: int) -> None:
    """Of two among 5,000 alike and two others, one is another: in 10,001 of all pairs the sum is as large."""
    recorded, fresh = sign * np.array([*[0.0] * 4999, 2.0]), sign * np.array([0.0, 1.0])
    assert rank_tails(recorded, fresh)[::sign][1] == pytest.approx(10_001 / math.comb(5002, 2), rel=1e-12)


@pytest.mark.parametrize("digits", [1, 9])
def test_many_outcomes_on_both_sides_are_near_normal(digits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the level of a decision within 3 %, beyond it on the safe side, as counting shows."""
    rng = np.random.default_rng(3)
    for shift in (0.0, 0.2, 0.35, 0.5):
        recorded, fresh = rng.normal(size=129).round(digits), (rng.normal(size=129) + shift).round(digits)
        near = rank_tails(recorded, fresh)
        with monkeypatch.context() as patch:
            patch.setattr("workshop.statistics.hypothesis_tests._COUNTED_TO", 129)
            counted = rank_tails(recorded, fresh)
        assert near != counted
        for one, exact in zip(near, counted, strict=True):
            assert one == pytest.approx(exact, rel=0.03) if exact > 1e-3 else exact <= one < 1.3 * exact


def test_a_thousand_outcomes_on_both_sides_are_compared() -> None:
    """The number of choices is no float any more; those that are all alike are in no order."""
    runs = np.arange(1024.0)
    low, high = rank_tails(runs, runs + 200)
    assert low > 0.999
    assert 0 < high < 1e-9
    assert rank_tails(np.zeros(1024), np.zeros(1024)) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("recorded", "fresh", "p"), [(30, 5, 6.160e-6), (64, 5, 1.779e-7), (10, 5, 6.660e-4)]
)
def test_the_smallest_p_is_reached_beyond_all_recorded_runs(recorded: int, fresh: int, p: float) -> None:
    """Five fresh ones against 30 reach 6e-6 two-sided, i.e. 3e-6 to either side, and no less."""
    assert smallest_rank_p(recorded, fresh) == pytest.approx(p, rel=1e-3)
    reached = rank_p(np.arange(float(recorded)), np.arange(1000.0, 1000.0 + fresh))
    assert reached == pytest.approx(smallest_rank_p(recorded, fresh), rel=1e-9)


@pytest.mark.parametrize(("recorded", "fresh"), [(5, 2), (10, 3), (8, 4), (4, 4)])
@pytest.mark.parametrize("level", [0.5, 0.1, 0.05, 0.01])
def test_rank_sum_limits_are_where_the_rank_test_alarms(recorded: int, fresh: int, level: float) -> None:
    """For every split, the sum lies at or beyond a limit exactly where the p is at most the level."""
    limits = rank_sum_limits(recorded, fresh, level)
    for chosen in itertools.combinations(range(1, recorded + fresh + 1), fresh):
        others = sorted(set(range(1, recorded + fresh + 1)) - set(chosen))
        alarms = rank_p(np.array(others, float), np.array(chosen, float)) <= level
        beyond = limits is not None and (sum(chosen) <= limits[0] or sum(chosen) >= limits[1])
        assert alarms == beyond


def test_a_level_out_of_reach_has_no_limits() -> None:
    """Where even the farthest split has a larger p, there is nothing to alarm at."""
    assert rank_sum_limits(64, 1, 0.03) is None
    assert rank_sum_limits(64, 1, 0.031) == (1, 65)


ALIKE = [
    ([1, 2, 3, 4], [7, 7, 7], 1 / math.comb(7, 3)),
    ([1, 2, 3, 4], [3, 3, 3], 4 / math.comb(7, 3)),
    ([1, 2, 3, 4], [7, 7, 8], 1.0),
    ([1, 2, 2, 4], [7, 7, 7], 1.0),
    (range(64), [7.5] * 5, 1 / math.comb(69, 5)),
    ([1, 2, 3, 4], [7], 1 / 5),
]


@pytest.mark.parametrize(("recorded", "fresh", "p"), ALIKE)
def test_fresh_values_that_are_all_the_same(recorded, fresh, p: float) -> None:
    """Seeds without effect give one value where recorded seeds gave many; two that meet prove nothing."""
    assert alike_p(np.array(recorded, float), np.array(fresh, float)) == pytest.approx(p, rel=1e-12)


PREDICTIONS = [
    # mean 3, standard deviation 1: t = 3 / sqrt(1/5 + 1/1) with 4 degrees of freedom
    ("identity", [2, 2, 3, 4, 4], [6], 3 / math.sqrt(1.2)),
    ("identity", [2, 2, 3, 4, 4], [6, 6, 0, 0], 0.0),
    ("identity", [2, 2, 3, 4, 4], [1, 1], 2 / math.sqrt(0.7)),
    ("log", np.exp([2, 2, 3, 4, 4]), np.exp([6]), 3 / math.sqrt(1.2)),
    ("logit", 1 / (1 + np.exp([-2.0, -2, -3, -4, -4])), 1 / (1 + np.exp([-6.0, -4.0])), 2 / math.sqrt(0.7)),
]


@pytest.mark.parametrize(("scale", "recorded", "fresh", "t"), PREDICTIONS)
def test_the_prediction_bound_is_students(scale, recorded, fresh, t: float) -> None:
    """Distance of the means in units of the recorded spread, with the degrees of freedom of the recorded."""
    p = prediction_p(np.array(recorded, float), np.array(fresh, float), Scale(scale))
    assert p == pytest.approx(2 * stats.t.sf(t, 4), rel=1e-9)


def test_the_prediction_bound_at_its_edges() -> None:
    """No spread: only the value itself is like it. Off the scale: recorded runs tell nothing, fresh all."""
    same = np.full(10, 0.25)
    assert prediction_p(same, np.array([0.25]), Scale("identity")) == 1.0
    assert prediction_p(same, np.array([0.26]), Scale("identity")) == 0.0
    assert prediction_p(np.array([1.0, 2.0, INF]), np.array([1.0]), Scale("identity")) == 1.0
    for fresh in ([-1.0], [1.0, 0.0, -1.0]):
        assert prediction_p(np.array([1.0, 2.0, 3.0]), np.array(fresh), Scale("log")) == 0.0


def test_the_prediction_bound_holds_its_level_on_normal_runs() -> None:
    """5 % of honest means of three lie beyond the 5 % bound that ten recorded runs give."""
    rng = np.random.default_rng(1)
    p = [prediction_p(rng.normal(4, 2, 10), rng.normal(4, 2, 3), Scale("identity")) for _ in range(4000)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 4000))


def test_normality_is_shapiro_and_wilks_on_the_scale() -> None:
    """A log-normal sample passes on its scale alone; a sample with a crash, or of two, passes on none."""
    sample = np.exp(3 * stats.norm.ppf((np.arange(40) + 0.5) / 40))
    assert normal_p(sample, Scale("log")) == pytest.approx(stats.shapiro(np.log(sample)).pvalue, rel=1e-6)
    assert normal_p(sample, Scale("log")) > 0.5
    assert normal_p(sample, Scale("identity")) < 1e-6
    assert normal_p(np.append(sample, INF), Scale("log")) == 0.0
    assert normal_p(np.array([0.2, 1.0, 0.3]), Scale("logit")) == 0.0


def test_the_check_of_a_scale_keeps_its_level_over_all_numbers_of_a_claim(draws) -> None:
    """Of claims on 20 normal numbers, ten runs each, one in a hundred is refused, not one in five."""
    rng, times = np.random.default_rng(5), draws(2000)
    refused = sum(
        not all(keeps_to(column, Scale("identity"), 20) for column in rng.normal(size=(20, 10)))
        for _ in range(times)
    )
    skewed = np.exp(3 * rng.normal(size=(20, 30)))

    least, most = (0.003, 0.02) if times >= 2000 else (0.0, 0.038)  # of few, one in 30,000 times more
    assert least <= refused / times <= most
    assert not any(keeps_to(column, Scale("identity"), 20) for column in skewed)


def test_a_paired_order_is_the_sign_test() -> None:
    """Nine pairs up, one down, two tied: the tied ones say nothing."""
    smaller = np.zeros(12)
    larger = np.array([1.0] * 9 + [-1.0] + [0.0] * 2)
    up, down = order_p(smaller, larger, paired=True)
    assert up == pytest.approx(11 / 1024, rel=1e-12)  # (10 + 1) / 2¹⁰
    assert down == pytest.approx(1023 / 1024, rel=1e-12)
    assert order_p(smaller, smaller, paired=True) == (1.0, 1.0)
    assert chance_of_order(smaller, larger, paired=True) == pytest.approx((9 + 0.5 * 2) / 12)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=12, max_size=12, unique=True))
def test_an_unpaired_order_is_the_one_sided_rank_test(values) -> None:
    """Of the stated order first, then of the reverse one."""
    smaller, larger = np.array(values[:5]), np.array(values[5:])
    holds, reverse = order_p(smaller, larger, paired=False)
    for p, alternative in ((holds, "greater"), (reverse, "less")):
        exact = stats.mannwhitneyu(larger, smaller, alternative=alternative, method="exact")
        assert p == pytest.approx(exact.pvalue, rel=1e-12)
    often = np.mean([b > a for a in smaller for b in larger])
    assert chance_of_order(smaller, larger, paired=False) == pytest.approx(often)


@pytest.mark.parametrize(("hits", "n"), [(0, 64), (1, 64), (40, 64), (63, 64), (64, 64), (3, 10)])
def test_bounds_of_a_share_are_clopper_and_pearsons(hits: int, n: int) -> None:
    """One-sided at EXCLUDED each, so together those of a two-sided interval at 1 − 2·EXCLUDED."""
    exact = stats.binomtest(hits, n).proportion_ci(1 - 2 * EXCLUDED, method="exact")
    assert share_bounds(hits, n) == pytest.approx((exact.low, exact.high), rel=1e-9)


HOLM = [
    # of 4 tests at 1e-3: 1e-4 ≤ 2.5e-4, 3e-4 ≤ 3.33e-4, 6e-4 > 5e-4 stops what comes after it
    ({"a": 6e-4, "b": 1e-4, "c": 9e-4, "d": 3e-4}, 4, {"b", "d"}),
    ({"a": 2.6e-4, "b": 2.6e-4, "c": 2.6e-4, "d": 2.6e-4}, 4, set()),
    ({"a": 2.4e-4, "b": 3e-4, "c": 4e-4, "d": 9e-4}, 4, {"a", "b", "c", "d"}),
    ({"a": 2.4e-4, "b": 3e-4}, 5, set()),
    ({"a": 1.9e-4, "b": 2.4e-4}, 5, {"a", "b"}),
    ({"a": 1e-3}, 1, {"a"}),
    ({}, 9, set()),
]


@pytest.mark.parametrize(("p", "family", "alarms"), HOLM)
def test_holms_steps(p, family: int, alarms: set[str]) -> None:
    """The smallest p against the level by the whole family, the next by one less, until one is too large."""
    assert FALSE_ALARM == 1e-3
    assert holm(p, family=family) == alarms
    assert holm(dict(reversed(p.items())), family=family) == alarms


def test_tests_not_made_count_as_made_without_alarm() -> None:
    """Deciding fewer claims makes no alarm that deciding all does not make."""
    p = {"a": 1e-4, "b": 2e-4, "c": 0.2, "d": 0.7, "e": 1.0}
    for made in itertools.product([True, False], repeat=5):
        some = {name: value for (name, value), kept in zip(p.items(), made, strict=True) if kept}
        assert holm(some, family=5) <= holm(p, family=5)


def test_diverged_and_crashed_runs_are_one_largest_value() -> None:
    """They tie with each other, while −∞ is the smallest number."""
    old, new = np.array([1.0, 2.0, 3.0, np.nan, np.inf, np.nan]), np.array([0.5, np.inf, np.nan])
    large = [np.nan_to_num(each, nan=9.0, posinf=9.0) for each in (old, new)]
    assert rank_tails(old, new) == pytest.approx(rank_tails(*large))
    low = np.array([-np.inf, 2.0, 3.0, 4.0, 5.0])
    assert rank_tails(low, np.array([1.0, 6.0])) == rank_tails(np.maximum(low, 0.0), np.array([1.0, 6.0]))


def test_as_many_pairs_up_as_down_are_no_order() -> None:
    """Five of ten, by the sign test."""
    small, large = np.zeros(10), np.tile([1.0, -1.0], 5)
    p = stats.binomtest(5, 10, alternative="greater").pvalue
    assert order_p(small, large, paired=True) == pytest.approx((p, p))


@pytest.mark.parametrize("mean", [0.4, 0.45, 0.5, 0.55, 0.6, 0.75])
def test_equivalence_is_two_one_sided_t_tests(mean: float) -> None:
    """SciPy's, against either bound."""
    values = mean + stats.norm.ppf((np.arange(30) + 0.5) / 30) * 0.2
    above = [stats.ttest_1samp(values, bound, alternative="greater").pvalue for bound in (0.4, 0.6)]
    expected = max(above[0], 1 - above[1]), min(1 - above[0], above[1])
    assert equivalence_p(values, 0.5, 0.1) == pytest.approx(expected)


@pytest.mark.parametrize(("value", "p"), [(0.75, (1.0, 0.0)), (0.25, (1.0, 0.0)), (0.625, (0.0, 1.0))])
def test_equivalence_of_runs_that_are_all_alike(value: float, p: tuple[float, float]) -> None:
    """They are on one side of a bound; on it they are not within."""
    assert equivalence_p(np.full(30, value), 0.5, 0.25) == p
    assert equivalence_p(np.array([value] * 9 + [INF]), 0.5, 0.25) == (1.0, 0.0)  # one crashed


def test_runs_keep_to_a_scale_unless_it_is_improbable() -> None:
    """At one in a hundred over all numbers of a claim."""
    skew = np.array([1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 13.0])
    assert 0.005 < stats.shapiro(skew).pvalue < 0.01
    assert [keeps_to(skew, Scale(), numbers) for numbers in (1, 2, 3)] == [False, True, True]
    assert keeps_to(stats.norm.ppf((np.arange(10) + 0.5) / 10), Scale(), 1)


def test_how_normal_a_few_runs_are() -> None:
    """Three are enough for Shapiro and Wilk, two are not. Those that are alike are quite normal."""
    three = np.array([1.0, 2.0, 3.5])
    assert normal_p(three, Scale()) == pytest.approx(stats.shapiro(three).pvalue)
    assert normal_p(three[:2], Scale()) == 0.0
    assert normal_p(np.full(5, 2.0), Scale()) == 1.0
    half = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
    assert normal_p(half, Scale()) == pytest.approx(stats.shapiro(half).pvalue)


def test_more_tests_than_the_family_has_still_alarm() -> None:
    """The last ones at the whole level."""
    assert holm({"a": 1e-9, "b": 1e-9, "c": 0.5e-3, "d": 2e-3}, family=1) == {"a", "b", "c"}
