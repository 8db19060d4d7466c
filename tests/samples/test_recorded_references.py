"""The reference samples of the package: large enough, and every test on them can alarm."""

from __future__ import annotations

from functools import cache

import pytest

from workshop.ledger import ledger
from workshop.samples.model import quantity
from workshop.samples.recorded import Recordings
from workshop.statistics.hypothesis_tests import FALSE_ALARM, keeps_to, smallest_rank_p
from workshop.verification.seeds_to_draw import FRESH, usual_fresh

# the package's own samples, not those of an era
NEWEST = Recordings({"device": "cpu"})
STOCHASTIC = [c for c in ledger().claims.values() if c.rule.needs_sample]


@cache
def level() -> float:
    """Return what a single drift test must reach beside all others."""
    return FALSE_ALARM / NEWEST.family_size(ledger())


def least_runs(seconds: float) -> int:
    """Return how many runs a sample of a unit of this cost has at least."""
    return 30 if seconds <= 10 else 10 if seconds <= 60 else 5


@pytest.mark.parametrize("claim", STOCHASTIC, ids=lambda claim: claim.id)
def test_all_that_a_stochastic_claim_measures_is_recorded(claim) -> None:
    """For at least 30 seeds; ten where one takes over ten seconds, five where it takes over a minute."""
    samples = NEWEST.of(claim).samples.by_unit
    for measure in claim.measures().values():
        assert quantity(measure) in samples[measure.unit].quantities
    for sample in samples.values():
        assert len(sample.runs) >= least_runs(sample.seconds)
    assert all(len(column) for column in NEWEST.of(claim).numbers.values())


def mute(claim) -> list[str]:
    """Return a claim's numbers whose drift test could not alarm.

    It can by rank with the seeds drawn (FRESH after a first stage), or on a scale that the runs keep to.
    """
    numbers = NEWEST.of(claim).numbers
    fresh = max(FRESH, usual_fresh(NEWEST.of(claim).samples.seconds))
    return [
        name
        for name, recorded in numbers.items()
        if smallest_rank_p(len(recorded), fresh) > level()
        and (claim.rule.scale is None or not keeps_to(recorded, claim.rule.scale, len(numbers)))
    ]


@pytest.mark.parametrize("claim", STOCHASTIC, ids=lambda claim: claim.id)
def test_each_claims_drift_test_can_alarm(claim) -> None:
    """Of some number at least."""
    assert len(mute(claim)) < len(NEWEST.of(claim).numbers)


def measured(claim) -> list[str]:
    """Return a claim's numbers less the counts and places, which take few values and are on no scale."""
    return [name for name, recorded in NEWEST.of(claim).numbers.items() if (recorded % 1).any()]


def test_nearly_all_drift_tests_can_alarm() -> None:
    """Those of one number in fifty can't: few runs of it, with a long tail.

    Counts and places are apart: of slow units none can, but beside each of them stands a number that can.
    """
    numbers = [(claim, measured(claim)) for claim in STOCHASTIC]

    silent = sum(name in names for claim, names in numbers for name in mute(claim))
    assert silent <= sum(len(names) for _, names in numbers) / 50


@pytest.mark.parametrize(
    "claim", [claim for claim in STOCHASTIC if claim.rule.scale is not None], ids=lambda claim: claim.id
)
def test_a_stated_scale_is_one_that_some_quantity_keeps_to(claim) -> None:
    """A scale on which no recorded quantity is normal would never exclude a printed value."""
    recorded = NEWEST.of(claim).numbers
    assert any(keeps_to(values, claim.rule.scale, len(recorded)) for values in recorded.values())
