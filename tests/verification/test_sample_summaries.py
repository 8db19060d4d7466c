"""What results say of recorded runs: where they come from, their numbers, and what they show."""

from dataclasses import replace
from typing import Any

import pytest

from tests.toy.bench import EXACT, LOSS, PAIR, setup
from workshop.execution.environment import this_environment
from workshop.samples import recorded
from workshop.samples.model import ReferenceSample, Run
from workshop.samples.recorded import Recordings
from workshop.verification.results import Notices, SampleSummary
from workshop.verification.sample_summaries import SampleSummaries


def summaries(bench: Any) -> SampleSummaries:
    """Return the summaries of the bench's claims here."""
    return SampleSummaries(Recordings(bench.book, this_environment().facts()))


def test_a_summary_has_units_and_numbers(bench, references):
    """Runs are in the order of their seeds."""
    setup(bench, references, LOSS, PAIR)
    sample = references.find("ch09.ex01")
    first, second = (summaries(bench).of(claim) for claim in bench.ledger.claims.values())

    (unit,) = first.units
    assert (unit.unit, unit.runs, unit.failures, unit.substitutes) == ("ch09.ex01", 64, {}, ())
    assert (unit.date, unit.seconds) == (sample.runs[0].date, sample.seconds)
    assert unit.environment == sample.environments[0]
    assert first.dates == sample.runs[0].date
    assert first.numbers[0].runs == pytest.approx(sample.values("loss"), rel=1e-8)
    assert {number.name for number in second.numbers} == {"small", "large"}
    assert summaries(bench).notices(bench.ledger.claims["ch09.ex01.loss"], first) == Notices(None, None)


@pytest.fixture
def made_up(bench, monkeypatch) -> Any:
    """Return a function that summarises a claim on made-up runs of nine seconds."""

    def make(values: list[Any], documented: Any = 0.5, rule: Any = "reference") -> Any:
        made = (
            Run(2 * i + 1, 0, "2026-11-24", 9.0, "died" * (v is None), (v,)) for i, v in enumerate(values)
        )
        runs = tuple(replace(run, values=()) if run.mishap else run for run in made)
        sample = ReferenceSample("ch09.ex01", ({"device": "cpu"},), ("toy: glass",), ("loss",), runs)
        monkeypatch.setattr(recorded, "reference_sample", lambda *_: sample)
        (claim,) = bench.claims({**LOSS, "documented": documented, "rule": rule}).claims.values()
        return SampleSummaries(Recordings(bench.book, {"device": "cpu"})).of(claim)

    return make


def test_what_a_summary_says_of_each_number(made_up):
    """Crashed runs are none; how many failed, and on what data."""
    values = [0.1 + n / 1000 for n in range(63)]
    few = made_up([*values, None])
    assert few.numbers[0].runs == (*(pytest.approx(v, rel=1e-8) for v in values), None)
    assert (few.units[0].failures, few.units[0].substitutes) == ({"died": 1}, ("toy: glass",))


def test_the_answer_on_a_statement_with_a_printed_number(made_up):
    """Next to words, too; none where the recorded runs can't be asked."""
    stated: list[Any] = [([["x", 0.9]], {"first": 1}), (["x"], {"first": 1})]
    stated.append(({"x": 0.9}, {"differences": {"gap": ["x", "x"]}}))
    values = [[[["x", 0.9]]] * 64] * 2 + [[0.5] * 64]
    found = [made_up(v, doc, {"reference": rule}) for v, (doc, rule) in zip(values, stated, strict=True)]
    assert [each.statement for each in found] == ["compatible", "", ""]


def test_a_summary_says_how_many_runs_show_what_is_printed(made_up):
    """A first name, the sign of a difference, or what the run shows; and whether so few can exclude it."""
    names = made_up([["x"]] * 48 + [["y"]] * 16, ["x"], {"reference": {"first": 1}})
    longer = made_up([["x", "y"]] * 64, ["x", "y"], {"reference": {"first": 2}})
    high = {"shown": [{"rule": {"at_least": {"bound": 0.5}}}]}
    shown = made_up([0.9] * 3 + [0.1] * 60 + [None], "high", {"reference": high})

    assert names.shows == ("the printed name is the first in 48 of 64 runs",)
    assert longer.shows == ()
    assert shown.shows == ("3 of 64 runs show it", "can hold or stay open, never fail at 64 runs")


def test_claims_without_recorded_runs(bench, references):
    """A claim that needs none has no summary; one whose runs are missing has the reason."""
    bench.units(
        "@dataclass(frozen=True)\nclass A:\n    loss: float\n\n@unit('ch09.ex01')\ndef f(seed) -> A: ..."
    )
    bench.claims(LOSS, EXACT)
    loss, exact = bench.ledger.claims.values()

    assert summaries(bench).of(exact) is None
    assert summaries(bench).of(loss) == SampleSummary(
        problem="ch09.ex01 has no reference sample: workshop record ch09.ex01"
    )
