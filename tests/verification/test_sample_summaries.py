"""What results say of recorded runs: where they come from, their numbers, and what seeds can notice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.toy.bench import EXACT, LOSS, PAIR, setup
from workshop.execution.environment import this_environment
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
