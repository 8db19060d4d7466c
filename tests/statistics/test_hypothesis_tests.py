"""The tests behind stochastic claims, against SciPy, enumeration and numbers worked by hand."""

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
    chance_of_order,
    equivalence_p,
    normal_p,
    order_p,
    prediction_p,
    rank_tails,
    share_bounds,
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
def test_without_ties_the_rank_test_is_mann_and_whitneys(values, data):
    size = data.draw(st.integers(1, min(6, len(values) - 1)))
    recorded, fresh = np.array(values[size:], float), np.array(values[:size], float)

    def exact(alternative):
        return stats.mannwhitneyu(fresh, recorded, alternative=alternative, method="exact").pvalue

    assert rank_tails(recorded, fresh) == pytest.approx((exact("less"), exact("greater")), rel=1e-12)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=8), st.lists(st.integers(0, 4), min_size=1, max_size=4)
)
def test_with_ties_the_rank_test_is_the_enumeration_of_all_splits(recorded, fresh):
    """Ties share their mean rank, and the p is that of all ways to split what was seen."""
    low, high = enumerated_tails(recorded, fresh)
    old, new = np.array(recorded, float), np.array(fresh, float)
    assert rank_tails(old, new) == pytest.approx((low, high), rel=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_rare_tail_is_counted_where_rounding_would_be_seen(sign):
    """Of two among 5,000 alike and two others, one is another: in 10,001 of all pairs the sum is as large."""
    recorded, fresh = sign * np.array([*[0.0] * 4999, 2.0]), sign * np.array([0.0, 1.0])
    assert rank_tails(recorded, fresh)[::sign][1] == pytest.approx(10_001 / math.comb(5002, 2), rel=1e-12)


@pytest.mark.parametrize("digits", [1, 9])
def test_many_outcomes_on_both_sides_are_near_normal(digits, monkeypatch):
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


def test_a_thousand_outcomes_on_both_sides_are_compared():
    """The number of choices is no float any more; those that are all alike are in no order."""
    runs = np.arange(1024.0)
    low, high = rank_tails(runs, runs + 200)
    assert low > 0.999
    assert 0 < high < 1e-9
    assert rank_tails(np.zeros(1024), np.zeros(1024)) == (1.0, 1.0)


PREDICTIONS = [
    # mean 3, standard deviation 1: t = 3 / sqrt(1/5 + 1/1) with 4 degrees of freedom
    ("identity", [2, 2, 3, 4, 4], [6], 3 / math.sqrt(1.2)),
    ("identity", [2, 2, 3, 4, 4], [6, 6, 0, 0], 0.0),
    ("identity", [2, 2, 3, 4, 4], [1, 1], 2 / math.sqrt(0.7)),
    ("log", np.exp([2, 2, 3, 4, 4]), np.exp([6]), 3 / math.sqrt(1.2)),
    ("logit", 1 / (1 + np.exp([-2.0, -2, -3, -4, -4])), 1 / (1 + np.exp([-6.0, -4.0])), 2 / math.sqrt(0.7)),
]


@pytest.mark.parametrize(("scale", "recorded", "fresh", "t"), PREDICTIONS)
def test_the_prediction_bound_is_students(scale, recorded, fresh, t):
    """Distance of the means in units of the recorded spread, with the degrees of freedom of the recorded."""
    p = prediction_p(np.array(recorded, float), np.array(fresh, float), Scale(scale), 1)
    assert p == pytest.approx(2 * stats.t.sf(t, 4), rel=1e-9)


def test_the_prediction_bound_at_its_edges():
    """No spread: only the value itself is like it. Off the scale: recorded runs tell nothing, fresh all."""
    same = np.full(10, 0.25)
    assert prediction_p(same, np.array([0.25]), Scale(), 1) == 1.0
    assert prediction_p(same, np.array([0.26]), Scale(), 1) == 0.0
    assert prediction_p(np.array([1.0, 2.0, INF]), np.array([1.0]), Scale(), 1) is None
    for fresh in ([-1.0], [1.0, 0.0, -1.0]):
        assert prediction_p(np.array([1.0, 2.0, 3.0]), np.array(fresh), Scale("log"), 1) == 0.0


@pytest.mark.parametrize(("recorded", "fresh"), [(64, 5), (30, 15), (1024, 4)])
def test_scores_take_the_place_of_a_scale_where_they_reach_the_level(recorded, fresh):
    """Beyond all recorded runs the p is at most the level; with two fresh runs no scale is left."""
    runs = np.exp(np.exp(np.linspace(0.0, 3.0, recorded)))
    beyond = np.full(fresh, 1e12)
    farthest = stats.norm.ppf((recorded + 0.5) / (recorded + 1))
    p = 2 * stats.norm.sf(farthest / math.sqrt(1 / recorded + 1 / fresh))
    assert prediction_p(runs, beyond, Scale("log"), 1) == pytest.approx(p)
    assert p <= FALSE_ALARM
    assert prediction_p(runs, -beyond, Scale("log"), 1) == pytest.approx(p)
    assert prediction_p(runs, beyond[:2], Scale("log"), 1) is None


def test_the_prediction_bound_holds_its_level_on_normal_runs():
    """5 % of honest means of three lie beyond the 5 % bound that ten recorded runs give."""
    rng = np.random.default_rng(1)
    p = [prediction_p(rng.normal(4, 2, 10), rng.normal(4, 2, 3), Scale(), 10**9) for _ in range(4000)]
    assert np.mean(np.array(p, float) <= 0.05) == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 4000))


def test_normality_is_shapiro_and_wilks_on_the_scale():
    """A log-normal sample passes on its scale alone; a sample with a crash, or of two, passes on none."""
    sample = np.exp(3 * stats.norm.ppf((np.arange(40) + 0.5) / 40))
    assert normal_p(sample, Scale("log")) == pytest.approx(stats.shapiro(np.log(sample)).pvalue, rel=1e-6)
    assert normal_p(sample, Scale("log")) > 0.5
    assert normal_p(sample, Scale("identity")) < 1e-6
    assert normal_p(np.append(sample, INF), Scale("log")) == 0.0
    assert normal_p(np.array([0.2, 1.0, 0.3]), Scale("logit")) == 0.0


def compared(recorded: np.ndarray, numbers: int) -> bool:
    """Whether one fresh run can be compared with recorded ones, which are one of several numbers."""
    return prediction_p(recorded, recorded[:1], Scale(), numbers) is not None


def test_the_check_of_a_scale_keeps_its_level_over_all_numbers_of_a_claim(draws):
    """Of claims on 20 normal numbers, ten runs each, one in a hundred is refused, not one in five."""
    rng, times = np.random.default_rng(5), draws(2000)
    refused = sum(not all(compared(column, 20) for column in rng.normal(size=(20, 10))) for _ in range(times))
    skewed = np.exp(3 * rng.normal(size=(20, 30)))

    least, most = (0.003, 0.02) if times >= 2000 else (0.0, 0.038)  # of few, one in 30,000 times more
    assert least <= refused / times <= most
    assert not any(compared(column, 20) for column in skewed)


def test_a_paired_order_is_the_sign_test():
    smaller = np.zeros(12)
    larger = np.array([1.0] * 9 + [-1.0] + [0.0] * 2)
    up, down = order_p(smaller, larger, paired=True)
    assert up == pytest.approx(11 / 1024, rel=1e-12)  # (10 + 1) / 2¹⁰
    assert down == pytest.approx(1023 / 1024, rel=1e-12)
    assert order_p(smaller, smaller, paired=True) == (1.0, 1.0)
    assert chance_of_order(smaller, larger, paired=True) == pytest.approx((9 + 0.5 * 2) / 12)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=12, max_size=12, unique=True))
def test_an_unpaired_order_is_the_one_sided_rank_test(values):
    smaller, larger = np.array(values[:5]), np.array(values[5:])
    holds, reverse = order_p(smaller, larger, paired=False)
    for p, alternative in ((holds, "greater"), (reverse, "less")):
        exact = stats.mannwhitneyu(larger, smaller, alternative=alternative, method="exact")
        assert p == pytest.approx(exact.pvalue, rel=1e-12)
    often = np.mean([b > a for a in smaller for b in larger])
    assert chance_of_order(smaller, larger, paired=False) == pytest.approx(often)


@pytest.mark.parametrize(("hits", "n"), [(0, 64), (1, 64), (40, 64), (63, 64), (64, 64), (3, 10)])
def test_bounds_of_a_share_are_clopper_and_pearsons(hits, n):
    """One-sided at EXCLUDED each, so together those of a two-sided interval at 1 − 2·EXCLUDED."""
    exact = stats.binomtest(hits, n).proportion_ci(1 - 2 * EXCLUDED, method="exact")
    assert share_bounds(hits, n) == pytest.approx((exact.low, exact.high), rel=1e-9)


def test_diverged_and_crashed_runs_are_one_largest_value():
    old, new = np.array([1.0, 2.0, 3.0, np.nan, np.inf, np.nan]), np.array([0.5, np.inf, np.nan])
    large = [np.nan_to_num(each, nan=9.0, posinf=9.0) for each in (old, new)]
    assert rank_tails(old, new) == pytest.approx(rank_tails(*large))
    low = np.array([-np.inf, 2.0, 3.0, 4.0, 5.0])
    assert rank_tails(low, np.array([1.0, 6.0])) == rank_tails(np.maximum(low, 0.0), np.array([1.0, 6.0]))


def test_as_many_pairs_up_as_down_are_no_order():
    small, large = np.zeros(10), np.tile([1.0, -1.0], 5)
    p = stats.binomtest(5, 10, alternative="greater").pvalue
    assert order_p(small, large, paired=True) == pytest.approx((p, p))


@pytest.mark.parametrize("mean", [0.4, 0.45, 0.5, 0.55, 0.6, 0.75])
def test_equivalence_is_two_one_sided_t_tests(mean):
    values = mean + stats.norm.ppf((np.arange(30) + 0.5) / 30) * 0.2
    above = [stats.ttest_1samp(values, bound, alternative="greater").pvalue for bound in (0.4, 0.6)]
    expected = max(above[0], 1 - above[1]), min(1 - above[0], above[1])
    assert equivalence_p(values, 0.5, 0.1) == pytest.approx(expected)


@pytest.mark.parametrize(("value", "p"), [(0.75, (1.0, 0.0)), (0.25, (1.0, 0.0)), (0.625, (0.0, 1.0))])
def test_equivalence_of_runs_that_are_all_alike(value, p):
    assert equivalence_p(np.full(30, value), 0.5, 0.25) == p
    assert equivalence_p(np.array([value] * 9 + [INF]), 0.5, 0.25) == (1.0, 0.0)  # one crashed


def test_how_normal_a_few_runs_are():
    """Three are enough for Shapiro and Wilk, two are not. Those that are alike are quite normal."""
    three = np.array([1.0, 2.0, 3.5])
    assert normal_p(three, Scale()) == pytest.approx(stats.shapiro(three).pvalue)
    assert normal_p(three[:2], Scale()) == 0.0
    assert normal_p(np.full(5, 2.0), Scale()) == 1.0
    half = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
    assert normal_p(half, Scale()) == pytest.approx(stats.shapiro(half).pvalue)
