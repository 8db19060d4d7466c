"""Strip plots of reference samples: dots and marks are where their values are, and so are the words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.reporting.package_samples import with_samples
from workshop.cli.app import app
from workshop.ledger import ledger
from workshop.reporting.report import samples, view
from workshop.reporting.report.samples import Today
from workshop.reporting.report.strip_plot import strip
from workshop.samples.recorded import recorded_runs
from workshop.verification.results import NumberSummary, Record, Results

ENVIRONMENT = {"tensorflow": "2.21.0", "keras": "3.15.1", "device": "cpu", "profile": "default"}
SUMMARY = {"seeds": 5, "median": 0.26, "minimum": 0.24, "maximum": 0.29}
# recorded, marks, today's runs, the x of dots and marks
STRIPS: list[tuple[list[float | None], dict[str, tuple[float, float]], Today | None, list[str]]] = [
    ([0.0, 5.0, 10.0], {}, None, ["M8 ", "M170 ", "M332 "]),
    ([0.0, 5.0, None], {}, None, ["M8 ", "M332 "]),
    ([0.0, 5.0], {"book": (10.0, 10.0)}, None, ["M8 ", "M170 ", 'x="331" y="20" width="2"']),
    ([0.0, 10.0], {}, Today(5.0, 0.0, 20.0), ["M8 ", "M170 ", 'class="today" d="M8 51H332"']),
    ([3.0, 3.0], {}, None, ["M170 ", "M170 "]),
]


def number(runs: list[float | None], scale: str = "identity") -> NumberSummary:
    """Return a number of recorded runs."""
    return NumberSummary("", tuple(runs), 5, "rank", 0.5, None, scale)


@pytest.mark.parametrize(("recorded", "marks", "today", "places"), STRIPS)
def test_strip(
    recorded: list[float | None],
    marks: dict[str, tuple[float, float]],
    today: Today | None,
    places: list[str],
) -> None:
    """Dots, marks and today's range are where their values are, on an axis that contains them all."""
    drawn = strip(number(recorded), marks, today, notices="").svg

    position = 0
    for place in places:
        if place.startswith("M"):
            position = drawn.index(place, drawn.index('class="runs"') if not position else position + 1)
        else:
            assert place in drawn


def test_strip_on_a_log_scale() -> None:
    """Runs of a quantity with a log scale are drawn on one, which has a label."""
    drawn = strip(number([0.01, 0.1, 1.0], "log"), {}, None, notices="").svg

    assert "M170 " in drawn
    assert "log scale" in drawn


# a stochastic claim, its measured value; today's numbers that are marked, and whether the book's are
MARKED: list[tuple[str, Any, dict[str, Today], bool]] = [
    ("ch05.text07.test_rmse", SUMMARY, {"": Today(0.26, 0.24, 0.29)}, True),
    ("ch05.text07.test_rmse", 0.25, {"": Today(0.25, 0.25, 0.25)}, True),
    ("ch05.text07.test_rmse", None, {}, True),
    ("ch05.text07.test_rmse", {**SUMMARY, "median": None}, {}, True),
    ("ch05.text07.test_rmse", {"seeds": 5, "first": "a word"}, {}, True),
    (
        "ch05.text07.epoch1",
        {"seeds": 5, "median": [0.2, 0.3], "minimum": [0.1, 0.2], "maximum": [0.4, 0.5]},
        {"loss": Today(0.2, 0.1, 0.4), "val_loss": Today(0.3, 0.2, 0.5)},
        True,
    ),
    ("ch05.text07.epoch1", {"seeds": 5, "median": [0.2], "minimum": [0.1], "maximum": [0.4]}, {}, True),
    (
        "ch07.ex05.text_confused",
        {"real": 0.9, "fake": 0.1},
        {"real": Today(0.9, 0.9, 0.9), "fake": Today(0.1, 0.1, 0.1)},
        False,
    ),
]


@pytest.mark.parametrize(("name", "measured", "marked", "book"), MARKED)
def test_marks_of_a_strip(name: str, measured: Any, marked: dict[str, Today], book: bool) -> None:
    """Each number has its mark of today; a printed value has one only if its place is the statement."""
    claim = ledger().claims[name]
    names = list(recorded_runs(claim, {"device": "cpu"}).numbers)

    assert samples.today(claim, measured, names) == marked
    assert bool(samples.placed(claim, claim.documented)) == book


def test_strip_says_what_its_claim_would_notice() -> None:
    """Below a strip is the smallest drift that the seeds of a run notice, as in `workshop show`."""
    name = "ch05.text07.test_rmse"
    claim = ledger().claims[name]
    record = Record(
        name, claim.unit, False, "reproduced", 0.03, SUMMARY, {}, "", None, tuple(range(15)), 1.0, "made up"
    )

    (chapter,) = view.chapters(with_samples(Results(ENVIRONMENT, (record,)), ledger()), ledger(), {})

    sample = chapter.units[0].claims[0].sample
    assert sample is not None
    (notices,) = [drawn.notices for drawn in sample.strips]
    assert re.fullmatch(r"a drift of 0\.\d+ by rank \(15 fresh seeds, 90% of the time\)", notices)
    assert f"notices {notices};" in " ".join(CliRunner().invoke(app, ["show", name]).stdout.split())
