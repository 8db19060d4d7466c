"""The alarm: the results of a run that failed, with both values and the commands that find out why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop.ledger import Claim, Ledger
from workshop.reporting.describe import command
from workshop.reporting.report.columns import ValueCell, columns
from workshop.verification.results import Record, Results
from workshop.wording.numbers import four_digits
from workshop.wording.places import label

_LARGE = 14  # characters of a value in large figures; a longer one is smaller


@dataclass(frozen=True)
class FailureRow:
    """A failed claim: where it is, the book's value and the run's, why it failed, and two commands.

    `large` : whether both values are short enough for large figures.
    """

    claim: Claim
    label: str
    book: ValueCell
    run: ValueCell
    large: bool
    why: str
    again: str
    since: str


def failures(results: Results, ledger: Ledger) -> list[FailureRow]:
    """Return the failed claims in the book's order, our own last."""
    failed = [record for record in results.claims if record.verdict == "failed"]
    return [
        _failure(ledger.claims[record.id], record, ledger, results.environment)
        for record in sorted(failed, key=lambda record: record.ours)
    ]


def _failure(claim: Claim, record: Record, ledger: Ledger, environment: Mapping[str, Any]) -> FailureRow:
    book, run = columns(claim, record)
    missed = (
        f"Missed by {four_digits(-record.margin)}: "
        if record.margin is not None and record.margin < 0
        else ""
    )
    why = f"{missed}{record.rule if missed else record.reason}"
    return FailureRow(
        claim,
        label(claim.unit, ledger),
        book,
        run,
        all(map(_is_short, (book, run))),
        why,
        command(claim, environment),
        f"workshop bisect {claim.id}",
    )


def _is_short(cell: ValueCell) -> bool:
    return len(cell.lines) < 2 and all(len(text) <= _LARGE for _, text in cell.lines)
