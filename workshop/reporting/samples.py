"""A claim's numbers by their names in print or in its recorded runs, and what a run gave of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshop.ledger import Claim
from workshop.ledger.rules import PrintedAmongRuns
from workshop.values import numbers_in
from workshop.verification.results import Record, SampleSummary
from workshop.wording.pairs import Today, today


def names_of(claim: Claim, sample: SampleSummary | None) -> tuple[str, ...]:
    """Return the names of the recorded runs' numbers, or of the printed ones without such runs."""
    if claim.rule.needs_sample and sample is not None and not sample.problem:
        return tuple(number.name for number in sample.numbers)
    return tuple(numbers_of(claim, claim.documented))


def numbers_of(claim: Claim, value: Any) -> dict[str, float]:
    """Return the numbers of a value by the names that they have in the claim, or in its recorded runs."""
    if value is None or not isinstance(claim.rule, PrintedAmongRuns):
        return dict(numbers_in(value))
    try:
        return claim.rule.placed(value)
    except ValueError:
        return {}


def placed(claim: Claim, value: Any) -> dict[str, tuple[float, float]]:
    """Return the intervals that the numbers of a printed value stand for; none if it places no numbers."""
    if value is None or not isinstance(claim.rule, PrintedAmongRuns):
        return {}
    return {name: claim.rule.interval(number) for name, number in numbers_of(claim, value).items()}


def naive(record: Record | None) -> Mapping[str, Today]:
    """Return what the naive forecast gives for each number, where the results have it next to a run's."""
    beside = {} if record is None else record.beside
    return next((today(shown) for label, shown in beside.items() if "naive" in label), {})
