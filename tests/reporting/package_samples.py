"""Results with the recorded runs that the package has, for the tests of reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from workshop.book import Book, package_book
from workshop.ledger import Ledger
from workshop.samples.recorded import Recordings
from workshop.verification.results import Results
from workshop.verification.sample_summaries import SampleSummaries

CPU = {"device": "cpu"}


@cache
def recordings_in(**environment: str) -> Recordings:
    """Return the package's recorded runs in an environment."""
    return Recordings(package_book(), environment)


def with_samples(results: Results, ledger: Ledger, environment: Mapping[str, str] = CPU) -> Results:
    """Return results with the recorded runs that count in an environment."""
    own = ledger is package_book().ledger
    recordings = recordings_in(**environment) if own else Recordings(Book(ledger), environment)
    summaries = SampleSummaries(recordings)
    records = (
        replace(r, sample=summaries.of(ledger.claims[r.id])) if r.id in ledger.claims else r
        for r in results.claims
    )
    return Results(results.environment, tuple(records))
