"""Drift by itself: which test judges a number, what is refused, and what speaks against today's run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.toy.claims import claim, runs
from workshop.ledger import Claim
from workshop.samples.recorded import NotDecidable, RecordedRuns
from workshop.verification.drift import Observed, Untestable, drift, objection, refusal, untested

LEVEL = 1e-3
NORMAL = stats.norm.ppf((np.arange(64) + 0.5) / 64)
TAIL = [
    1.0,
    2.0,
    2.5,
    3.0,
    3.5,
    4.0,
    4.5,
    5.0,
    5.5,
    900.0,
]  # normal on no scale but the logarithm's, nor there
FRESH = [0.25, 0.5, -0.5, 1.25, -1.5]


def stochastic(documented: Any = 0.0, **keys: Any) -> Claim:
    """Return a claim that recorded runs decide."""
    rule = {"scale": "identity", **keys.pop("rule", {})}
    return claim(documented, rule={"reference": rule}, **keys)


def recorded(values: Sequence[Any], **keys: Any) -> RecordedRuns:
    """Return recorded runs of such a claim."""
    return runs(stochastic(**keys), values)


def by_rank(old: Sequence[float], new: Sequence[float]) -> float:
    """Return SciPy's exact p of Wilcoxon's rank sum."""
    return float(stats.mannwhitneyu(new, old, method="exact").pvalue)


def by_mean(old: Sequence[float], new: Sequence[float]) -> float:
    """Return the p of the mean of new values by the spread of the old ones."""
    spread = np.std(old, ddof=1) * math.sqrt(1 / len(old) + 1 / len(new))
    return float(2 * stats.t.sf(abs(np.mean(new) - np.mean(old)) / spread, len(old) - 1))


def test_many_runs_are_compared_by_rank() -> None:
    """Five fresh of 64 can reach the level, so the spread's form does not matter."""
    assert drift(recorded(NORMAL.tolist()), FRESH, LEVEL) == {"": pytest.approx(by_rank(NORMAL, FRESH))}


def test_few_runs_are_compared_on_a_scale() -> None:
    """One fresh of 64 can't reach the level by rank."""
    assert drift(recorded(NORMAL.tolist()), [1.25], LEVEL) == {"": pytest.approx(by_mean(NORMAL, [1.25]))}


def test_a_first_stage_is_by_rank_if_more_seeds_can_reach_the_level() -> None:
    """Without a scale; with five seeds the test must reach it itself."""
    least = 2 / math.comb(15, 5)
    few = recorded(TAIL)
    new = [2.25, 2.75, 3.25, 3.75, 4.25]
    for count, level in ((1, least), (4, least), (5, least), (1, 2 * least)):
        assert drift(few, new[:count], level) == {"": pytest.approx(by_rank(TAIL, new[:count]))}
    for count in (1, 4, 5):
        with pytest.raises(Untestable, match=rf"the quantity: {count} fresh runs and 10 recorded"):
            drift(few, new[:count], least * 0.99)


def test_the_same_number_from_every_seed_is_a_sign_by_itself() -> None:
    """In the middle of the recorded ones, too; at a level that it does not reach, rank decides."""
    alike = 1 / math.comb(69, 5)
    wide = recorded(NORMAL.tolist())
    assert drift(wide, [0.0] * 5, alike) == {"": pytest.approx(alike, rel=1e-9)}
    assert drift(wide, [0.0] * 5, alike * 0.99)[""] > 0.9


@pytest.mark.parametrize(
    ("today", "p"),
    [([0.25] * 5, 1.0), ([0.25 * (1 + 9e-7)] * 5, 1.0), ([0.25 * (1 + 1.1e-6)] * 5, 1 / math.comb(69, 5))],
)
def test_what_no_seed_moved_may_be_rounded_otherwise(today: list[float], p: float) -> None:
    """By float32's last digit, and by no more."""
    found = drift(recorded([0.25] * 64), today, LEVEL)[""]
    assert found == pytest.approx(p * 2 if p < 1 else p, rel=0.01)
    assert drift(recorded([0.0] * 64), [1e-9] * 5, LEVEL)[""] < LEVEL


def test_runs_of_other_numbers_are_named() -> None:
    """And their order counts, because it is that of what was recorded."""
    with pytest.raises(
        NotDecidable, match=r"measure \[0\], the recorded ones \[0\], \[1\]: workshop record ch09"
    ):
        drift(recorded([[x, x] for x in NORMAL], documented=[0.0, 0.0]), [[0.5]], LEVEL)
    assert drift(recorded(NORMAL.tolist()), [], LEVEL) == {}


def test_numbers_that_no_test_can_judge_are_left_out() -> None:
    """They are named; if there is no other, the first one says why."""
    rows = [{"a": a, "b": b, "c": b} for a, b in zip(NORMAL[::6][:10], TAIL, strict=True)]
    three = recorded(rows, documented={"a": 0.0, "b": 0.0, "c": 0.0}, measure={k: k for k in "abc"})
    found = drift(three, [{"a": 0.5, "b": 3.0, "c": 3.0}], 1e-4)
    assert list(found) == ["a"]
    assert untested(three, found) == ["b", "c"]
    assert untested(three, {}) == ["a", "b", "c"]
    two = recorded(
        [{"b": row["b"], "c": row["c"]} for row in rows],
        documented={"b": 0.0, "c": 0.0},
        measure={k: k for k in "bc"},
    )
    with pytest.raises(Untestable, match=r"^b: 1 fresh runs and 10 recorded can't reach p"):
        drift(two, [{"b": 3.0, "c": 3.0}], 1e-4)


def test_the_check_of_a_scale_counts_a_claims_numbers() -> None:
    """A spread that one number may not have is kept to if it is one of many."""
    skew = [1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 13.0]
    assert 0.01 / 2 < stats.shapiro(skew).pvalue < 0.01
    with pytest.raises(Untestable):
        drift(recorded(skew), [3.25], 1e-4)
    pair = recorded([[x, x] for x in skew], documented=[0.0, 0.0])
    assert list(drift(pair, [[3.25, 3.25]], 1e-4).values()) == [pytest.approx(by_mean(skew, [3.25]))] * 2


BELOW = {"every": [{"rule": {"at_most": {"bound": 1.5}}}]}


def test_the_first_run_that_misses_what_each_must_show() -> None:
    """With its margin and its value; runs that crashed show nothing."""
    stated = recorded([0.5], rule=BELOW)
    assert refusal(stated, [0.5, 1.5, None]) is None
    found = refusal(stated, [0.5, None, 1.75, 9.0])
    assert found is not None
    assert (found[0].holds, found[0].margin, found[1]) == (False, -0.25, 1.75)


def test_what_each_run_must_show_is_asked_of_all() -> None:
    """The fresh ones, the repeated one and the recorded ones, if it is asked at all."""
    good, spoilt = recorded([0.5, 0.25], rule=BELOW), recorded([0.5, 2.0], rule=BELOW)
    for stated, observed, margin in (
        (good, Observed([0.5, 1.75]), -0.25),
        (good, Observed([0.5], 0, 1.75), -0.25),
        (spoilt, Observed([0.5]), -0.5),
        (spoilt, Observed([1.75]), -0.25),
    ):
        against = objection(stated, observed, {}, set())
        assert against is not None
        assert (against.holds, against.margin) == (False, margin)
    assert objection(good, Observed([0.5], None, 9.0), {}, set()) is None  # nothing is repeated
    assert objection(spoilt, Observed([1.75]), {}, set(), each=False) is None


@pytest.mark.parametrize(
    ("was", "now", "where"),
    [
        (0.5, 0.5, None),
        (0.5, 0.625, "the quantity is 0.625, recorded 0.5"),
        ([0.0, 1.0], [0.0, 1.0], None),
        ([math.nan, 1.0], [math.nan, 1.0], None),
        ([math.nan, 1.0], [2.0, 1.0], "[0] is 2.0, recorded nan"),
        ([2.0, 1.0], [math.nan, 1.0], "[0] is nan, recorded 2.0"),
        ({"1": 0.5}, {1: 0.5}, None),
        ({"1": {"x": 0.5}}, {1: {"x": 0.25}}, "1.x is 0.25, recorded 0.5"),
        ([0.5, 1.0], [0.5], "value has 1 entries, not 2"),
        ([0.5, 1.0], np.array([0.5, 1.0]), None),
    ],
)
def test_a_repeated_seed_is_compared_bit_for_bit(was: Any, now: Any, where: str | None) -> None:
    """Its place in the recorded runs is given; NaN repeats NaN, and keys are text."""
    other = 0.125 if isinstance(was, float) else [9.0, 9.0] if isinstance(was, list) else {"1": 9.0}
    both = replace(recorded([0.0]), values=[other, was])
    against = objection(both, Observed([], 1, now), {}, set())
    assert (against is None) == (where is None)
    if against is not None:
        assert (against.holds, against.margin) == (False, None)
        assert against.detail == (
            f"replay: {where} for the same seed and environment: the code changed; if that is meant, "
            "workshop record ch09.ex01"
        )


def test_the_least_probable_alarm_is_named() -> None:
    """With what the number is today, and what it was."""
    rows = [{"a": x, "b": x + 10} for x in (3.0, 1.0, 2.0, 5.0, 4.0)]
    both = recorded(rows, documented={"a": 0.0, "b": 0.0}, measure={"a": "a", "b": "b"})
    fresh = [{"a": 7.0, "b": 90.0}, {"a": 8.0, "b": 80.0}, {"a": 6.0, "b": 70.0}]
    p = {"a": 1e-5, "b": 1e-7}
    against = objection(both, Observed(fresh), p, {"a", "b"})
    assert against is not None
    assert (against.holds, against.margin) == (False, None)
    assert against.detail == (
        "b of 3 fresh runs (median 80, 70 to 90) is unlike the 5 recorded (median 13, 11 to 15), p = 1.0e-07"
    )
    alone = objection(both, Observed(fresh), p, {"a"})
    assert alone is not None
    assert alone.detail.startswith("a of 3 fresh runs (median 7, 6 to 8)")
    assert objection(both, Observed(fresh), p, set()) is None


def test_what_is_shown_as_measured() -> None:
    """The fresh runs, else the repeated one."""
    assert Observed([1, 2], 0, 3).values == [1, 2]
    assert Observed([], 0, 3).values == [3]
    with pytest.raises(AttributeError, match="repeat"):
        Observed([1]).repeat = 2  # type: ignore[misc]
