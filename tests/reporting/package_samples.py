"""Results with the recorded runs that the package has, for the tests of reports."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

from workshop.book import Book, package_book
from workshop.ledger import Ledger
from workshop.samples.recorded import Recordings
from workshop.verification.results import Results, SampleSummary
from workshop.verification.sample_summaries import SampleSummaries

CPU = {"device": "cpu"}


@cache
def summary(claim: str, **environment: str) -> SampleSummary | None:
    """Return the summary of a claim's recorded runs in an environment, made once for all tests."""
    return _summaries(**environment).of(package_book().ledger.claims[claim])


@cache
def _summaries(**environment: str) -> SampleSummaries:
    return SampleSummaries(Recordings(package_book(), environment))


def with_samples(results: Results, ledger: Ledger, environment: Mapping[str, str] = CPU) -> Results:
    """Return results with the recorded runs that count in an environment."""
    if ledger is package_book().ledger:
        of = partial(summary, **environment)
    else:
        summaries = SampleSummaries(Recordings(Book(ledger), environment))
        of = lambda name: summaries.of(ledger.claims[name])  # noqa: E731
    records = (replace(r, sample=of(r.id)) if r.id in ledger.claims else r for r in results.claims)
    return Results(results.environment, tuple(records))
