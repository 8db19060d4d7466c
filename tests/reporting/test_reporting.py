"""What a reader sees of a run: explanations, the summary, and descriptions of claims and units."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from workshop.ledger import Chapter, Ledger
from workshop.reporting.describe import describe_claim, describe_unit
from workshop.reporting.explaining import explain
from workshop.reporting.terminal import closing_line, print_run
from workshop.verification.results import Record, Results

ENVIRONMENT = {
    "python": "3.12.1",
    "tensorflow": "2.21.0",
    "numpy": "2.4.0",
    "system": "Linux",
    "device": "cpu",
    "threads": 2,
    "profile": "default",
}
LEDGER = Ledger(
    (
        Chapter.model_validate(
            {
                "chapter": 9,
                "title": "Made up",
                "units": [
                    {
                        "id": "ch09.ex01",
                        "title": "Exercise 9.01",
                        "procedure": "Fit a line.\n",
                        "pitfalls": "None known.\n",
                        "claims": [
                            {
                                "id": "ch09.ex01.loss",
                                "what": "the loss [mean]",
                                "documented": 0.25,
                                "statement": "a loss of a quarter",
                                "kind": "close",
                                "measured_in": "dollars",
                                "page": 7,
                                "needs": ["iris"],
                                "measure": "history.loss[-1]",
                                "rule": "rounds",
                                "note": "seen on every version",
                            },
                            {
                                "id": "ch09.ex01.shape",
                                "what": "the shape",
                                "documented": [2, 3],
                                "correct": [3, 2],
                                "kind": "exact",
                                "rule": "equal",
                            },
                            {
                                "id": "ch09.ex01.fame",
                                "what": "the fame",
                                "documented": "famous",
                                "kind": "exact",
                                "rule": "equal",
                            },
                        ],
                    }
                ],
            }
        ),
    )
)


def record(**changes: Any) -> Record:
    """Return a record of a failed claim with fields exchanged."""
    return Record(
        **{
            "id": "ch09.ex01.loss",
            "unit": "ch09.ex01",
            "ours": False,
            "beside": {},
            "verdict": "failed",
            "documented": 0.25,
            "measured": 0.75,
            "rule": "rounds to the printed digits",
            "margin": -0.495,
            "seeds": (),
            "seconds": 1.0,
            "reason": "0.75 against 0.25 ± 0.005",
            **changes,
        }
    )


def screen(*records: Record) -> str:
    """Return what is printed of a run, 100 columns wide."""
    console = Console(record=True, width=100, file=io.StringIO())
    print_run(Results(ENVIRONMENT, records), LEDGER, console)
    return console.export_text()


def test_explanation_of_a_failure() -> None:
    """A failed claim is explained line by line, up to the command that reproduces it."""
    text = explain(record(), LEDGER.claims["ch09.ex01.loss"], ENVIRONMENT)

    assert text.splitlines() == [
        "ch09.ex01.loss: the loss [mean]",
        "  documented  0.25 (page 7)",
        "  statement   a loss of a quarter",
        "  measured    0.75",
        "  rule        rounds to the printed digits; missed by 0.495",
        "  failed      0.75 against 0.25 ± 0.005",
        "  in          python 3.12.1, tensorflow 2.21.0, numpy 2.4.0, device cpu, threads 2",
        "  reproduce   workshop verify ch09.ex01.loss --no-store",
    ]


VARIATIONS: list[tuple[dict[str, Any], str]] = [
    ({"margin": 0.004}, "; room 0.004"),
    ({"seeds": (17,)}, "measured    0.75 (seed 17)"),
    ({"seeds": (1, 2, 3)}, "measured    0.75 (3 seeds)"),
]


@pytest.mark.parametrize(("changes", "shown"), VARIATIONS)
def test_explanation_says_room_and_seeds(changes: dict[str, Any], shown: str) -> None:
    """Room is told apart from a miss, one seed is named, several are counted."""
    assert shown in explain(record(**changes), LEDGER.claims["ch09.ex01.loss"], ENVIRONMENT)


def test_explanation_of_nothing_measured() -> None:
    """Without a measured value or a margin neither is made up; a full run is reproduced by a full run."""
    full = {**ENVIRONMENT, "profile": "full"}

    text = explain(record(measured=None, margin=None), LEDGER.claims["ch09.ex01.loss"], full)

    assert "measured" not in text
    assert "missed" not in text
    assert text.endswith("workshop verify ch09.ex01.loss --full --no-store")


def test_explanation_shows_the_correct_value() -> None:
    """Of a claim that is wrong as printed the correct value is shown beside the printed one."""
    text = explain(record(id="ch09.ex01.shape"), LEDGER.claims["ch09.ex01.shape"], ENVIRONMENT)

    assert "  documented  [2, 3]\n  correct     [3, 2]\n" in text


def test_summary_of_a_run() -> None:
    """The summary counts verdicts by chapter, explains failures, and groups what is missing by its remedy."""
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
    assert text.endswith("1 of 6 claims verified, 1 failed, 1 undecided, 2 unavailable, 1 deferred\n")


def test_our_own_claims_are_counted_apart() -> None:
    """The table holds the book's claims alone; the closing line tells ours behind them."""
    ours = record(ours=True, verdict="reproduced")
    text = screen(record(verdict="corrected"), ours, record(ours=True))

    rows = [line.replace("│", " ").split() for line in text.splitlines() if line.startswith("│")]
    assert rows[-1] == ["all", "1", "1"]
    assert text.endswith("1 of 1 claims verified, 0 failed; of our own 1 failed, 1 reproduced\n")
    assert "failed ch09.ex01.loss" in text
    assert (
        closing_line(Results(ENVIRONMENT, (ours,)))
        == "0 of 0 claims verified, 0 failed; of our own 1 reproduced"
    )


def test_what_is_shown_beside_a_measured_value() -> None:
    """Labelled quantities stand under the measured one, in an explanation and in a description."""
    beside = {"usd": 2.25, "naive": {"seeds": 5, "median": 0.023}}
    claim = LEDGER.claims["ch09.ex01.loss"]
    last = {"verdict": "failed", "reason": "r", "measured": 0.75, "beside": beside, "environment": {}}

    explained = explain(record(beside=beside), claim, ENVIRONMENT)
    described = describe_claim(claim, last, [("recorded", "median 0.5")])

    for text in (explained, described):
        after = text.split("measured    0.75")[1].splitlines()
        assert after[1].split() == ["usd", "2.25"]
        assert after[2].split() == ["naive", "{seeds:", "5,", "median:", "0.023}"]
    assert "  recorded    median 0.5\n" in described


def test_summary_prints_brackets_as_they_are() -> None:
    """Values and reasons in square brackets are text, not markup."""
    text = screen(record(verdict="unavailable", reason="the substitute gives [0.1, bold] [/] [red]"))

    assert "the substitute gives [0.1, bold] [/] [red]" in text


def test_summary_has_a_row_of_failures_even_if_there_are_none() -> None:
    """That nothing failed is said, not left out."""
    text = screen(record(verdict="reproduced"))

    (row,) = (line for line in text.splitlines() if line.startswith("│ failed"))
    assert row.replace("│", " ").split() == ["failed", "·", "·"]


CLOSING = [
    (["reproduced", "corrected", "refuted", "changed", "supported"], "5 of 5 claims verified, 0 failed"),
    (["reproduced", "failed"], "1 of 2 claims verified, 1 failed"),
    (["deferred"], "0 of 1 claims verified, 0 failed, 1 deferred: nothing was verified, so the run is red"),
    (
        ["not testable", "unavailable"],
        (
            "0 of 2 claims verified, 0 failed, 1 unavailable, 1 not testable: "
            "nothing was verified, so the run is red"
        ),
    ),
]


@pytest.mark.parametrize(("verdicts", "line"), CLOSING)
def test_closing_line(verdicts: list[str], line: str) -> None:
    """The closing line counts all verdicts, and calls a run that verified nothing red."""
    assert closing_line(Results(ENVIRONMENT, tuple(record(verdict=v) for v in verdicts))) == line


def test_description_of_a_claim() -> None:
    """A claim is described in full, and without a verdict the command that gets one is named."""
    text = describe_claim(LEDGER.claims["ch09.ex01.loss"], None)

    assert text.splitlines() == [
        "ch09.ex01.loss",
        "  what        the loss [mean]",
        "  documented  0.25 (page 7)",
        "  statement   a loss of a quarter",
        "  kind        close, in dollars",
        "  needs       iris",
        "  rule        rounds to the printed digits",
        "  measures    ch09.ex01.history.loss[-1]",
        "  note        seen on every version",
        "  verdict     not verified on this machine yet: workshop verify ch09.ex01.loss",
    ]


def test_description_of_a_claim_with_its_last_verdict() -> None:
    """The last verdict is shown with what was measured, where and when."""
    last = {
        "verdict": "failed",
        "reason": "too high",
        "measured": 0.75,
        "environment": {"python": "3.12.1", "date": "2026-01-01"},
    }

    text = describe_claim(LEDGER.claims["ch09.ex01.loss"], last)

    assert text.endswith(
        "verdict     failed: too high\n  measured    0.75\n  in          python 3.12.1, 2026-01-01"
    )


def test_description_of_a_unit() -> None:
    """A unit is described by procedure, pitfalls, and a line a claim with its last verdict."""
    text = describe_unit(LEDGER.units["ch09.ex01"], {"ch09.ex01.loss": {"verdict": "reproduced"}})

    assert text.splitlines()[0] == "ch09.ex01  Exercise 9.01"
    assert "Procedure\n  Fit a line.\n" in text
    assert [line.split()[:2] for line in text.splitlines()[-3:]] == [
        ["loss", "reproduced"],
        ["shape", "not"],
        ["fame", "not"],
    ]
