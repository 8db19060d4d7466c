"""Explanations of verdicts, and rows on units."""

from dataclasses import replace
from typing import Any

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
CODE = {"a.py": ["exercise_9_01", "exercise_9_01_model"], "b.py": ["fit"]}
REASONS = (
    "beyond all runs: 128 runs could decide",
    "a: 1,024 runs could decide; b: 512 runs could decide",
    "it would take 9,778 runs, and at most 128 are planned",
    "a: it would take 99 runs, …; b: 128 runs could decide",
)


# the least and most of earlier runs, and what is printed
EARLIER = [(0.2, 0.3, 0.25), (0.255, 0.3, 0.25), (0.256, 0.3, 0.25), (0.1, 0.24, 0.25), (0.0, 1.0, "high")]


def among(least: float, most: float, documented: Any) -> str:
    """Return what is said of an open claim, of which there are some earlier runs."""
    shown = {"reference": {"shown": [{"rule": {"at_least": {"bound": 0.5}}}]}}
    runs = UnitRuns("ch09.ex01", 64, "2026-11-24", 1.0, {"keras": "3.15.1"}, {}, ())
    earlier = (EarlierRuns("keras 2.10", 10, least, most),)
    numbers = (NumberSummary("", (0.1,) * 64, deciding=64, earlier=earlier),)
    stated = claim(documented, rule=shown if documented == "high" else "reference")
    return why(stated, "undecided", "64 runs could decide", SampleSummary(units=(runs,), numbers=numbers))


def test_an_explanation_reads_as_written(golden):
    full = {**ENVIRONMENT, "profile": "full"}
    open_claim = claim(0.25, rule="reference")
    unit = LEDGER.units["ch09.ex01"]
    paged = unit.model_copy(update={"page": 7, "solution_page": 70})
    golden(
        "explained.txt",
        {
            **{name: explain(failed(**fields), LOSS, ENVIRONMENT) for name, fields in FAILURES.items()},
            "nothing measured, in full": explain(failed(measured=None, margin=None), LOSS, full),
            "the right value is known": explain(failed(id=SHAPE.id), SHAPE, ENVIRONMENT),
            "open": "\n".join(why(open_claim, "undecided", reason) for reason in REASONS),
            "among earlier runs": "\n".join(f"{row}: {among(*row)}" for row in EARLIER),
            "a unit": "\n".join(map(": ".join, [*unit_rows(unit, {}), *unit_rows(paged, CODE)])),
        },
    )


def test_the_last_run_is_shown_where_it_did_not_fail():
    environment = {"tensorflow": "2.20.0", "date": "2026-11-19T10:00:00+00:00"}
    last = LastRecord(**vars(failed(verdict="reproduced", measured=0.25)), environment=environment)

    assert ("last run", "0.25 (tensorflow 2.20.0, 2026-11-19)") in failure_rows(
        failed(), LOSS, ENVIRONMENT, last
    )
    again = failure_rows(failed(), LOSS, ENVIRONMENT, replace(last, verdict="failed"))
    assert "last run" not in dict(again)
