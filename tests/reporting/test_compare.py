"""Results files side by side: what changed, what moved and by how much, tables, page, JSON and gates."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.reporting.compared import CPU, LEDGER, LOSS, Page, file, held, record, rows, run, three, write
from workshop.ledger import ledger
from workshop.reporting.compare import contract
from workshop.reporting.compare.model import NotComparable, Row, compare, read_files
from workshop.reporting.compare.moves import moves_of
from workshop.verification.reference import reference_folder
from workshop.verification.results import Record

pytestmark = pytest.mark.usefixtures("made_up_ledger")


def sampled(*values: float) -> dict[str, Any]:
    """Return what a results file holds of a sample of numbers."""
    return {"seeds": 5, "median": [*values], "minimum": [*values], "maximum": [*values]}


# Verdicts

# the verdict in each file (None: not there), whether it changed, newly failed, is not in all files
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


@pytest.mark.parametrize(("verdicts", "changed", "failed", "lacking"), VERDICTS)
def test_change_of_a_verdict(verdicts: list[Any], changed: bool, failed: bool, lacking: bool) -> None:
    """All files are held against the first, the last one for failures; absence is no change of verdict."""
    common = record("ch09.ex01.common")
    comparison = held(*((common, *([record(verdict=v)] if v else [])) for v in verdicts))

    found = [
        [row.id for row in rows] for rows in (comparison.changed, comparison.newly_failed, comparison.lacking)
    ]

    assert found == [[LOSS] if holds else [] for holds in (changed, failed, lacking)]


def test_what_newly_failed_stands_on_top() -> None:
    """Else claims keep the order of the files."""
    names = [f"ch09.ex01.{letter}" for letter in "abcd"]
    later = ("refuted", "failed", "changed", "failed")

    comparison = held(
        tuple(record(name) for name in names),
        tuple(record(name, verdict=verdict) for name, verdict in zip(names, later, strict=True)),
    )

    assert [row.id[-1] for row in comparison.changed] == ["b", "d", "a", "c"]


@pytest.mark.parametrize(
    ("changes", "redefined"),
    [({"rule": "close"}, True), ({"documented": 0.3}, True), ({"margin": 1.0}, False)],
)
def test_other_rules_are_no_matter_of_the_environment(changes: dict[str, Any], redefined: bool) -> None:
    """A claim that the files decide by different rules or printed values is marked."""
    (row,) = held((record(),), (record(verdict="refuted", **changes),)).rows

    assert row.redefined is redefined


# Values

# what both files measured, and of each number that differs: path, absolute, relative, slight
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
    (sampled(1, 2), sampled(1, 3), [("[1]", 1, 0.5, False)]),
    (sampled(1, 2), {"a": 1, "b": 3}, [("b", 1, 0.5, False)]),
    (sampled(1, 2), {**sampled(1, 2), "maximum": [9, 9]}, []),
    ({"seeds": 5, "first": ["a", 1]}, ["a", 2], [("[1]", 1, 1, False)]),
]


@pytest.mark.parametrize(("first", "other", "expected"), MOVES)
def test_numbers_that_moved(first: Any, other: Any, expected: list[tuple[Any, ...]]) -> None:
    """Each number that differs is found by its path, with both differences; other structure is told whole."""
    found = moves_of([record(measured=first), record(measured=other)], None, CPU)

    told = [(m.path, m.differences[1].absolute, m.differences[1].relative, m.slight) for m in found]
    assert told == [tuple(x if x is None else pytest.approx(x) for x in row) for row in expected]
    assert all(move.deviation is move.differences[1].deviations is None for move in found)


# claim, what both files measured, and of each number that differs: path and standard deviations
DEVIATIONS: list[tuple[str, Any, Any, list[tuple[str, float | None]]]] = [
    ("loss", 2.0, 3.5, [("", 1.5)]),
    ("loss", {**sampled(), "median": 2.0}, {**sampled(), "median": 1.5}, [("", -0.5)]),
    ("loss", 2.0, {**sampled(), "median": 1.5}, [("", -0.5)]),
    ("both", {"a": 1, "b": 10.0}, {"a": 2, "b": 20.0}, [("a", 1.0), ("b", 0.5)]),
    ("both", sampled(1, 10), sampled(1, 20), [("b", 0.5)]),
    ("both", sampled(1, 10), {"a": 1, "b": 20.0}, [("b", 0.5)]),
    ("both", {"a": 1.0, "b": None}, {"a": 2.0, "b": None}, [("a", 1.0)]),
    ("alike", 7.0, 8.0, [("", None)]),
    ("crashed", 1.0, 2.0, [("", None)]),
    (
        "nearest",
        {"seeds": 5, "first": [["queen", 0.5], ["prince", 0.4], ["pawn", 0.3]]},
        [["queen", 0.7], ["pawn", 0.4], ["rook", 0.3]],
        [("common", -math.sqrt(3)), ("best", 1.0)],
    ),
]


@pytest.mark.parametrize(("name", "first", "other", "expected"), DEVIATIONS)
def test_moves_in_standard_deviations(
    name: str, first: Any, other: Any, expected: list[tuple[str, float | None]]
) -> None:
    """The recorded runs are the yardstick, number by number, unless they are alike or one crashed."""
    records = [record(measured=first), record(measured=other)]

    found = moves_of(records, LEDGER.claims[f"ch09.ex01.{name}"], CPU)

    assert [(m.path, m.differences[1].deviations) for m in found] == [
        (path, deviations if deviations is None else pytest.approx(deviations))
        for path, deviations in expected
    ]


def test_slight_in_standard_deviations() -> None:
    """Of a number with recorded runs less than a hundredth of their standard deviation is slight."""
    records = [record(measured=2.0), record(measured=2.009), record(measured=2.011)]

    (move,) = moves_of(records, LEDGER.claims[LOSS], CPU)

    assert [move.differences[place].slight for place in (1, 2)] == [True, False]
    assert not move.slight


def test_a_gpu_has_another_yardstick_than_a_cpu() -> None:
    """Where nothing was recorded on the first file's device, the differences are absolute and relative."""
    others = record(measured=3.0)

    moved = [
        compare((file("a", record(measured=2.0), device=d), file("b", others, device="cpu")), LEDGER).moved[0]
        for d in ("cpu", "gpu")
    ]

    assert [row.moves[0].deviation for row in moved] == [1.0, None]
    assert moved[1].moves[0].differences[1].relative == 0.5


def test_yardstick_is_the_sample_in_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real claim moves by standard deviations of the runs that the package has recorded."""
    monkeypatch.undo()
    name = "ch05.text07.test_rmse"
    recorded = json.loads((reference_folder() / "ch05.text07.json").read_text("utf-8"))
    place = recorded["quantities"].index("test_rmse")
    spread = np.std([row["values"][place] for row in recorded["runs"]], ddof=1)

    (move,) = moves_of([record(measured=0.03), record(measured=0.05)], ledger().claims[name], CPU)

    assert move.differences[1].deviations == pytest.approx(0.02 / spread)


def test_farthest_is_first() -> None:
    """Of a claim and among claims, text and new structure come before numbers, the farthest before others."""
    names = [f"ch09.ex01.{letter}" for letter in "abcd"]
    first = ([1.0, 1.0], [2.0], ["x"], [1.0])
    other = ([1.5, 4.0], [3.0], ["y"], [1.0 + 1e-9])

    comparison = held(
        *(tuple(record(n, measured=m) for n, m in zip(names, own, strict=True)) for own in (first, other))
    )

    assert [row.id[-1] for row in comparison.moved] == ["c", "a", "b"]
    assert [move.path for move in comparison.moved[1].moved] == ["[1]", "[0]"]


def test_farthest_file_and_yardstick_decide_the_order() -> None:
    """A claim stands where its farthest file puts it; standard deviations count where there are any."""
    names = [f"ch09.ex02.{letter}" for letter in "ab"]
    values = [(1.0, 1.0), (1.5, 9.0), (1.5, 1.1)]

    comparison = held(*(tuple(record(n, measured=m) for n, m in zip(names, v, strict=True)) for v in values))
    both = [record(measured=m) for m in ({"a": 1.0, "b": 1.0}, {"a": 2.0, "b": 11.0})]
    row = Row(LOSS, tuple(both), moves_of(both, LEDGER.claims["ch09.ex01.both"], CPU))

    assert [row.id[-1] for row in comparison.moved] == ["b", "a"]
    assert [move.path for move in row.moved] == ["a", "b"]


def test_the_first_file_that_measured_a_value_is_what_others_are_compared_with() -> None:
    """Where the first file measured nothing, or lacks the claim, what the others measured still moves."""
    for first in ((record(measured=None), record("ch09.ex01.x")), (record("ch09.ex01.x"),)):
        others = ((record(measured=value), record("ch09.ex01.x")) for value in (1.0, 3.0, 1.0))

        (move,) = held(first, *others).moved[0].moves

        assert move.values == {1: 1.0, 2: 3.0, 3: 1.0}
        assert {place: d.absolute for place, d in move.differences.items()} == {2: 2.0}


def test_another_structure_is_told_once_a_file() -> None:
    """The file that measured a longer list is told whole; numbers of the others are compared."""
    values = ([1, 2], [1, 5], [1, 2, 3])

    found = moves_of([record(measured=value) for value in values], None, CPU)

    assert [(move.path, move.values) for move in found] == [
        ("[1]", {0: 2, 1: 5}),
        ("", {0: [1, 2], 2: [1, 2, 3]}),
    ]


def test_files_without_a_value_are_left_out() -> None:
    """A file in the middle that measured nothing, or is without the claim, hides nothing of the last one."""
    for middle in ((record(measured=None), record("ch09.ex01.x")), (record("ch09.ex01.x"),)):
        comparison = held((record(measured=1.0), record("ch09.ex01.x")), middle, (record(measured=2.0),))

        (move,) = comparison.moved[0].moves

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
def test_times_as_ratios(
    first: tuple[Record, ...], other: tuple[Record, ...], ratios: dict[str, float]
) -> None:
    """A unit's longest claim counts, of those with the same seeds that were computed for both files."""
    (timing,) = held(first, other).timings

    assert timing.ratios == ratios
    assert timing.reason == ("" if ratios else "no unit took 1 s in either")


def test_median_and_largest_ratio() -> None:
    """They are those over the units, whatever number of claims these have."""
    units = ("ch09.ex01", "ch09.ex02", "ch09.ex03")
    first = [r for unit in units for r in timed(2.0, unit=unit)] + list(
        timed(2.0, 2.0, 2.0, unit="ch09.ex04")
    )
    factors = (3.0, 1.0, 2.0, 9.0, 9.0, 9.0)

    (timing,) = held(
        tuple(first), tuple(replace(r, seconds=2.0 * f) for r, f in zip(first, factors, strict=True))
    ).timings

    assert (timing.median, timing.largest) == (2.5, ("ch09.ex04", 9.0))


def test_times_of_other_profiles_are_not_compared() -> None:
    """A short procedure beside a full one is no ratio."""
    files = (file("a", *timed(2.0)), file("b", *timed(4.0), profile="full"))

    (timing,) = compare(files, LEDGER).timings

    assert (timing.ratios, timing.reason) == ({}, "not compared: profiles default and full")


def test_environments() -> None:
    """What differs in any file is told for all; a library that is not installed is None."""
    files = (file("a", record()), file("b", record(), keras="3.0"), file("c", record(), tensorflow="2.15.1"))

    assert compare(files, LEDGER).environment == {
        "tensorflow": ("2.21.0", "2.21.0", "2.15.1"),
        "keras": (None, "3.0", None),
    }


# What a reader sees


def test_terminal_of_two_files(tmp_path: Path) -> None:
    """From and to stand side by side with the reason; values that moved, and what is in one file only."""
    first, _, last = three(tmp_path)

    result = run(first, last)

    printed = rows(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert printed[0] == [f"tf221: {first}, 3 claims, 2026-01-01T00:00:00+00:00"]
    for row in (
        ["tensorflow", "2.21.0", "2.15.1"],
        ["failed", "·", "1"],
        ["reproduced", "2 + 1", "1 + 1"],
        ["all", "2 + 1", "2 + 1"],
        [LOSS, "reproduced", "failed: 5 <against> [0.25]"],
        ["tf221", "1", "ch09.ex02.old"],
        ["tf215", "1", "ch09.ex01.new"],
        [LOSS, "2", "5 (+3.00 sd)"],
        ["tf215", "4.00", "4.00 (ch09.ex01)", "1"],
    ):
        assert row in printed
    assert printed[-1] == [
        (
            "2 claims in all files: 1 changed verdict, 1 newly failed, values of 1 moved, "
            "of 0 only slightly; 2 claims not in all files"
        )
    ]


def test_lines_are_120_columns_wide_where_stdout_is_no_terminal(tmp_path: Path) -> None:
    """A reason that fits into them is not broken."""
    reason = "this reason takes more columns than an old terminal would leave it"
    first = write(tmp_path / "a.json", record())
    last = write(tmp_path / "b.json", record(verdict="refuted", reason=reason))

    assert [LOSS, "reproduced", f"refuted: {reason}"] in rows(run(first, last).stdout)


def test_without_a_sample_absolute_and_relative(tmp_path: Path) -> None:
    """Both are told; how many others of its claim moved, and unequal numbers of seeds, too."""
    first = write(tmp_path / "a.json", record("ch09.ex02.x", measured=sampled(2.0, 1.0), seeds=(1, 2, 3)))
    last = write(tmp_path / "b.json", record("ch09.ex02.x", measured={"p": 1.5, "q": 1.1}, seeds=(4,)))

    printed = rows(run(first, last).stdout)

    assert ["ch09.ex02.x p and 1 more (3, 1 seeds)", "2", "1.5 (-0.5, -25%)"] in printed


def test_nothing_differs(tmp_path: Path) -> None:
    """Two runs that differ by their dates alone have neither tables of differences nor any that changed."""
    first = write(tmp_path / "a.json", record())
    last = write(tmp_path / "b.json", record(), date="2026-01-02T00:00:00+00:00")

    result = run(first, last, "--fail-on", "changed", "--fail-on", "failed")

    titles = ("Environments", "Changed verdicts", "Claims that", "Values that")
    assert (result.exit_code, result.stderr) == (0, "")
    assert not [title for title in titles if title in result.stdout]
    assert "1 claims in all files: 0 changed verdict, 0 newly failed, values of 0 moved" in result.stdout


def test_page_of_two_files(tmp_path: Path) -> None:
    """It loads nothing, follows the colour scheme, has all reasons, and the claims that did not change."""
    page_file = tmp_path / "page.html"
    first, _, last = three(tmp_path)

    result = run(first, last, "--html", page_file)

    text = page_file.read_text("utf-8")
    page = Page(text)
    assert result.stdout.splitlines()[-1] == f"html: {page_file.resolve()}"
    assert [LOSS, "reproduced", "failed", "5 <against> [0.25]"] in page.rows
    assert [LOSS, "2", "5 (+3.00 sd)"] in page.rows
    unchanged = page.rows[[row[:1] for row in page.rows].index(["ch09.ex01.new"]) - 1 :]
    assert unchanged == [
        ["ch09.ex02.old", "reproduced", "absent"],
        ["ch09.ex01.new", "absent", "reproduced", "as printed"],
        ["ch09.ex01.same", "reproduced", "reproduced"],
    ]
    assert not {tag for tag, _ in page.elements} & {"link", "script", "img", "iframe", "object", "b"}
    assert not re.search(r"https?:|@import|url\(|src=|href=", text)
    assert "@media (prefers-color-scheme: dark)" in text
    assert 'content="width=device-width, initial-scale=1"' in text


def test_json(tmp_path: Path) -> None:
    """It holds all claims, those that differ first, with verdicts, reasons, numbers and differences."""
    made = tmp_path / "comparison.json"

    result = run(*three(tmp_path), "--json", made)

    content = json.loads(made.read_text("utf-8"), parse_constant=pytest.fail)
    assert result.stdout.splitlines()[-1] == f"json: {made.resolve()}"
    assert content["schema"] == "workshop-comparison/1"
    assert [f["label"] for f in content["files"]] == ["tf221", "tf220", "tf215"]
    assert content["files"][2]["verdicts"] == {"failed": 1, "reproduced": 2}
    assert content["files"][1]["environment"]["tensorflow"] == "2.20.0"
    assert content["environment"] == {"tensorflow": ["2.21.0", "2.20.0", "2.15.1"]}
    assert content["verdict_changed"] == content["newly_failed"] == [LOSS]
    assert content["lacking"] == ["ch09.ex02.old", "ch09.ex01.new"]
    assert content["unexplained"] == [LOSS]
    assert [c["standing"] for c in content["claims"][1:]] == ["moved", "partly", "same"]
    assert [c["id"][8:] for c in content["claims"]] == ["1.loss", "2.old", "1.new", "1.same"]
    assert content["claims"][0] == {
        "id": LOSS,
        "ours": False,
        "verdicts": ["reproduced", "reproduced", "failed"],
        "reasons": ["as printed", "as printed", "5 <against> [0.25]"],
        "seeds": [0, 0, 0],
        "redefined": False,
        "standing": "differs",
        "finding": None,
        "moves": [
            {
                "number": "",
                "values": [2.0, 2.0, 5.0],
                "deviation": 1.0,
                "slight": False,
                "differences": [None, {"absolute": 3.0, "relative": 1.5, "deviations": 3.0}],
            }
        ],
    }
    assert content["claims"][2]["verdicts"] == [None, None, "reproduced"]
    assert content["timings"] == [
        {"median": m, "largest": m, "unit": "ch09.ex01", "units": {"ch09.ex01": m}, "reason": ""}
        for m in (1.0, 4.0)
    ]


def test_every_key_of_the_json_is_documented(tmp_path: Path) -> None:
    """The module's docstring names each key that a reader finds."""
    made = tmp_path / "comparison.json"
    run(*three(tmp_path), "--json", made)

    content = json.loads(made.read_text("utf-8"))

    levels = [content, content["files"][0], content["claims"][0], content["claims"][0]["moves"][0]]
    levels += [content["claims"][0]["moves"][0]["differences"][1], content["timings"][0]]
    assert [key for level in levels for key in level if f'"{key}"' not in str(contract.__doc__)] == []


# Gates and wrong usage

# verdicts in both files, options, what the lines say
GATES: list[tuple[str, str, list[str], list[str]]] = [
    ("reproduced", "failed", [], []),
    ("reproduced", "refuted", ["changed"], [f"changed: 1 claims changed verdict: {LOSS}"]),
    ("reproduced", "refuted", ["failed"], []),
    ("failed", "reproduced", ["failed"], []),
    ("failed", "failed", ["changed", "failed"], []),
    ("reproduced", "failed", ["failed"], [f"failed: 1 claims newly failed: {LOSS}"]),
    (
        "reproduced",
        "failed",
        ["failed", "changed"],
        [f"failed: 1 claims newly failed: {LOSS}", f"changed: 1 claims changed verdict: {LOSS}"],
    ),
]


@pytest.mark.parametrize(("first", "last", "gates", "lines"), GATES)
def test_gates(tmp_path: Path, first: str, last: str, gates: list[str], lines: list[str]) -> None:
    """A gate that fires exits with 1 and names its claims; the JSON is written all the same."""
    paths = [write(tmp_path / f"{n}.json", record(verdict=v)) for n, v in enumerate((first, last))]
    options = [word for gate in gates for word in ("--fail-on", gate)]

    result = run(*paths, "--json", tmp_path / "made.json", *options)

    assert result.exit_code == (1 if lines else 0)
    assert result.stderr.splitlines() == [f"workshop: --fail-on {line}" for line in lines]
    assert (tmp_path / "made.json").is_file()


def test_a_new_claim_that_failed_fires_the_gate_of_failures(tmp_path: Path) -> None:
    """It was not there to change its verdict, but it failed, and not in the first file; six are named."""
    first = write(tmp_path / "a.json", record())
    new = [record(f"ch09.ex01.new{n}", verdict="failed") for n in range(8)]
    last = write(tmp_path / "b.json", record(), *new)

    codes = [run(first, last, "--fail-on", gate).exit_code for gate in ("changed", "failed")]
    told = run(first, last, "--fail-on", "failed").stderr

    assert codes == [0, 1]
    assert told.startswith("workshop: --fail-on failed: 8 claims newly failed: ch09.ex01.new0, ")
    assert told.endswith("ch09.ex01.new5 and 2 more\n")


def test_labels_tell_paths_apart(tmp_path: Path) -> None:
    """A file's name is enough where it is the only one; else folders or suffixes come before it."""
    cases = [
        (["a.json", "b.json"], ["a", "b"]),
        (["py3.11-tf2.15.json", "py3.11-tf2.21.json"], ["py3.11-tf2.15", "py3.11-tf2.21"]),
        (["x/v.json", "y/v.json"], ["x/v", "y/v"]),
        (["a.json", "a.txt"], ["a.json", "a.txt"]),
    ]
    for names, labels in cases:
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            write(tmp_path / name, record())

        assert [f.label for f in read_files([tmp_path / name for name in names])] == labels


def test_unlike_files_are_one_line(tmp_path: Path) -> None:
    """What can't be compared exits with 2, and one line names the file and the remedy."""
    good = write(tmp_path / "good.json", record())
    other = write(tmp_path / "other.json", record("ch09.ex01.other"))
    empty = write(tmp_path / "empty.json")
    damaged = tmp_path / "damaged.json"
    damaged.write_text("{", "utf-8")
    (tmp_path / "folder").mkdir()
    cases = [
        ([good], f"{good} alone is no comparison: name two results files or more"),
        (
            [good, tmp_path / "folder" / ".." / "good.json"],
            "good.json is named twice: name different results files",
        ),
        ([good, other], f"{other} has no claim in common with {good}: verify the same claims"),
        ([good, empty], f"{empty} has no claim in common with {good}: verify the same claims"),
        ([good, damaged], f"{damaged}: no results of `workshop verify --json` (JSONDecodeError"),
        (
            [good, tmp_path / "nowhere.json"],
            "nowhere.json: no results of `workshop verify --json` (FileNotFound",
        ),
    ]
    for paths, told in cases:
        result = run(*paths)

        (line,) = result.stderr.splitlines()
        assert (result.exit_code, result.stdout) == (2, "")
        assert line.startswith("workshop: ")
        assert told in line


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_what_can_not_be_written_is_one_line(tmp_path: Path, option: str) -> None:
    """A folder in a file's place is wrong usage."""
    paths = [write(tmp_path / f"{name}.json", record()) for name in "ab"]
    (tmp_path / "folder").mkdir()

    result = run(*paths, option, tmp_path / "folder")

    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert line.startswith(f"workshop: {option} {tmp_path / 'folder'} can't be written (")
    assert line.endswith("): name a file")


def test_unknown_gate_is_wrong_usage(tmp_path: Path) -> None:
    """It is told in one line."""
    paths = [write(tmp_path / f"{name}.json", record()) for name in "ab"]

    result = run(*paths, "--fail-on", "moved")

    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert "'--fail-on'" in line


def test_read_files_leaves_records_as_they_are(tmp_path: Path) -> None:
    """What is compared is what was written."""
    paths = [write(tmp_path / f"{name}.json", record(measured={"a": [1.0, None]})) for name in "ab"]

    first, _ = read_files(paths)

    assert asdict(first.results.claims[0]) == asdict(record(measured={"a": [1.0, None]}))
    with pytest.raises(NotComparable):
        read_files(paths[:1])
