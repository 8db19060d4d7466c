"""Results with the recorded runs that the package has, for the tests of reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from workshop.book import Book
from workshop.ledger import Ledger
from workshop.samples.recorded import Recordings
from workshop.verification import sample_summaries
from workshop.verification.results import Results
from workshop.verification.sample_summaries import SampleSummaries

CPU = {"device": "cpu"}


def with_samples(results: Results, ledger: Ledger, environment: Mapping[str, str] = CPU) -> Results:
    """Return results with the recorded runs that count in an environment."""
    summaries = SampleSummaries(Recordings(Book(ledger), environment))
    records = (
        replace(r, sample=summaries.of(ledger.claims[r.id], len(r.seeds))) if r.id in ledger.claims else r
        for r in results.claims
    )
    return Results(results.environment, tuple(records))


@pytest.fixture
def no_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the simulation of what seeds would notice: it takes seconds, and other tests run it."""
    monkeypatch.setattr(sample_summaries, "smallest_drift", lambda *_: 0.5)
