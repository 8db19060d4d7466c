"""What results say of recorded runs: where they come from, their numbers, and what seeds can notice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.toy.bench import EXACT, LOSS, PAIR, setup
from workshop.execution.environment import this_environment
from workshop.samples import recorded
from workshop.samples.model import ReferenceSample, Run
from workshop.samples.recorded import Recordings
from workshop.statistics.hypothesis_tests import FALSE_ALARM
from workshop.statistics.power import seeds_to_notice, smallest_drift
from workshop.verification import sample_summaries
from workshop.verification.results import SampleSummary
from workshop.verification.sample_summaries import SampleSummaries


def summaries(bench: Any) -> SampleSummaries:
    """Return the summaries of the bench's claims here."""
    return SampleSummaries(Recordings(bench.book, this_environment().facts()))


def test_a_summary_has_units_numbers_and_alarms(bench: Any, references: Any) -> None:
    """Runs are in the order of their seeds; the level is that of all drift tests of the ledger."""
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
    assert (first.false_alarm, second.false_alarm) == (FALSE_ALARM / 3, 2 * FALSE_ALARM / 3)


def test_a_summary_says_what_the_seeds_drawn_notice(bench: Any, references: Any) -> None:
    """As many seeds as usual, or more if more were drawn; half of it only if that is asked."""
    setup(bench, references, LOSS)
    (claim,) = bench.ledger.claims.values()
    values, level = np.array(references.find("ch09.ex01").values("loss")), FALSE_ALARM
    usual, more = (summaries(bench).of(claim, seeds).numbers[0] for seeds in (0, 20))
    half = summaries(bench).of(claim, 20, half=True).numbers[0]

    assert (usual.seeds, more.seeds) == (15, 20)
    assert (usual.test, usual.seeds_for_half) == ("rank", None)
    assert more.drift == smallest_drift(values, 20, level, None) < usual.drift
    assert half.seeds_for_half == seeds_to_notice(values, half.drift / 2, level, None) > 20


def test_results_say_what_their_own_fresh_seeds_notice(bench: Any, references: Any) -> None:
    """A repeated recorded seed is none of them; where more seeds were asked for, those count."""
    setup(bench, references, LOSS)
    claims = list(bench.ledger.claims.values())
    noticed = []
    for count in (None, 20):
        engine = bench.engine(seed_count=count)
        (record,) = engine.with_samples(engine.verify(claims)).claims
        noticed.append((len(record.seeds), record.sample.numbers[0].seeds))

    assert noticed == [(16, 15), (21, 20)]


def test_runs_that_are_alike_have_no_smallest_drift(
    bench: Any, references: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ties leave no size of a shift, and nothing is simulated."""
    claim = {**LOSS, "measure": "pair.small"}
    setup(bench, references, claim)
    monkeypatch.setattr(sample_summaries, "smallest_drift", lambda *_: pytest.fail("simulated"))
    recordings = Recordings(bench.book, this_environment().facts())
    (only,) = bench.ledger.claims.values()
    recordings.of(only).numbers[""][:40] = 1.0

    (number,) = SampleSummaries(recordings).of(only).numbers

    assert (number.test, number.drift, number.seeds_for_half) == ("ties", None, None)


@pytest.fixture
def made_up(bench: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that summarises a claim on made-up runs of nine seconds; nothing is simulated."""
    monkeypatch.setattr(sample_summaries, "smallest_drift", lambda values, fresh, level, scale: fresh / 10)
    monkeypatch.setattr(sample_summaries, "seeds_to_notice", lambda values, drift, *_: round(100 * drift))

    def make(values: list[Any], documented: Any = 0.5, rule: Any = "reference", **options: Any) -> Any:
        made = (
            Run(2 * i + 1, 0, "2026-11-24", 9.0, "died" * (v is None), (v,)) for i, v in enumerate(values)
        )
        runs = tuple(replace(run, values=()) if run.mishap else run for run in made)
        sample = ReferenceSample("ch09.ex01", ({"device": "cpu"},), ("toy: glass",), ("loss",), runs)
        monkeypatch.setattr(recorded, "reference_sample", lambda *_: sample)
        (claim,) = bench.claims({**LOSS, "documented": documented, "rule": rule}).claims.values()
        return SampleSummaries(Recordings(bench.book, {"device": "cpu"})).of(claim, **options)

    return make


def test_what_a_summary_says_of_each_number(made_up: Any) -> None:
    """By which test its seeds notice what; half of it only if somebody asks."""
    values = [0.1 + n / 1000 for n in range(63)]
    few = made_up([*values, None])
    tied, not_tied = (made_up([min(n, different) / 100 for n in range(64)]) for different in (30, 31))
    found = [few, made_up([*values, 0.5], seeds=8, half=True), tied, not_tied]
    assert few.numbers[0].runs == (*(pytest.approx(v, rel=1e-8) for v in values), None)
    assert (few.units[0].failures, few.units[0].substitutes) == ({"died": 1}, ("toy: glass",))
    assert [(n.seeds, n.test, n.drift, n.seeds_for_half) for each in found for n in each.numbers] == [
        (1, "prediction", 0.1, None), (8, "rank", 0.8, 40), (1, "ties", None, None),
        (1, "prediction", 0.1, None),
    ]  # fmt: skip


def test_the_answer_on_a_statement_with_a_printed_number(made_up: Any) -> None:
    """Next to words, too; none where the recorded runs can't be asked."""
    stated: list[Any] = [([["x", 0.9]], {"first": 1}), (["x"], {"first": 1})]
    stated.append(({"x": 0.9}, {"differences": {"gap": ["x", "x"]}}))
    values = [[[["x", 0.9]]] * 64] * 2 + [[0.5] * 64]
    found = [made_up(v, doc, {"reference": rule}) for v, (doc, rule) in zip(values, stated, strict=True)]
    assert [each.statement for each in found] == ["compatible", "", ""]


def test_a_summary_says_how_many_runs_show_what_is_printed(made_up: Any) -> None:
    """A first name, the sign of a difference, or what the run shows; and whether so few can exclude it."""
    names = made_up([["x"]] * 48 + [["y"]] * 16, ["x"], {"reference": {"first": 1}})
    longer = made_up([["x", "y"]] * 64, ["x", "y"], {"reference": {"first": 2}})
    high = {"shown": [{"rule": {"at_least": {"bound": 0.5}}}]}
    shown = made_up([0.9] * 3 + [0.1] * 60 + [None], "high", {"reference": high})

    assert names.shows == ("the printed name is the first in 48 of 64 runs",)
    assert longer.shows == ()
    assert shown.shows == ("3 of 64 runs show it", "can hold or stay open, never fail at 64 runs")


def test_claims_without_recorded_runs(bench: Any, references: Any) -> None:
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
