"""Plots and page of benchmarks, from a small made-up JSON."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.report.__main__ import app
from benchmarks.report.growth import find_growths
from benchmarks.report.history import read_history
from benchmarks.report.plots import (
    contender_styles,
    growth_plot,
    history_plot,
    ratio_plot,
    roofline_plot,
)
from benchmarks.report.results import read_run
from tests.benchmarks.bench_files import Page, content, entries, goal, report, write


@pytest.fixture
def matplotlib() -> None:
    """Skip where nothing can be drawn."""
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install matplotlib")


def points(panel: Any, label: str) -> np.ndarray:
    """Return the points of a panel's labelled curve, (points, 2)."""
    (line,) = [line for line in panel.lines if line.get_label() == label]
    return np.column_stack(line.get_data())


@pytest.mark.usefixtures("matplotlib")
def test_ratios_are_dots_with_bars(tmp_path: Path) -> None:
    """Each contender's ratio is a dot with its interval, under its case, with the goal."""
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
        "training step: median ratios with their intervals, from 19.0 to 19.0. "
        "1 of 1 are above 1, where ours is faster. Upright strokes are the goals."
    )


@pytest.mark.usefixtures("matplotlib")
def test_growth_shows_times_and_slopes(tmp_path: Path) -> None:
    """Both axes are logarithmic, and the legend has the slope of each contender."""
    run = read_run(
        write(tmp_path / "run.json", content(*(entries(1e-6 * n**2, 3, image=n) for n in (8, 16, 32))))
    )

    caption, figure = growth_plot(find_growths(run)[0], contender_styles(run))

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
    """Ratios are left, times right, over the number of the run; a run without the case leaves a gap."""
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
    """Without arguments results/bench is read, and the page is next to the files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results" / "bench").mkdir(parents=True)
    write(tmp_path / "results" / "bench" / "run.json", content())

    result = CliRunner().invoke(app, [])

    assert result.exit_code == 0
    assert (tmp_path / "results" / "bench" / "report.html").is_file()


def test_page_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder in the page's place is wrong usage and one line."""
    write(tmp_path / "run.json", content())
    (tmp_path / "page.html").mkdir()

    result = report(tmp_path, tmp_path)

    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line == f"workshop: --output {tmp_path / 'page.html'}: it is a folder: name a file"


def test_without_matplotlib_the_tables_remain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terminal and page say in one line how to get plots; all else is there."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    write(tmp_path / "run.json", content())

    result = report(tmp_path, tmp_path)

    page = Page(tmp_path / "page.html")
    assert result.exit_code == 0
    assert "no plots: Matplotlib is not installed: pip install matplotlib\n" in result.stdout
    assert "svg" not in {tag for tag, _ in page.elements}
    assert "19.0 [17.1, 20.9]" in page.cells
