"""Explanations of verdicts, and rows on units."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.records import sums
from tests.reporting.made_up_run import ENVIRONMENT, LEDGER, record
from tests.toy.claims import book
from workshop.reporting.describe import explain, failure_rows, unit_rows, why
from workshop.verification.results import EarlierRuns, LastRecord, NumberSummary, SampleSummary, UnitRuns

LOSS = LEDGER.claims["ch09.ex01.loss"]


def test_explanation_of_a_failure() -> None:
    """A failed claim is explained line by line, up to the commands that go on from there."""
    text = explain(record(), LOSS, ENVIRONMENT)

    assert text.splitlines() == [
        "ch09.ex01.loss: the loss [mean]",
        "  book        0.25 (page 7)",
        "              a loss of a quarter",
        "  test        the mean of the last epoch",
        "  this run    0.75",
        "  rule        rounds to the printed digits; missed by 0.495",
        "  failed      0.75 against 0.25 ± 0.005",
        "  run on      python 3.12.1, tensorflow 2.21.0, numpy 2.4.0, device cpu",
        "  since when? workshop bisect ch09.ex01.loss",
        "  once more   workshop verify ch09.ex01.loss --no-store",
    ]


SUMMARY = sums(0.75, 0.5, 1.0, 3)
VARIATIONS: list[tuple[dict[str, Any], str]] = [
    ({"margin": 0.004}, "; room 0.004"),
    ({"margin": 0.0}, "; room 0"),
    ({"margin": -1e-9}, "; missed by 1e-09"),
    ({"seeds": (17,)}, "this run    0.75 (seed 17)"),
    ({"seeds": (1, 2, 3), "measured": SUMMARY}, "this run    median 0.75, 0.5 to 1 over 3 seeds"),
]


@pytest.mark.parametrize(("changes", "shown"), VARIATIONS)
def test_explanation_says_room_and_seeds(changes: dict[str, Any], shown: str) -> None:
    """Room and a miss are different words, one seed is named, several are counted."""
    assert shown in explain(record(**changes), LOSS, ENVIRONMENT)


def test_explanation_of_nothing_measured() -> None:
    """Without a measured value or a margin neither is shown; a full run is reproduced by a full run."""
    full = {**ENVIRONMENT, "profile": "full"}

    text = explain(record(measured=None, margin=None), LOSS, full)

    assert "this run" not in text
    assert "missed" not in text
    assert text.endswith("workshop verify ch09.ex01.loss --full --no-store")


def test_explanation_shows_the_correct_value() -> None:
    """A claim that is wrong as printed is shown with its correct value."""
    text = explain(record(id="ch09.ex01.shape"), LEDGER.claims["ch09.ex01.shape"], ENVIRONMENT)

    assert "  book        2, 3\n  right       3, 2\n" in text


def test_other_quantities_are_below_the_measured_value() -> None:
    """Labelled quantities are below the measured one."""
    beside = {"usd": 2.25, "naive": sums(0.023, 0.023, 0.023)}

    after = explain(record(beside=beside), LOSS, ENVIRONMENT).split("this run    0.75")[1].splitlines()

    assert after[1].split() == ["usd", "2.25"]
    assert after[2].split() == ["naive", "0.023", "on", "all", "5", "seeds"]


def test_the_last_run_is_shown_where_it_did_not_fail() -> None:
    """What an earlier run gave, with its versions and its day, says whether the failure is new."""
    environment = {"tensorflow": "2.20.0", "date": "2026-11-19T10:00:00+00:00"}
    made = record(verdict="reproduced", measured=0.25)
    last = LastRecord(**vars(made), environment=environment)

    assert ("last run", "0.25 (tensorflow 2.20.0, 2026-11-19)") in failure_rows(
        record(), LOSS, ENVIRONMENT, last
    )
    again = failure_rows(record(), LOSS, ENVIRONMENT, replace(last, verdict="failed"))
    assert "last run" not in dict(again)


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


RUNS = UnitRuns("ch09.ex01", 64, "2026-11-24", 1.0, {"keras": "3.15.1"}, {}, ())


def sample(*earlier: EarlierRuns, runs: int = 64) -> SampleSummary:
    """Return what results say of recorded runs of one number, and of those of earlier versions."""
    number = NumberSummary("", (0.1,) * runs, deciding=runs, earlier=earlier)
    return SampleSummary(units=(RUNS,), numbers=(number,))


def sampled(rule: dict[str, Any], documented: Any = 0.25) -> Any:
    """Return a claim that recorded runs decide."""
    claims = book(
        {"id": "rmse", "documented": documented, "rule": {"reference": rule} if rule else "reference"}
    ).claims
    return claims["ch09.ex01.rmse"]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("beyond all runs: 128 runs could decide", "128 runs could decide it."),
        ("a: 1,024 runs could decide; b: 512 runs could decide", "1,024 runs could decide it."),
        ("it would take 9,778 runs, and at most 128 are planned", "It would take 9,778 runs to decide."),
        ("a: it would take 99 runs, …; b: 128 runs could decide", "It would take 99 runs to decide."),
    ],
)
def test_an_open_claim_says_which_runs_could_decide(reason: str, said: str) -> None:
    """Runs that are planned could; where a part takes more, that is said."""
    assert why(sampled({}), "undecided", reason) == said


@pytest.mark.parametrize(
    ("least", "most", "named"),
    [(0.2, 0.3, True), (0.255, 0.3, True), (0.256, 0.3, False), (0.1, 0.24, False)],
)
def test_an_open_claim_names_the_earlier_runs_that_contain_the_print(
    least: float, most: float, named: bool
) -> None:
    """A printed 0.25 is 0.245 to 0.255."""
    said = why(
        sampled({}), "undecided", "64 runs could decide", sample(EarlierRuns("keras 2.10", 10, least, most))
    )
    assert said == "64 runs could decide it." + " The print lies among the 10 runs with keras 2.10." * named


def test_earlier_runs_are_named_only_where_the_print_is_a_number() -> None:
    """What runs show has no place among others."""
    claim = sampled({"shown": [{"rule": {"at_least": {"bound": 0.5}}}]}, "high")
    assert why(claim, "undecided", "64 runs could decide", sample(EarlierRuns("keras 2.10", 10, 0, 1))) == (
        "64 runs could decide it."
    )
