"""Comparisons of results files: which verdicts changed, and which values moved by how much."""

import math
from dataclasses import replace
from typing import Any

import pytest

from tests.reporting.comparison_files import LEDGER, LOSS, compared, file, record, sample, sampled
from tests.toy.records import sums
from workshop.reporting.compare.agreement import by_group
from workshop.reporting.compare.differences import moves_of
from workshop.reporting.compare.model import ComparedRow, Comparison, compare_files
from workshop.reporting.compare.sections import about, environment_rows
from workshop.verification.results import Record, SampleSummary

pytestmark = pytest.mark.usefixtures("made_up_ledger")


# Verdicts

# the verdict in each file (None: absent), whether it changed, newly failed, is absent from some file
VERDICTS = [
    (["reproduced", "reproduced"], False, False, False),
    (["reproduced", "changed"], True, False, False),
    (["reproduced", "failed"], True, True, False),
    (["failed", "failed"], False, False, False),
    (["failed", "reproduced"], True, False, False),
    (["reproduced", "failed", "reproduced"], True, False, False),
    (["reproduced", "reproduced", "failed"], True, True, False),
    (["reproduced", None], False, False, True),
    ([None, "reproduced"], False, False, True),
    ([None, "failed"], False, True, True),
    (["failed", None, "failed"], False, False, True),
    (["reproduced", None, "refuted"], True, False, True),
    ([None, "reproduced", "refuted"], False, False, True),
]


@pytest.mark.parametrize(("verdicts", "changed", "failed", "absent"), VERDICTS)
def test_change_of_a_verdict(verdicts, changed, failed, absent):
    """All files are compared with the first one, the last one for failures; absence is not a change."""
    common = record("ch09.ex01.common")
    comparison = compared(*((common, *([record(verdict=v)] if v else [])) for v in verdicts))

    missing = [row for row in comparison.rows if None in row.records]
    found = [[row.id for row in rows] for rows in (comparison.changed, comparison.newly_failed, missing)]

    assert found == [[LOSS] if holds else [] for holds in (changed, failed, absent)]


def test_newly_failed_claims_come_first():
    names = [f"ch09.ex01.{letter}" for letter in "abcd"]
    later = ("refuted", "failed", "changed", "failed")

    comparison = compared(
        tuple(record(name) for name in names),
        tuple(record(name, verdict=verdict) for name, verdict in zip(names, later, strict=True)),
    )

    assert [row.id[-1] for row in comparison.changed] == ["b", "d", "a", "c"]


@pytest.mark.parametrize(
    ("changes", "redefined"),
    [({"rule": "close"}, True), ({"documented": 0.3}, True), ({"margin": 1.0}, False)],
)
def test_other_rules_are_marked(changes, redefined):
    (row,) = compared((record(),), (record(verdict="refuted", **changes),)).rows

    assert row.redefined is redefined


def test_one_file_is_enough_for_a_mark():
    """That a claim is ours, or that another file decided it otherwise."""
    for place in range(3):
        files = [record(ours=n == place, rule="close" if n == place else "equal") for n in range(3)]
        (row,) = compared(*((each,) for each in files)).rows
        assert (row.ours, row.redefined) == (True, True)
    (row,) = compared((record(),), (record(),)).rows
    assert (row.ours, row.redefined) == (False, False)


# Values

# the values of both files, and path, absolute, relative, slight of each number that differs
MOVES: list[tuple[Any, Any, list[tuple[Any, ...]]]] = [
    (0.5, 0.5, []),
    (0.5, 0.6, [("", 0.1, 0.2, False)]),
    (-0.5, -0.6, [("", -0.1, -0.2, False)]),
    (0.0, 0.25, [("", 0.25, None, False)]),
    (0.5, 0.5 + 5e-7, [("", 5e-7, 1e-6, True)]),
    (0.5, 0.5 + 2e-6, [("", 2e-6, 4e-6, False)]),
    (2e-15, 3e-15, [("", 1e-15, 0.5, True)]),
    (5e6, 5e6 + 4, [("", 4, 8e-7, True)]),
    (5_000_000, 5_000_004, [("", 4, 8e-7, False)]),
    ({"a": [1, 2], "b": 3.5}, {"a": [1, 4], "b": 3.5}, [("a[1]", 2, 1, False)]),
    ([1, 2], [3, 2], [("[0]", 2, 2, False)]),
    ("cat", "dog", [("", None, None, False)]),
    (True, 1, [("", None, None, False)]),
    ([True], [1], [("[0]", None, None, False)]),
    (0.5, None, []),
    (None, 0.5, []),
    ([0.5], [None], [("[0]", None, None, False)]),
    ([1, 2], [1, 2, 3], [("", None, None, False)]),
    ({"a": 1}, {"b": 1}, [("", None, None, False)]),
    (sampled(1, 2), sampled(1, 3), [("b", 1, 0.5, False)]),
    (sampled(1, 2), {"a": 1, "b": 3}, [("b", 1, 0.5, False)]),
    (sampled(1, 2), {**sampled(1, 2), "maximum": [9, 9]}, []),
    ({"seeds": 5, "first": ["a", 1]}, ["a", 2], [("[1]", 1, 1, False)]),
]


@pytest.mark.parametrize(("first", "other", "expected"), MOVES)
def test_numbers_that_moved(first, other, expected):
    """Each number that differs has its path and both differences; other structures are compared whole."""
    found = moves_of([record(measured=first), record(measured=other)], None)

    rows = [(m.path, m.differences[1].absolute, m.differences[1].relative, m.slight) for m in found]
    assert rows == [tuple(x if x is None else pytest.approx(x) for x in row) for row in expected]
    assert all(move.deviation is move.differences[1].deviations is None for move in found)


# claim, the values of both files, and path and standard deviations of each number that differs
DEVIATIONS: list[tuple[str, Any, Any, list[tuple[str, float | None]]]] = [
    ("loss", 2.0, 3.5, [("", 1.5)]),
    ("loss", 0.0, 1.5, [("", 1.5)]),
    ("loss", 1.5, 0.0, [("", -1.5)]),
    ("loss", sums(2.0, 1, 3), sums(1.5, 1, 3), [("", -0.5)]),
    ("loss", 2.0, sums(1.5, 1, 3), [("", -0.5)]),
    ("both", {"a": 1, "b": 10.0}, {"a": 2, "b": 20.0}, [("a", 1.0), ("b", 0.5)]),
    ("both", sampled(1, 10), sampled(1, 20), [("b", 0.5)]),
    ("both", sampled(1, 10), {"a": 1, "b": 20.0}, [("b", 0.5)]),
    ("both", {"a": 1.0, "b": None}, {"a": 2.0, "b": None}, [("a", 1.0)]),
    ("alike", 7.0, 8.0, [("", None)]),
    ("crashed", 1.0, 2.0, [("", None)]),
    (
        "nearest",
        *(sums({"common": common, "best": best}, [0, 0], [9, 9]) for common, best in ((3, 0.5), (2, 0.7))),
        [("common", -math.sqrt(3)), ("best", 1.0)],
    ),
]


@pytest.mark.parametrize(("name", "first", "other", "expected"), DEVIATIONS)
def test_moves_in_standard_deviations(name, first, other, expected):
    """Recorded runs give the standard deviation of each number, unless they are alike or one crashed."""
    claim = LEDGER.claims[f"ch09.ex01.{name}"]

    found = moves_of([record(claim.id, measured=first), record(claim.id, measured=other)], claim)

    assert [(m.path, m.differences[1].deviations) for m in found] == [
        (path, deviations if deviations is None else pytest.approx(deviations))
        for path, deviations in expected
    ]


def test_slight_in_standard_deviations():
    """Less than a hundredth of the standard deviation of recorded runs is slight, up or down."""
    values = (2.0, 2.009, 2.011, 1.991, 1.989, 0.5)
    records = [record(measured=value) for value in values]

    (move,) = moves_of(records, LEDGER.claims[LOSS])

    assert [move.differences[index].slight for index in range(1, 6)] == [True, False, True, False, False]
    assert not move.slight
    assert move.size == pytest.approx(1.5)
    assert move.differences[5].text == "-1.50 sd"


def measuring(names: list[str], *values: Any) -> Comparison:
    """Compare files in which claims of these names have these values."""
    return compared(*(tuple(record(n, measured=m) for n, m in zip(names, v, strict=True)) for v in values))


def test_a_move_downward_counts_like_one_upward():
    """It is among the claims that moved, before a smaller one upward, and not among the slight ones."""
    names = [f"ch09.ex01.{name}" for name in ("alike", "loss")]
    first, other = ((7.0, 2.0), (7.5, 0.5))

    comparison = measuring(names, first, other)

    assert [row.id for row in by_group(comparison)["moved"]] == [LOSS, names[0]]
    assert [move.slight for move in by_group(comparison)["moved"][0].moves] == [False]


@pytest.mark.parametrize("none", [None, SampleSummary(problem="no runs on a GPU")])
def test_without_recorded_runs_differences_are_absolute_and_relative(none):
    """So is it with files of schema 1, and where nothing was recorded on the first file's device."""
    files = [file(label, record(measured=m, sample=none)) for label, m in (("a", 2.0), ("b", 3.0))]

    (row,) = by_group(compare_files(tuple(files), LEDGER))["moved"]

    assert row.moves[0].deviation is None
    assert row.moves[0].differences[1].relative == 0.5


def test_runs_too_far_apart_for_a_deviation_have_none():
    """A file of others may have any finite numbers, and nothing is warned of."""
    wide = sample({"": (-1e308, 0.0, 1e308)})

    (move,) = moves_of([record(measured=m, sample=wide) for m in (2.0, 3.0)], LEDGER.claims[LOSS])

    assert move.deviation is None


def test_the_recorded_runs_are_those_of_the_first_file_that_has_some():
    wide = sample({"": (0.0, 10.0, 20.0)})
    records = [
        record(measured=2.0, sample=None), record(measured=3.0, sample=wide), record(measured=4.0),
    ]  # fmt: skip

    (move,) = moves_of(records, LEDGER.claims[LOSS])

    assert move.deviation == 10.0


def test_farthest_is_first():
    """Within a claim and among claims, text and new structures come before numbers, far before near."""
    names = [f"ch09.ex01.{letter}" for letter in "abcd"]
    first = ([1.0, 1.0], [2.0], ["x"], [1.0])
    other = ([1.5, 4.0], [3.0], ["y"], [1.0 + 1e-9])

    comparison = measuring(names, first, other)

    assert [row.id[-1] for row in by_group(comparison)["moved"]] == ["c", "a", "b"]
    assert [move.path for move in by_group(comparison)["moved"][1].moved] == ["[1]", "[0]"]


def test_farthest_file_and_deviations_decide_the_order():
    """A claim is sorted by its farthest file, and by standard deviations where there are any."""
    names = [f"ch09.ex02.{letter}" for letter in "ab"]
    values = [(1.0, 1.0), (1.5, 9.0), (1.5, 1.1)]

    comparison = measuring(names, *values)
    both = [record("ch09.ex01.both", measured=m) for m in ({"a": 1.0, "b": 1.0}, {"a": 2.0, "b": 11.0})]
    row = ComparedRow(LOSS, tuple(both), moves_of(both, LEDGER.claims["ch09.ex01.both"]))

    assert [row.id[-1] for row in by_group(comparison)["moved"]] == ["b", "a"]
    assert [move.path for move in row.moved] == ["a", "b"]


def test_the_first_file_that_measured_a_value_is_what_others_are_compared_with():
    """Where the first file has no value or no claim, the others are compared with the second one."""
    for first in ((record(measured=None), record("ch09.ex01.x")), (record("ch09.ex01.x"),)):
        others = ((record(measured=value), record("ch09.ex01.x")) for value in (1.0, 3.0, 1.0))

        (move,) = by_group(compared(first, *others))["moved"][0].moves

        assert move.values == {1: 1.0, 2: 3.0, 3: 1.0}
        assert {index: d.absolute for index, d in move.differences.items()} == {2: 2.0}


def test_another_structure_is_compared_whole():
    """A file with a longer list is compared whole, and the others number by number."""
    values = ([1, 2], [1, 5], [1, 2, 3])

    found = moves_of([record(measured=value) for value in values], None)

    assert [(move.path, move.values) for move in found] == [
        ("[1]", {0: 2, 1: 5}),
        ("", {0: [1, 2], 2: [1, 2, 3]}),
    ]


def test_files_without_a_value_are_left_out():
    """A file in the middle without a value or a claim hides nothing of the last one."""
    for middle in ((record(measured=None), record("ch09.ex01.x")), (record("ch09.ex01.x"),)):
        comparison = compared((record(measured=1.0), record("ch09.ex01.x")), middle, (record(measured=2.0),))

        (move,) = by_group(comparison)["moved"][0].moves

        assert move.values == {0: 1.0, 2: 2.0}
        assert set(move.differences) == {2}


# Times and environments


def timed(*seconds: float, seeds: tuple[int, ...] = (), unit: str = "ch09.ex01") -> tuple[Record, ...]:
    """Return claims of a unit with these computing times."""
    return tuple(record(f"{unit}.c{n}", seconds=s, seeds=seeds) for n, s in enumerate(seconds))


TIMES = [
    (timed(2.0), timed(3.0), {"ch09.ex01": 1.5}),
    (timed(8.0, 2.0), timed(4.0, 3.0), {"ch09.ex01": 0.5}),
    (timed(0.4), timed(1.0), {"ch09.ex01": 2.5}),
    (timed(0.4), timed(0.9), {}),
    (timed(2.0, seeds=(1, 2)), timed(2.0, seeds=(1, 3)), {}),
    (timed(0.0), timed(2.0), {}),
    (timed(2.0), timed(0.0), {}),
    (timed(2.0, 5.0), timed(2.0), {"ch09.ex01": 1.0}),
]


@pytest.mark.parametrize(("first", "other", "ratios"), TIMES)
def test_times_as_ratios(first, other, ratios):
    """A unit's longest claim counts, of those with the same seeds that were computed for both files."""
    (timing,) = compared(first, other).timings

    assert timing.ratios == ratios
    assert timing.reason == ("" if ratios else "no unit took 1 s in either")


def test_median_and_largest_ratio():
    units = ("ch09.ex01", "ch09.ex02", "ch09.ex03")
    first = [r for unit in units for r in timed(2.0, unit=unit)] + list(
        timed(2.0, 2.0, 2.0, unit="ch09.ex04")
    )
    factors = (3.0, 1.0, 2.0, 9.0, 9.0, 9.0)

    (timing,) = compared(
        tuple(first), tuple(replace(r, seconds=2.0 * f) for r, f in zip(first, factors, strict=True))
    ).timings

    assert (timing.median, timing.largest) == (2.5, ("ch09.ex04", 9.0))


def test_times_of_other_profiles_are_not_compared():
    files = (file("a", *timed(2.0)), file("b", *timed(4.0), profile="full"))

    (timing,) = compare_files(files, LEDGER).timings

    assert (timing.ratios, timing.reason) == ({}, "not compared: profiles default and full")


def test_environments():
    """Facts that differ in any file are listed for all, but memory; one that is not there is None."""
    others = {"b": {"keras": "3.0", "memory": 900}, "c": {"tensorflow": "2.15.1", "memory": 800}}
    files = (file("a", record()), *(file(name, record(), **facts) for name, facts in others.items()))

    comparison = compare_files(files, LEDGER)
    assert comparison.environment == {
        "tensorflow": ("2.21.0", "2.21.0", "2.15.1"),
        "keras": (None, "3.0", None),
    }
    facts, rows = environment_rows(comparison)
    assert [row[facts.index("Keras")] for row in rows] == ["none", "3.0", "none"]


def test_bases_that_differ_are_named():
    """A claim that runs decide on different bases says so; one that a file does not have does not differ."""
    here, there = (record(verdict="reproduced", basis=basis) for basis in ("run here", "recorded"))

    def text(*records: Record) -> str:
        return about(compared(*((each,) for each in records)).rows[0])

    assert "run here, recorded" in text(here, there)
    assert "recorded" not in text(here, here) + text(record(verdict="reproduced"), there)
