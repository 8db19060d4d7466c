"""The alarm: the results of a run that failed, with both values and the commands that find out why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop.figures.alt_text import four_digits
from workshop.ledger import Claim, Ledger
from workshop.reporting.describe import command
from workshop.reporting.formatting import book_and_run
from workshop.reporting.places import label
from workshop.verification.results import Record, Results

_ROOM = 30  # characters of a value in large figures
_LARGE = 14  # a longer one is smaller


@dataclass(frozen=True)
class Failure:
    """A failed claim: where it is, the book's value and the run's, why it failed, and two commands.

    `large` : whether both values are short enough for large figures.
    """

    claim: Claim
    label: str
    book: str
    run: str
    large: bool
    why: str
    again: str
    since: str


def failures(results: Results, ledger: Ledger) -> list[Failure]:
    """Return the failed claims in the book's order, our own last."""
    failed = [record for record in results.claims if record.verdict == "failed"]
    return [
        _failure(ledger.claims[record.id], record, ledger, results.environment)
        for record in sorted(failed, key=lambda record: record.ours)
    ]


def _failure(claim: Claim, record: Record, ledger: Ledger, environment: Mapping[str, Any]) -> Failure:
    book, run = book_and_run(claim, record.measured, _ROOM)
    missed = record.margin is not None and record.margin < 0
    why = f"{record.rule}: missed by {four_digits(-record.margin)}" if missed and record.margin else record.reason
    return Failure(
        claim,
        label(claim.unit, ledger),
        book,
        run or "nothing",
        max(len(book), len(run)) <= _LARGE,
        why,
        command(claim, environment),
        f"workshop bisect {claim.id}",
    )
