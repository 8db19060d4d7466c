"""Fresh seeds by themselves: how a number is compared, what is refused, and what alarms."""

import math
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.toy.claims import claim, runs
from workshop.book import package_book
from workshop.execution.environment import this_environment
from workshop.ledger import Claim
from workshop.samples.recorded import NotDecidable, RecordedRuns, Recordings
from workshop.statistics.hypothesis_tests import FALSE_ALARM
from workshop.verification.drift import Observed, alarm, fresh_p, refusal
from workshop.verification.repeats import replayed

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


def by_mean(old: Sequence[float], new: Sequence[float]) -> float:
    """Return the p of the mean of new values by the spread of the old ones."""
    spread = np.std(old, ddof=1) * math.sqrt(1 / len(old) + 1 / len(new))
    return float(2 * stats.t.sf(abs(np.mean(new) - np.mean(old)) / spread, len(old) - 1))


def by_scores(old: Sequence[float], new: Sequence[float]) -> float:
    """Return the p of the mean of new values' normal scores among the old ones."""
    below = [sum(x < y for x in old) + 0.5 * sum(x == y for x in old) for y in new]
    scores = stats.norm.ppf((np.array(below) + 0.5) / (len(old) + 1))
    return float(2 * stats.norm.sf(abs(scores.mean()) / math.sqrt(1 / len(old) + 1 / len(new))))


def test_many_runs_are_compared_by_their_scores():
    """Fifteen fresh of 64 can reach the level, so the spread's form does not matter."""
    many = FRESH * 3
    for old in (NORMAL, NORMAL**9):
        p = fresh_p(recorded(old.tolist()), [float(x) for x in many])
        assert p == {"": pytest.approx(by_scores(old, many))}


def test_few_runs_are_compared_on_a_scale():
    """Four fresh of 64 can't reach the level by scores; on no scale they are not compared."""
    for few in (FRESH[1:], FRESH[:1]):
        assert fresh_p(recorded(NORMAL.tolist()), few) == {"": pytest.approx(by_mean(NORMAL, few))}
        assert fresh_p(recorded((NORMAL**9).tolist()), few) == {}


@pytest.mark.parametrize(
    ("today", "alarms"),
    [([0.25] * 5, False), ([0.25 * (1 + 9e-7)] * 5, False), ([0.25 * (1 + 1.1e-6)] * 5, True)],
)
def test_what_no_seed_moved_may_be_rounded_otherwise(today, alarms):
    """By float32's last digit, and by no more."""
    for runs_of_number in (8, 64, 500):
        (p,) = fresh_p(recorded([0.25] * runs_of_number), today).values()
        assert p == 1.0 if not alarms else p <= FALSE_ALARM
    assert fresh_p(recorded([0.0] * 8), [1e-9] * 5) == {"": 0.0}


def test_runs_of_other_numbers_are_named():
    """And their order counts, because it is that of what was recorded."""
    with pytest.raises(
        NotDecidable, match=r"measure \[0\], the recorded ones \[0\], \[1\]: workshop record ch09"
    ):
        fresh_p(recorded([[x, x] for x in NORMAL], documented=[0.0, 0.0]), [[0.5]])
    assert fresh_p(recorded(NORMAL.tolist()), []) == {}


def test_numbers_that_the_test_can_not_judge_are_left_out():
    """Those that are normal on no scale, if the runs are few."""
    rows = [{"a": a, "b": b} for a, b in zip(NORMAL[::6][:10], TAIL, strict=True)]
    both = recorded(rows, documented={"a": 0.0, "b": 0.0}, measure={"a": "a", "b": "b"})
    assert list(fresh_p(both, [{"a": 0.5, "b": 3.0}])) == ["a"]


def test_the_check_of_a_scale_counts_a_claims_numbers():
    """A spread that one number may not have is kept to if it is one of many."""
    skew = [1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 13.0]
    assert 0.01 / 2 < stats.shapiro(skew).pvalue < 0.01
    assert fresh_p(recorded(skew), [3.25]) == {}
    pair = recorded([[x, x] for x in skew], documented=[0.0, 0.0])
    assert list(fresh_p(pair, [[3.25, 3.25]]).values()) == [pytest.approx(by_mean(skew, [3.25]))] * 2


@pytest.mark.parametrize("count", [1, 4, 15])
def test_a_crashed_run_is_larger_than_all_numbers(count):
    """It alarms by the scores as far as its rank goes, and on a scale by itself."""
    found = fresh_p(recorded(NORMAL.tolist()), [math.inf, *FRESH * 3][:count])[""]
    assert found == (0.0 if count < 15 else pytest.approx(by_scores(NORMAL, [99.0, *(FRESH * 3)[:14]])))


BELOW = {"every": [{"rule": {"at_most": {"bound": 1.5}}}]}


def test_the_first_run_that_misses_what_each_must_show():
    """With its margin and its value; runs that crashed show nothing."""
    stated = recorded([0.5], rule=BELOW)
    assert refusal(stated, [0.5, 1.5, None]) is None
    found = refusal(stated, [0.5, None, 1.75, 9.0])
    assert found is not None
    assert (found[0].holds, found[0].margin, found[1]) == (False, -0.25, 1.75)


@pytest.mark.parametrize(
    ("was", "now", "where"),
    [
        (0.5, 0.5, None),
        (0.5, 0.625, "the quantity is 0.625, recorded 0.5"),
        ([0.0, 1.0], [0.0, 1.0], None),
        ([math.nan, 1.0], [math.nan, 1.0], None),
        ([math.nan, 1.0], [2.0, 1.0], "[0] is 2.0, recorded 'nan'"),
        ([2.0, 1.0], [math.nan, 1.0], "[0] is 'nan', recorded 2.0"),
        ({"1": 0.5}, {1: 0.5}, None),
        ({"1": {"x": 0.5}}, {1: {"x": 0.25}}, "1.x is 0.25, recorded 0.5"),
        ([0.5, 1.0], [0.5], "[1] is missing, recorded 1.0"),
        ([0.5, 1.0], np.array([0.5, 1.0]), None),
    ],
)
def test_a_repeated_seed_is_compared_bit_for_bit(was, now, where):
    """Its place in the recorded runs is given; NaN repeats NaN, and keys are text."""
    runs_of_unit = SimpleNamespace(runs=[SimpleNamespace(seed=3), SimpleNamespace(seed=5)])
    samples = SimpleNamespace(by_unit={"ch09.ex01": runs_of_unit})
    both = replace(recorded([0.0]), values=["another", was], samples=samples)  # type: ignore[arg-type]
    found = replayed(both, 1, now)
    assert (found.failure, bool(found.differences), found.notices) == (
        where is not None,
        where is not None,
        True,
    )
    assert found.summary == (
        "a recorded seed repeated bit for bit"
        if where is None
        else f"repeated seed: {where} (seed 5): the code changed; if that is meant, workshop record ch09.ex01"
    )


def test_the_least_probable_alarm_is_named():
    """With what the number is today, and what it was."""
    rows = [{"a": x, "b": x + 10} for x in (3.0, 1.0, 2.0, 5.0, 4.0)]
    both = recorded(rows, documented={"a": 0.0, "b": 0.0}, measure={"a": "a", "b": "b"})
    fresh = [{"a": 7.0, "b": 90.0}, {"a": 8.0, "b": 80.0}, {"a": 6.0, "b": 70.0}]
    assert alarm(both, fresh, {"a": 1e-5, "b": 1e-7}) == (
        "b of 3 fresh runs (median 80, 70 to 90) is unlike the 5 recorded (median 13, 11 to 15), p = 1.0e-07"
    )
    assert alarm(both, fresh, {"a": 1e-7, "b": 1e-5}).startswith("a of 3 fresh runs (median 7, 6 to 8)")
    assert alarm(both, fresh, {"a": FALSE_ALARM, "b": 1.0}).startswith("a of 3")
    assert alarm(both, fresh, {"a": 1.01 * FALSE_ALARM}) == alarm(both, fresh, {}) == ""


def test_what_is_shown_as_measured():
    """The fresh runs, else the repeated ones."""
    assert Observed([1, 2], [3]).values == [1, 2]
    assert Observed([], [3, 4]).values == [3, 4]


def test_a_run_over_the_ledger_keeps_its_promise():
    """Each number alarms at one in a million, and there are fewer than 1,000."""
    recordings = Recordings(package_book(), this_environment().facts())
    claims = [claim for claim in package_book().ledger.claims.values() if claim.rule.needs_sample]
    assert sum(len(recordings.of(claim).numbers) for claim in claims) * FALSE_ALARM <= 1e-3
