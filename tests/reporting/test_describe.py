"""Descriptions of claims and units, and explanations of verdicts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reporting.made_up_run import ENVIRONMENT, LEDGER, record
from workshop.reporting.describe import describe_claim, describe_unit, explain, unit_rows
from workshop.verification.verdicts import BASES


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
    """Room and a miss are different words, one seed is named, several are counted."""
    assert shown in explain(record(**changes), LEDGER.claims["ch09.ex01.loss"], ENVIRONMENT)


def test_explanation_of_nothing_measured() -> None:
    """Without a measured value or a margin neither is shown; a full run is reproduced by a full run."""
    full = {**ENVIRONMENT, "profile": "full"}

    text = explain(record(measured=None, margin=None), LEDGER.claims["ch09.ex01.loss"], full)

    assert "measured" not in text
    assert "missed" not in text
    assert text.endswith("workshop verify ch09.ex01.loss --full --no-store")


def test_explanation_shows_the_correct_value() -> None:
    """A claim that is wrong as printed is shown with its correct value."""
    text = explain(record(id="ch09.ex01.shape"), LEDGER.claims["ch09.ex01.shape"], ENVIRONMENT)

    assert "  documented  [2, 3]\n  correct     [3, 2]\n" in text


def test_other_quantities_are_below_the_measured_value() -> None:
    """Labelled quantities are below the measured one, in an explanation and in a description."""
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


def test_description_of_a_claim() -> None:
    """A claim is described in full, and without a verdict the command that gives one is named."""
    text = describe_claim(LEDGER.claims["ch09.ex01.loss"], None)

    assert text.splitlines() == [
        "ch09.ex01.loss",
        "  what        the loss [mean]",
        "  documented  0.25 (page 7)",
        "  statement   a loss of a quarter",
        "  evidence    measured: computed from data or a training, so that a plausible mistake would miss it",
        "  kind        close, in dollars",
        "  needs       iris",
        "  rule        rounds to the printed digits",
        "  measures    ch09.ex01.history.loss[-1]",
        "  note        seen on every version",
        "  verdict     not verified on this machine yet: workshop verify ch09.ex01.loss",
    ]


def test_a_description_begins_with_the_text_for_readers() -> None:
    """A claim that does not hold as printed first says so in words for readers."""
    lines = describe_claim(LEDGER.claims["ch09.ex01.shape"], None).splitlines()

    assert lines[1:7] == [
        "  in short    Made up. It is another one.",
        "  printed     this",
        "  right       that",
        "  proof       Both were compared.",
        "  consequence a slip",
        "  what        the shape",
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


def test_description_says_what_decided_a_claim() -> None:
    """The basis is below the verdict; what an earlier version remembered has none."""
    last = {"verdict": "reproduced", "reason": "r", "measured": None, "environment": {}}
    claim = LEDGER.claims["ch09.ex01.loss"]

    lines = describe_claim(claim, {**last, "basis": "recorded"}).splitlines()

    assert lines[-2].split(maxsplit=1) == ["basis", BASES["recorded"]]
    assert "basis" not in describe_claim(claim, last)


def test_description_of_a_unit() -> None:
    """A unit is described by procedure, pitfalls, and a line per claim with its last verdict."""
    last = {"ch09.ex01.loss": {"verdict": "failed", "measured": 0.75}}

    text = describe_unit(LEDGER.units["ch09.ex01"], last, [("code", "ex01.py: exercise_9_01")])

    assert text.splitlines() == [
        "ch09.ex01  Exercise 9.01",
        "  code        ex01.py: exercise_9_01",
        "",
        "Procedure",
        "  Fit a line.",
        "",
        "Pitfalls",
        "  None known.",
        "",
        "Claims                     verdict          book                                 last run",
        "  loss                     failed           0.25                                 0.75",
        "  shape                    not verified yet [2, 3]",
        "  fame                     not verified yet famous",
    ]


SIX = {"seeds": 6, "median": [0.123456789], "minimum": [0.1], "maximum": [0.2]}
LONG = ["Dense", "Dense", "Dense", "Dense", "Dense", "Dense", "Dense", "Dense"]
# a printed value, the measured one in the results, what is shown of it
LAST_VALUES: list[tuple[Any, Any, str]] = [
    (0.25, None, ""),
    (0.25, 0.25, "same"),
    ([1.2], [1.2000000000000002], "same"),
    ({1: (2, 3)}, {"1": [2, 3]}, "same"),
    (0.25, SIX, "[0.1235] (6 seeds)"),
    (LONG, [*LONG[:-1], "Conv"], "… Dense, Dense, Conv]"),
]


@pytest.mark.parametrize(("printed", "measured", "shown"), LAST_VALUES)
def test_values_of_the_last_run(printed: Any, measured: Any, shown: str) -> None:
    """Equal values are not repeated, seeds are counted, and of a long value what differs is shown."""
    unit = LEDGER.units["ch09.ex01"]
    claim = unit.claims[2].model_copy(update={"documented": printed})
    last = {claim.id: {"verdict": "failed", "measured": measured}}

    line = describe_unit(unit.model_copy(update={"claims": (claim,)}), last).splitlines()[-1]

    assert line.removeprefix("  fame").strip().startswith("failed")
    assert line[81:] == shown


def test_a_unit_is_found_in_the_book_and_in_the_code() -> None:
    """Pages that are known and functions by file are rows; without them there is none."""
    unit = LEDGER.units["ch09.ex01"]
    code = {"a.py": ["exercise_9_01", "exercise_9_01_model"], "b.py": ["fit"]}

    assert unit_rows(unit, {}) == []
    assert unit_rows(unit.model_copy(update={"page": 7, "solution_page": 70}), code) == [
        ("page", "7, solution 70"),
        ("code", "a.py: exercise_9_01, exercise_9_01_model"),
        ("code", "b.py: fit"),
    ]
