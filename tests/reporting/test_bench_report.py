"""What a reader sees of benchmarks: tables, plots and one page, from a small made-up JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from workshop.cli import app
from workshop.reporting.bench.growth import growths, slope
from workshop.reporting.bench.history import BETWEEN_RUNS, agreement, differences, read_history
from workshop.reporting.bench.plots import (
    contender_styles,
    growth_plot,
    history_plot,
    ratio_plot,
    roofline_plot,
)
from workshop.reporting.bench.results import BenchError, Interval, read_run
from workshop.reporting.bench.tables import duration, goal_table, path_tables

Content = dict[str, Any]


def ratio(median: float) -> dict[str, float]:
    """Return a ratio with an interval of 10 % to both sides."""
    return {"median": median, "low": 0.9 * median, "high": 1.1 * median}


def goal(at_least: float, measured: float, state: str, *, fired: bool = False) -> Content:
    """Return a goal against Keras' fit."""
    values = {"against": "Keras fit", "at_least": at_least, "gate": 0.8 * at_least}
    return {**values, "ratio": ratio(measured), "state": state, "fired": fired}


def entries(
    seconds: float,
    measured: float,
    *,
    path: str = "training step",
    goals: tuple[Content, ...] = (),
    **size: float,
) -> list[Content]:
    """Return the entries of a case: ours, and Keras' fit that takes so many times as long."""
    work = {"flops": 1e9 * seconds, "bytes": 1e8 * seconds, "floor": seconds / 4, "bound": "arithmetic"}
    return [
        {
            "fullname": f"benchmarks/test_made_up.py::test_{name}",
            "stats": {"median": median},
            "extra_info": {
                "path": path,
                "case": "MNIST CNN",
                "size": size,
                "contender": name,
                "per": "step",
                "reference": "ours",
                "ratio": None if name == "ours" else ratio(measured),
                "rounds": 20,
                "coverage": 0.99,
                "work": work,
                "fraction": seconds / 4 / median,
                "goals": list(goals) if name == "ours" else [],
            },
        }
        for name, median in (("ours", seconds), ("Keras fit", seconds * measured))
    ]


def content(*cases: list[Content], day: int = 1, machine: str = "cafe", **environment: str) -> Content:
    """Return the JSON of a run; without cases, of one case with an open goal."""
    chosen = cases or (entries(0.002, 19.0, goals=(goal(20, 19, "open"),), batch=64),)
    return {
        "commit_info": {"id": "0123456789abcdef", "dirty": False},
        "benchmarks": [entry for case in chosen for entry in case],
        "datetime": f"2026-01-{day:02}T12:00:00+00:00",
        "workshop": {
            "schema": "workshop-bench/1",
            "machine": machine,
            "environment": {"python": "3.12.1", "tensorflow": "2.21.0", "device": "cpu", **environment},
            "limits": {"flops": 4e9, "bandwidth": 2e9, "note": "best of 20"},
            "left_out": [
                {"contender": "PyTorch eager", "reason": "torch is not installed: pip install torch"}
            ],
        },
    }


def write(path: Path, written: Content | str) -> Path:
    """Write a file and return its path."""
    path.write_text(written if isinstance(written, str) else json.dumps(written), "utf-8")
    return path


def report(folder: Path, *arguments: str | Path) -> Result:
    """Run `workshop bench report` with its page in the folder."""
    command = ["bench", "report", *map(str, arguments), "--output", str(folder / "page.html")]
    return CliRunner().invoke(app, command, env={"COLUMNS": "120"})


class Page(HTMLParser):
    """All elements of a page with their attributes, and the text in its cells."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements[-1:] and self.elements[-1][0] in ("td", "th"):
            self.cells.append(data)

    def attributes(self, name: str) -> list[str]:
        """Return all values of an attribute."""
        return [value for _, attributes in self.elements if (value := attributes.get(name))]


def change(*keys: str | int, to: Any) -> Callable[[Content], None]:
    """Return a function that changes a value deep in a JSON; without a new value it is left out."""

    def changed(whole: Any) -> None:
        *way, last = keys
        for key in way:
            whole = whole[key]
        if to is None:
            del whole[last]
        else:
            whole[last] = to

    return changed


KERAS = ("benchmarks", 1, "extra_info")
# what is changed in the JSON, what the line must say
DAMAGES = [
    (change("workshop", to=None), "not of this suite, it has no part `workshop`: run `nox -s bench`"),
    (
        change("workshop", "schema", to="w/2"),
        "schema 'w/2', not 'workshop-bench/1': run `nox -s bench` again",
    ),
    (change("workshop", "limits", "flops", to=0), "limits.flops Input should be greater than 0"),
    (change("workshop", "machine", to=None), "damaged (KeyError 'machine')"),
    (change("datetime", to="yesterday"), "damaged (ValueError Invalid isoformat"),
    (change("benchmarks", to=[]), "measurements Tuple should have at least 1 item"),
    (change("benchmarks", to=7), "damaged (TypeError"),
    (change("benchmarks", 0, "stats", "median", to=float("nan")), "seconds Input should be"),
    (change(*KERAS, "per", to=None), "damaged (per Field required)"),
    (change(*KERAS, "ratio", "low", to=30), "the interval [30, 20.9] is not around 19"),
    (change(*KERAS, "contender", to="ours"), "ours: every contender but the reference has a ratio"),
    (
        change("benchmarks", 0, "extra_info", "goals", 0, "state", to="near"),
        "goals.0.state Input should be 'met'",
    ),
]


@pytest.mark.parametrize(("damage", "told"), DAMAGES)
def test_a_damaged_file_is_one_line(tmp_path: Path, damage: Callable[[Content], None], told: str) -> None:
    """A file that is named and can't be used exits with 2, and one line says which, why and what to do."""
    damaged = content()
    damage(damaged)
    path = write(tmp_path / "run.json", damaged)

    result = report(tmp_path, path)

    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"workshop: {path}: ")
    assert told in line
    assert "run `nox -s bench`" in line


def test_a_case_measured_twice_is_damage(tmp_path: Path) -> None:
    """No measurement hides another one."""
    path = write(tmp_path / "run.json", content(entries(0.1, 2, batch=64), entries(0.1, 3, batch=64)))

    with pytest.raises(BenchError, match="training step, MNIST CNN, batch 64, ours is there twice"):
        read_run(path)


# name of the file and what it holds, arguments, what the line must say
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
    ("{", ["run.json"], "run.json: damaged (JSONDecodeError"),
]


@pytest.mark.parametrize(("written", "arguments", "told"), NOTHING)
def test_nothing_to_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | None, arguments: list[str], told: str
) -> None:
    """Where nothing can be read, one line says where and what to do, and the exit code is 2."""
    monkeypatch.chdir(tmp_path)
    if written is not None:
        write(tmp_path / "run.json", written)

    result = report(tmp_path, *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"workshop: {told}")


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
        f"left out {other}: of another machine (beef, cpu); `workshop bench report {other}` shows it",
        f"left out {damaged}: damaged (JSONDecodeError",
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
    assert steps.note == "Medians of 20 rounds; an interval holds the median ratio with probability 0.99."
    assert engine.rows[1].cells[2] == "0.500 [0.450, 0.550]"


def test_fired_gates_stand_on_top(tmp_path: Path) -> None:
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
    """A ratio has moved if the intervals lie farther apart than unchanged runs', whichever comes first."""
    first, second = (Interval(low=low, median=low, high=high) for low, high in (one, other))

    assert first.apart(second) == second.apart(first) == pytest.approx(apart)
    assert (apart > BETWEEN_RUNS) is moved


def test_what_moved(tmp_path: Path) -> None:
    """Ratios whose intervals lie far apart are listed, with what else differs between both runs."""
    before = content(entries(0.1, 10, batch=1), entries(0.1, 3, batch=2), tensorflow="2.20.0", torch="2.9")
    now = content(entries(0.2, 15, batch=1), entries(0.2, 3.1, batch=2), entries(0.2, 9, batch=3), day=2)
    now["commit_info"] = {"id": "fedcba9876543210", "dirty": True}
    old, new = (write(tmp_path / name, made) for name, made in (("old.json", before), ("new.json", now)))

    pairs = agreement(read_run(new), read_run(old))
    result = report(tmp_path, tmp_path)

    told = "tensorflow 2.20.0 → 2.21.0, torch 2.9 → none, commit 012345678 → fedcba987 and changes"
    assert [(pair.measurement.size, pair.moved) for pair in pairs] == [
        ({"batch": 1}, True),
        ({"batch": 2}, False),
    ]
    assert differences(read_run(new), read_run(old)) == told
    printed = " ".join(result.stdout.split())
    assert (
        "Agreement 1 of 2 intervals lie as near as those of unchanged runs (a factor of 1.15 at most) to the "
        "run before, old.json of 2026-01-01" in printed
    )
    assert "; 1 ratios were not measured there." in printed
    assert f"Moved What else changed between both runs: {told}." in printed
    assert re.search(
        r"MNIST CNN, batch 1 +Keras fit +10.0 \[9.00, 11.0\] +15.0 \[13.5, 16.5\] +moved", result.stdout
    )
    cells = Page(tmp_path / "page.html").cells
    assert (cells.count("moved"), cells.count("agree")) == (2, 1)


def test_growth_is_the_exponent_of_a_power_law() -> None:
    """The slope is the exponent, whatever the factor; of scattered times it is the best fit."""
    sizes = (8.0, 16.0, 32.0, 64.0)
    up, down = 1.1, 1 / 1.1

    assert slope(sizes, [3e-6 * n**1.7 for n in sizes]) == pytest.approx(1.7, abs=1e-9)
    assert slope(
        sizes, [n**2 * f for n, f in zip(sizes, (up, down, down, up), strict=True)]
    ) == pytest.approx(2)


def test_growth_needs_three_sizes_of_one_axis(tmp_path: Path) -> None:
    """All other axes are equal within a curve, and its points are in order of their size."""
    sizes = [(64, 3), (16, 3), (32, 3), (16, 7), (32, 7)]
    made = content(*(entries(1e-6 * n * k, 2, image=n, kernel=k) for n, k in sizes))

    (growth,) = growths(read_run(write(tmp_path / "run.json", made)))

    assert (growth.path, growth.case, growth.axis) == ("training step", "MNIST CNN, kernel 3", "image")
    assert growth.curves["ours"][0] == (16, 32, 64)
    assert growth.curves["Keras fit"][1] == pytest.approx((96e-6, 192e-6, 384e-6))


# The plots


@pytest.fixture
def matplotlib() -> None:
    """Skip where nothing can be drawn."""
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install 'workshop[figures]'")


def points(panel: Any, label: str) -> np.ndarray:
    """Return the points of a panel's labelled curve, (points, 2)."""
    (line,) = [line for line in panel.lines if line.get_label() == label]
    return np.column_stack(line.get_data())


@pytest.mark.usefixtures("matplotlib")
def test_ratios_are_dots_with_bars(tmp_path: Path) -> None:
    """Each contender's ratio is a dot with its interval, under its case, beside the goal."""
    run = read_run(write(tmp_path / "run.json", content()))

    caption, figure = ratio_plot("training step", run.measurements, contender_styles(run))

    (panel,) = figure.axes
    (bar,) = panel.containers
    assert [tuple(line.get_data()) for line in panel.lines if line.get_marker() == "|"][-1] == ([20.0], [1])
    assert np.asarray(bar.lines[0].get_data()).ravel().tolist() == [19.0, 1.0]
    (interval,) = bar.lines[2][0].get_segments()
    assert interval == pytest.approx(np.array([[17.1, 1], [20.9, 1]]))
    assert [text.get_text() for text in panel.texts] == ["MNIST CNN, batch 64"]
    assert [text.get_text() for text in panel.get_yticklabels()] == ["", "Keras fit"]
    assert panel.get_xscale() == "log"
    assert caption == (
        "training step: median ratios with their intervals, from 19.0 to 19.0; "
        "1 of 1 are above 1, where ours is faster. Upright strokes are the goals."
    )


@pytest.mark.usefixtures("matplotlib")
def test_growth_shows_times_and_slopes(tmp_path: Path) -> None:
    """Both axes are logarithmic, and the legend has the slope of each contender."""
    run = read_run(
        write(tmp_path / "run.json", content(*(entries(1e-6 * n**2, 3, image=n) for n in (8, 16, 32))))
    )

    caption, figure = growth_plot(growths(run)[0], contender_styles(run))

    (panel,) = figure.axes
    assert points(panel, "Keras fit: slope 2.00") == pytest.approx(
        np.array([(n, 3e-6 * n**2) for n in (8, 16, 32)])
    )
    assert (panel.get_xscale(), panel.get_yscale()) == ("log", "log")
    assert caption == "training step: MNIST CNN, time over image. ours: slope 2.00; Keras fit: slope 2.00."


@pytest.mark.usefixtures("matplotlib")
def test_roofline_has_marks_under_two_limits(tmp_path: Path) -> None:
    """A mark is the rate at its intensity; the roof rises with the bandwidth to the arithmetic limit."""
    run = read_run(write(tmp_path / "run.json", content()))
    worked = [(m, m.work) for m in run.measurements if m.work is not None]

    caption, figure = roofline_plot("training step", worked, run.limits, contender_styles(run))

    (panel,) = figure.axes
    roof = panel.lines[0]
    assert points(panel, "ours") == pytest.approx(np.array([(10, 1)]))
    assert points(panel, "Keras fit") == pytest.approx(np.array([(10, 1 / 19)]))
    assert list(roof.get_xdata()) == pytest.approx([2 / 3, 2, 30])
    assert list(roof.get_ydata()) == pytest.approx([4 / 3, 4, 4])
    assert "limits of 4.00 GFLOP/s and 2.00 GB/s, which meet at 2.00 FLOP/byte" in caption
    assert caption.endswith("Dotted lines: 1 MNIST CNN, batch 64.")


@pytest.mark.usefixtures("matplotlib")
def test_history_runs_from_the_first_to_the_newest(tmp_path: Path) -> None:
    """Ratios stand left, times right, over the number of the run; a run without the case leaves a gap."""
    for day, measured in enumerate((10, 11, 12), 1):
        size = {"batch": 64 if day != 2 else 32}
        write(tmp_path / f"{day}.json", content(entries(0.1 * day, measured, **size), day=day))
    history = read_history([tmp_path])
    newest = history.newest

    _, figure = history_plot("training step", newest.measurements, history.runs, contender_styles(newest))

    left, right = figure.axes
    (bars,) = left.containers
    assert np.asarray(bars.lines[0].get_data()).tolist() == [[1, 3], [10, 12]]
    assert [line.get_ydata() for line in right.lines] == [
        pytest.approx([0.1, 0.3]),
        pytest.approx([1.0, 3.6]),
    ]


# The page


def test_page_is_complete_in_itself(tmp_path: Path, matplotlib: None) -> None:
    """It loads nothing, follows the colour scheme, fits a phone, and each plot has an alternative text."""
    for day in (1, 2):
        cases = [entries(1e-3 * n, 19, goals=(goal(20, 19, "open"),), batch=n) for n in (16, 32, 64)]
        write(tmp_path / f"{day}.json", content(*cases, day=day))

    result = report(tmp_path, tmp_path)

    text = (tmp_path / "page.html").read_text("utf-8")
    page = Page(tmp_path / "page.html")
    plots = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert result.exit_code == 0
    assert set(re.findall(r"""https?:[^"' <]+""", text)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert not {tag for tag, _ in page.elements} & {"link", "script", "img", "iframe", "object"}
    assert page.attributes("src") == page.attributes("href") == []
    assert all(target.startswith("#") for target in page.attributes("xlink:href"))
    assert not re.search(r"@import|url\((?!#)", text)
    assert "@media (prefers-color-scheme: dark)" in text
    assert 'content="width=device-width, initial-scale=1"' in text
    assert [str(plot["aria-label"]).split(":")[0] for plot in plots] == [
        "Ratios",
        "Growth",
        "Roofline",
        "History",
    ]
    assert {plot["role"] for plot in plots} == {"img"}
    assert not re.search(r"#[0-9a-f]{6}", text[text.index("<svg") : text.rindex("</svg>")])
    assert len(page.attributes("id")) == len(set(page.attributes("id")))
    used = {target[1:] for target in page.attributes("xlink:href")}
    used |= set(re.findall(r"url\(#([^)]+)\)", text))
    assert used <= set(page.attributes("id"))


def test_names_are_text_not_markup(tmp_path: Path, matplotlib: None) -> None:
    """Angle and square brackets in names reach terminal and page as they are."""
    made = content()
    made["benchmarks"][1]["extra_info"]["contender"] = "<b>[bold]Keras & co"
    write(tmp_path / "run.json", made)

    result = report(tmp_path, tmp_path)

    page = Page(tmp_path / "page.html")
    assert "<b>[bold]Keras & co" in result.stdout
    assert "b" not in {tag for tag, _ in page.elements}
    assert "<b>[bold]Keras & co" in "".join(page.cells)


def test_fired_gates_do_not_fail_the_report(tmp_path: Path) -> None:
    """Gates are pytest's: the report shows them, exits with 0 and ends with the path of the page."""
    write(
        tmp_path / "run.json", content(entries(0.1, 9, goals=(goal(20, 9, "missed", fired=True),), batch=64))
    )

    result = report(tmp_path, tmp_path)

    page = tmp_path / "page.html"
    assert result.exit_code == 0
    assert "missed, gate fired" in result.stdout
    assert "missed, gate fired" in Page(page).cells
    assert result.stdout.splitlines()[-1] == f"page: {page.resolve()}"


def test_default_folder_and_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments results/bench is read, and the page lies beside what was read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results" / "bench").mkdir(parents=True)
    write(tmp_path / "results" / "bench" / "run.json", content())

    result = CliRunner().invoke(app, ["bench", "report"])

    assert result.exit_code == 0
    assert (tmp_path / "results" / "bench" / "report.html").is_file()


def test_page_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder in the page's place is wrong usage, told in one line."""
    write(tmp_path / "run.json", content())
    (tmp_path / "page.html").mkdir()

    result = report(tmp_path, tmp_path)

    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"workshop: {tmp_path / 'page.html'}: the page can't be written (")
    assert line.endswith("): give another --output")


def test_without_matplotlib_the_tables_remain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terminal and page say in one line how to get plots; all else is there."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    write(tmp_path / "run.json", content())

    result = report(tmp_path, tmp_path)

    page = Page(tmp_path / "page.html")
    assert result.exit_code == 0
    assert "no plots: Matplotlib is not installed: pip install 'workshop[figures]'\n" in result.stdout
    assert "svg" not in {tag for tag, _ in page.elements}
    assert "19.0 [17.1, 20.9]" in page.cells
