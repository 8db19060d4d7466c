"""The terminal's view of a run: the summary, and the line that sums it up."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tests.reporting.made_up_run import ENVIRONMENT, LEDGER, record
from workshop.reporting.terminal import closing_line, print_run
from workshop.verification.results import Record, Results


def screen(*records: Record) -> str:
    """Return the printed text of a run, 100 columns wide."""
    console = Console(record=True, width=100, file=io.StringIO())
    print_run(Results(ENVIRONMENT, records), LEDGER, console)
    return console.export_text()


def test_summary_of_a_run() -> None:
    """The summary counts verdicts by chapter, explains failures, and groups claims by reason."""
    text = screen(
        record(),
        record(id="ch09.ex01.shape", verdict="unavailable", reason="iris: workshop data fetch iris"),
        record(id="ch09.ex01.fame", verdict="unavailable", reason="iris: workshop data fetch iris"),
        record(id="ch09.ex01.loss", verdict="reproduced"),
        record(id="ch09.ex01.shape", verdict="deferred"),
        record(id="ch09.ex01.fame", verdict="undecided", reason="60 seeds could tell"),
    )

    rows = [line.replace("│", " ").split() for line in text.splitlines() if line.startswith("│")]
    assert ["failed", "1", "1"] in rows
    assert ["unavailable", "2", "2"] in rows
    assert rows[-1] == ["all", "6", "6"]
    assert "unavailable ch09.ex01.shape, ch09.ex01.fame: iris: workshop data fetch iris\n" in text
    assert "deferred 1 claims that only `--full` decides: ch09.ex01.shape\n" in text
    assert "undecided ch09.ex01.fame: 60 seeds could tell\n" in text
    assert "failed ch09.ex01.loss: the loss [mean]\n" in text
    assert text.endswith("2 of 6 claims decided, 1 failed, 1 undecided, 2 unavailable, 1 deferred\n")


def test_our_own_claims_are_counted_apart() -> None:
    """The table has the book's claims alone, and the closing line has ours after them."""
    ours = record(ours=True, verdict="reproduced")
    text = screen(record(verdict="corrected"), ours, record(ours=True))

    rows = [line.replace("│", " ").split() for line in text.splitlines() if line.startswith("│")]
    assert rows[-1] == ["all", "1", "1"]
    assert text.endswith("1 of 1 claims decided, 0 failed; of our own 1 failed, 1 reproduced\n")
    assert "failed ch09.ex01.loss" in text
    assert (
        closing_line(Results(ENVIRONMENT, (ours,)))
        == "0 of 0 claims decided, 0 failed; of our own 1 reproduced"
    )


def test_summary_prints_brackets_as_they_are() -> None:
    """Values and reasons in square brackets are text, not markup."""
    text = screen(record(verdict="unavailable", reason="the substitute gives [0.1, bold] [/] [red]"))

    assert "the substitute gives [0.1, bold] [/] [red]" in text


def test_summary_has_a_row_of_failures_even_if_there_are_none() -> None:
    """The row of failures is there even with none."""
    text = screen(record(verdict="reproduced"))

    (row,) = (line for line in text.splitlines() if line.startswith("│ failed"))
    assert row.replace("│", " ").split() == ["failed", "·", "·"]


def test_summary_says_where_the_runs_were_made_that_decide() -> None:
    """Only decided claims count; results of a version that did not record this say nothing."""
    text = screen(
        record(basis="run here"),
        record(verdict="reproduced", basis="recorded"),
        record(verdict="changed", basis="recorded"),
        record(verdict="undecided", basis="run here"),
        record(verdict="deferred"),
    )
    line = "decided: 1 claims on runs made here, 2 on recorded runs, whose first steps were repeated here\n"
    assert line in text
    assert "decided:" not in screen(record(verdict="reproduced"))


CLOSING = [
    (["reproduced", "corrected", "refuted", "changed", "supported"], "5 of 5 claims decided, 0 failed"),
    (["reproduced", "failed"], "2 of 2 claims decided, 1 failed"),
    (["deferred"], "0 of 1 claims decided, 0 failed, 1 deferred: nothing was verified, so the run is red"),
    (
        ["not testable", "unavailable"],
        (
            "0 of 2 claims decided, 0 failed, 1 unavailable, 1 not testable: "
            "nothing was verified, so the run is red"
        ),
    ),
]


@pytest.mark.parametrize(("verdicts", "line"), CLOSING)
def test_closing_line(verdicts: list[str], line: str) -> None:
    """The closing line counts all verdicts, and calls a run that verified nothing red."""
    assert closing_line(Results(ENVIRONMENT, tuple(record(verdict=v) for v in verdicts))) == line
