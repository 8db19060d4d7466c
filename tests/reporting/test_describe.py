"""Explanations of verdicts, and rows on units."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.golden import Golden
from tests.reporting.made_up_run import ENVIRONMENT, LEDGER, failed
from tests.toy.claims import claim
from tests.toy.records import sums
from workshop.reporting.describe import explain, failure_rows, unit_rows, why
from workshop.verification.results import EarlierRuns, LastRecord, NumberSummary, SampleSummary, UnitRuns

LOSS, SHAPE = (LEDGER.claims[f"ch09.ex01.{name}"] for name in ("loss", "shape"))
FAILURES: dict[str, dict[str, Any]] = {
    "a failure": {},
    "room": {"margin": 0.004},
    "no room": {"margin": 0.0},
    "missed by little": {"margin": -1e-9},
    "a seed": {"seeds": (17,)},
    "seeds": {"seeds": (1, 2, 3), "measured": sums(0.75, 0.5, 1.0, 3)},
    "other quantities": {"beside": {"usd": 2.25, "naive": sums(0.023, 0.023, 0.023)}},
}
REASONS = (
    "beyond all runs: 128 runs could decide",
    "a: 1,024 runs could decide; b: 512 runs could decide",
    "it would take 9,778 runs, and at most 128 are planned",
    "a: it would take 99 runs, …; b: 128 runs could decide",
)


def test_an_explanation_reads_as_written(golden: Golden) -> None:
    full = {**ENVIRONMENT, "profile": "full"}
    open_claim = claim(0.25, rule="reference")
    golden(
        "explained.txt",
        {
            **{name: explain(failed(**fields), LOSS, ENVIRONMENT) for name, fields in FAILURES.items()},
            "nothing measured, in full": explain(failed(measured=None, margin=None), LOSS, full),
            "the right value is known": explain(failed(id=SHAPE.id), SHAPE, ENVIRONMENT),
            "open": "\n".join(why(open_claim, "undecided", reason) for reason in REASONS),
        },
    )


def test_the_last_run_is_shown_where_it_did_not_fail() -> None:
    environment = {"tensorflow": "2.20.0", "date": "2026-11-19T10:00:00+00:00"}
    last = LastRecord(**vars(failed(verdict="reproduced", measured=0.25)), environment=environment)

    assert ("last run", "0.25 (tensorflow 2.20.0, 2026-11-19)") in failure_rows(
        failed(), LOSS, ENVIRONMENT, last
    )
    again = failure_rows(failed(), LOSS, ENVIRONMENT, replace(last, verdict="failed"))
    assert "last run" not in dict(again)


def test_a_unit_is_found_in_the_book_and_in_the_code() -> None:
    unit = LEDGER.units["ch09.ex01"]
    code = {"a.py": ["exercise_9_01", "exercise_9_01_model"], "b.py": ["fit"]}

    assert unit_rows(unit, {}) == []
    assert unit_rows(unit.model_copy(update={"page": 7, "solution_page": 70}), code) == [
        ("page", "7, solution 70"),
        ("code", "a.py: exercise_9_01, exercise_9_01_model"),
        ("code", "b.py: fit"),
    ]


@pytest.mark.parametrize(
    ("least", "most", "documented", "named"),
    [
        (0.2, 0.3, 0.25, True),
        (0.255, 0.3, 0.25, True),
        (0.256, 0.3, 0.25, False),
        (0.1, 0.24, 0.25, False),
        (0.0, 1.0, "high", False),
    ],
)
def test_an_open_claim_names_the_earlier_runs_that_contain_the_print(
    least: float, most: float, documented: Any, named: bool
) -> None:
    shown = (
        {"reference": {"shown": [{"rule": {"at_least": {"bound": 0.5}}}]}}
        if documented == "high"
        else "reference"
    )
    runs = UnitRuns("ch09.ex01", 64, "2026-11-24", 1.0, {"keras": "3.15.1"}, {}, ())
    earlier = (EarlierRuns("keras 2.10", 10, least, most),)
    sample = SampleSummary(
        units=(runs,), numbers=(NumberSummary("", (0.1,) * 64, deciding=64, earlier=earlier),)
    )
    said = why(claim(documented, rule=shown), "undecided", "64 runs could decide", sample)

    assert said == "64 runs could decide it." + " The print lies among the 10 runs with keras 2.10." * named
