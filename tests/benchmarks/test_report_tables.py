"""What a reader sees of benchmarks in the terminal: tables, what moved, growth, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.report.growth import find_growths, fit_slope
from benchmarks.report.history import BETWEEN_RUNS, describe_changes, pair_ratios, read_history
from benchmarks.report.results import Interval, read_run
from benchmarks.report.tables import goal_table, path_tables
from tests.benchmarks.bench_files import Content, Page, change, content, entries, goal, report, write
from workshop.errors import UsageError
from workshop.wording.numbers import duration

KERAS = ("benchmarks", 1, "extra_info")
# a change of the JSON, a part of the message
DAMAGES = [
    (change("workshop", to=None), "not of this suite, it has no part `workshop`: run `nox -s bench`"),
    (
        change("workshop", "schema", to="w/2"),
        "schema 'w/2', not 'workshop-bench/1': run `nox -s bench` again",
    ),
    (change("workshop", "limits", "flops", to=0), "limits.flops Input should be greater than 0"),
    (change("workshop", "machine", to=None), "damaged (machine Field required)"),
    (change("datetime", to="yesterday"), "damaged (datetime 'yesterday' is not ISO 8601)"),
    (change("benchmarks", to=[]), "measurements Tuple should have at least 1 item"),
    (change("benchmarks", to=7), "damaged (benchmarks Input should be a valid list)"),
    (change("benchmarks", 0, "stats", "median", to=float("nan")), "no JSON: expected value at line 1"),
    (change(*KERAS, "per", to=None), "damaged (per Field required)"),
    (change(*KERAS, "ratio", "low", to=30), "the interval [30, 20.9] is not around 19"),
    (change(*KERAS, "contender", to="ours"), "ours: every contender but the reference has a ratio"),
    (
        change("benchmarks", 0, "extra_info", "goals", 0, "state", to="near"),
        "goals.0.state Input should be 'met'",
    ),
]


@pytest.mark.parametrize(("damage", "message"), DAMAGES)
def test_a_damaged_file_is_one_line(tmp_path: Path, damage: Callable[[Content], None], message: str) -> None:
    """A file that is named and can't be used exits with 2, and one line says which, why and what to do."""
    damaged = content()
    damage(damaged)
    path = write(tmp_path / "run.json", damaged)

    result = report(tmp_path, path)

    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"workshop: {path}: ")
    assert message in line
    assert "run `nox -s bench`" in line


def test_a_case_measured_twice_is_damage(tmp_path: Path) -> None:
    """No measurement hides another one."""
    path = write(tmp_path / "run.json", content(entries(0.1, 2, batch=64), entries(0.1, 3, batch=64)))

    with pytest.raises(UsageError, match="training step, MNIST CNN, batch 64, ours is there twice"):
        read_run(path)


# content of run.json, arguments, what the line must say
NOTHING = [
    (None, ["nowhere.json"], "nowhere.json: no such file or folder: run `nox -s bench`"),
    (None, [], "results/bench: no such file or folder: run `nox -s bench`"),
    (None, ["."], ".: no JSON of workshop-bench/1: run `nox -s bench`"),
    (
        "{",
        ["."],
        ".: no JSON of workshop-bench/1: run `nox -s bench`; 1 damaged or of another kind, first run.json: ",
    ),
    ("[]", ["run.json"], "run.json: not of this suite"),
    ("{", ["run.json"], "run.json: damaged (no JSON: EOF while parsing an object at line 1 column 1)"),
]


@pytest.mark.parametrize(("written", "arguments", "message"), NOTHING)
def test_nothing_to_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | None, arguments: list[str], message: str
) -> None:
    """Where nothing can be read, one line says where and what to do, and the exit code is 2."""
    monkeypatch.chdir(tmp_path)
    if written is not None:
        write(tmp_path / "run.json", written)

    result = report(tmp_path, *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"workshop: {message}")


def test_newest_is_chosen_by_date(tmp_path: Path) -> None:
    """The date in the file decides, not its name; other machines are apart."""
    write(tmp_path / "a.json", content(day=3))
    write(tmp_path / "b.json", content(day=1) | {"datetime": "2026-01-01T12:00:00"})  # then it is UTC
    (tmp_path / "below").mkdir()
    write(tmp_path / "below" / "c.json", content(day=2))
    write(tmp_path / "d.json", content(day=2, machine="beef"))
    write(tmp_path / "e.json", "{")

    history = read_history([tmp_path, tmp_path / "a.json"])

    assert [run.file.name for run in history.runs] == ["b.json", "c.json", "a.json"]
    assert [run.file.name for run in history.elsewhere] == ["d.json"]
    assert [line.split(":")[0] for line in history.damaged] == [str(tmp_path / "e.json")]


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    """Contenders, other suites, other machines and damaged files are named in terminal and page."""
    made = content(day=2)
    made["benchmarks"].append({"fullname": "benchmarks/test_other.py::test", "extra_info": {}, "stats": {}})
    write(tmp_path / "new.json", made)
    other = write(tmp_path / "other.json", content(day=1, machine="beef"))
    damaged = write(tmp_path / "damaged.json", "{")

    result = report(tmp_path, tmp_path)

    assert result.exit_code == 0
    for line in (
        "left out PyTorch eager: torch is not installed: pip install torch",
        "left out 1 of other suites: benchmarks/test_other.py::test",
        f"left out {other}: of another machine (beef, cpu); `nox -s bench -- --report {other}` shows it",
        f"left out {damaged}: damaged (no JSON: EOF while parsing an object at line 1 column 1)",
    ):
        assert line in result.stdout
        assert line in (tmp_path / "page.html").read_text("utf-8")


TIMES = [
    (504.0, "504 s"),
    (12.34, "12.3 s"),
    (0.99951, "1.00 s"),
    (0.9994, "999 ms"),
    (0.0999999, "100 ms"),
    (5.5e-4, "550 µs"),
    (4e-8, "40.0 ns"),
    (4e-10, "0.400 ns"),
]


@pytest.mark.parametrize(("seconds", "written"), TIMES)
def test_times_have_three_digits(seconds: float, written: str) -> None:
    """A time is written in the unit that suits it."""
    assert duration(seconds) == written


def test_table_of_a_path(tmp_path: Path) -> None:
    """Each path has a table with time, ratio with interval, and fraction of the limit of each contender."""
    path = write(
        tmp_path / "run.json",
        content(entries(0.002, 19, batch=64), entries(1.5, 0.5, path="engine"), entries(0.1, 3, batch=1024)),
    )

    steps, engine = path_tables(read_run(path))

    assert (steps.title, engine.title) == ("Training step", "Engine")
    assert [(row.group, *row.cells) for row in steps.rows] == [
        ("MNIST CNN, batch 64 (per step)", "ours", "2.00 ms", "reference", "25.0% (arithmetic)"),
        ("MNIST CNN, batch 64 (per step)", "Keras fit", "38.0 ms", "19.0 [17.1, 20.9]", "1.3% (arithmetic)"),
        ("MNIST CNN, batch 1,024 (per step)", "ours", "100 ms", "reference", "25.0% (arithmetic)"),
        (
            "MNIST CNN, batch 1,024 (per step)",
            "Keras fit",
            "300 ms",
            "3.00 [2.70, 3.30]",
            "8.3% (arithmetic)",
        ),
    ]
    assert steps.note == "Medians of 20 rounds. An interval contains the median ratio with probability 0.99."
    assert engine.rows[1].cells[2] == "0.500 [0.450, 0.550]"


def test_fired_gates_come_first(tmp_path: Path) -> None:
    """Goals are listed worst first, fired gates before all others, and counted."""
    states = [("met", False), ("open", False), ("missed", False), ("missed", True), ("met", False)]
    goals = tuple(goal(20, 10.0 + n, state, fired=fired) for n, (state, fired) in enumerate(states))
    path = write(tmp_path / "run.json", content(entries(0.1, 19, goals=goals, batch=64)))

    table = goal_table(read_run(path))

    assert table is not None
    assert [(row.mark, row.cells[-1]) for row in table.rows] == [
        ("fired", "missed, gate fired"),
        ("missed", "missed"),
        ("open", "open"),
        ("met", "met"),
        ("met", "met"),
    ]
    assert table.rows[0].group == "training step: MNIST CNN, batch 64"
    assert table.rows[0].cells[:4] == ("Keras fit", "20", "16", "13.0 [11.7, 14.3]")
    assert table.note.startswith("2 met, 1 open, 2 missed; gates fired: 1. ")


# two intervals, the factor between them (1 or less where they overlap), and whether the ratio has moved
INTERVALS = [
    ((1.0, 2.0), (1.5, 3.0), 0.75, False),
    ((1.0, 2.0), (2.0, 3.0), 1.0, False),
    ((1.0, 4.0), (2.0, 3.0), 0.5, False),
    ((1.0, 2.0), (2.1, 3.0), 1.05, False),
    ((1.0, 2.0), (2.4, 3.0), 1.2, True),
]


@pytest.mark.parametrize(("one", "other", "apart", "moved"), INTERVALS)
def test_how_far_intervals_are_apart(
    one: tuple[float, float], other: tuple[float, float], apart: float, moved: bool
) -> None:
    """A ratio has moved if the intervals are farther apart than unchanged runs', whichever comes first."""
    first, second = (Interval(low=low, median=low, high=high) for low, high in (one, other))

    assert first.distance(second) == second.distance(first) == pytest.approx(apart)
    assert (apart > BETWEEN_RUNS) is moved


def test_what_moved(tmp_path: Path) -> None:
    """Ratios whose intervals are far apart are listed, with what else differs between both runs."""
    before = content(entries(0.1, 10, batch=1), entries(0.1, 3, batch=2), tensorflow="2.20.0", torch="2.9")
    now = content(entries(0.2, 15, batch=1), entries(0.2, 3.1, batch=2), entries(0.2, 9, batch=3), day=2)
    now["commit_info"] = {"id": "fedcba9876543210", "dirty": True}
    old, new = (write(tmp_path / name, made) for name, made in (("old.json", before), ("new.json", now)))

    pairs = pair_ratios(read_run(new), read_run(old))
    result = report(tmp_path, tmp_path)

    changes = "tensorflow 2.20.0 → 2.21.0, torch 2.9 → none, commit 012345678 → fedcba987 and changes"
    assert [(pair.measurement.size, pair.moved) for pair in pairs] == [
        ({"batch": 1}, True),
        ({"batch": 2}, False),
    ]
    assert describe_changes(read_run(new), read_run(old)) == changes
    printed = " ".join(result.stdout.split())
    assert (
        "Agreement 1 of 2 intervals are as near as in unchanged runs (within a factor of 1.15) to those of "
        "the previous run, old.json of 2026-01-01" in printed
    )
    assert "; 1 ratios were not measured there." in printed
    assert f"Moved Other changes between the two runs: {changes}." in printed
    assert re.search(
        r"MNIST CNN, batch 1 +Keras fit +10.0 \[9.00, 11.0\] +15.0 \[13.5, 16.5\] +moved", result.stdout
    )
    cells = Page(tmp_path / "page.html").cells
    assert (cells.count("moved"), cells.count("agree")) == (2, 1)


def test_what_creeps(tmp_path: Path) -> None:
    """A ratio that falls by 6 % a run is listed over the whole series, though no two runs are far apart."""
    for day in range(1, 8):
        cases = (entries(0.1, 10 * 0.94**day, batch=1), entries(0.1, 3 + day % 2 / 10, batch=2))
        write(tmp_path / f"{day}.json", content(*cases, day=day))

    result = report(tmp_path, tmp_path)

    assert "Moved" not in result.stdout
    assert "Creep Our code becomes slower from run to run, over the 7 runs" in result.stdout
    assert re.search(r"MNIST CNN, batch 1 +Keras fit +9.40 +6.48 +6.0%", result.stdout)
    assert "6.0%" in Page(tmp_path / "page.html").cells


def test_growth_is_the_exponent_of_a_power_law() -> None:
    """The slope is the exponent, whatever the factor; of scattered times it is the best fit."""
    sizes = (8.0, 16.0, 32.0, 64.0)
    up, down = 1.1, 1 / 1.1

    assert fit_slope(sizes, [3e-6 * n**1.7 for n in sizes]) == pytest.approx(1.7, abs=1e-9)
    assert fit_slope(
        sizes, [n**2 * f for n, f in zip(sizes, (up, down, down, up), strict=True)]
    ) == pytest.approx(2)


def test_growth_needs_three_sizes_of_one_axis(tmp_path: Path) -> None:
    """All other axes are equal within a curve, and its points are in order of their size."""
    sizes = [(64, 3), (16, 3), (32, 3), (16, 7), (32, 7)]
    made = content(*(entries(1e-6 * n * k, 2, image=n, kernel=k) for n, k in sizes))

    (growth,) = find_growths(read_run(write(tmp_path / "run.json", made)))

    assert (growth.path, growth.case, growth.axis) == ("training step", "MNIST CNN, kernel 3", "image")
    assert growth.curves["ours"][0] == (16, 32, 64)
    assert growth.curves["Keras fit"][1] == pytest.approx((96e-6, 192e-6, 384e-6))
