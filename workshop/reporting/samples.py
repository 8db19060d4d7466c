"""A claim's numbers by their names in print or in its recorded runs, and what a run gave of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workshop.ledger import Claim
from workshop.ledger.rules import PrintedAmongRuns, PrintedRanking
from workshop.ledger.values import is_number, leaves, numbers_in
from workshop.verification.results import SampleSummary
from workshop.wording.pairs import SUMMARY, Today, is_summary, printed_part


@dataclass(frozen=True)
class RunNumbers:
    """What a run gave of a claim's numbers: of those of recorded runs `today` and by the `naive` baseline.

    `names` : of the recorded runs' numbers, or of the printed ones without such runs. `named` : today's, if
    they are several seeds' and have names of their own. `alone` : this run's where no recorded runs decide.
    """

    names: tuple[str, ...]
    today: Mapping[str, Today] = field(default_factory=dict)
    naive: Mapping[str, float] = field(default_factory=dict)
    named: Mapping[str, Today] = field(default_factory=dict)
    alone: Mapping[str, float] = field(default_factory=dict)


def run_numbers(
    claim: Claim, sample: SampleSummary | None, measured: Any = None, beside: Mapping[str, Any] = {}
) -> RunNumbers:
    """Return what a claim's record has of its numbers: what it `measured`, and what is shown next to that."""
    names = tuple(numbers_of(claim, claim.documented))
    if not claim.rule.needs_sample:
        run = numbers_of(claim, printed_part(claim, measured)) if claim.rule.needs_run else {}
        return RunNumbers(names, alone=run)
    found: dict[str, Today] = {}
    if sample is not None and not sample.problem:
        names = tuple(number.name for number in sample.numbers)
        found = today(claim, measured, names)
    baseline = _naive(beside, names)
    several = is_summary(measured) and isinstance(measured["median"], list)
    named = several and not any(name.startswith("[") for name in names)
    return RunNumbers(names, found, baseline, found if named else {})


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


def _naive(beside: Mapping[str, Any], names: Sequence[str]) -> dict[str, float]:
    """Return what the naive baseline gives for each number, where the results have it."""
    for label, value in beside.items():
        if "naive" in label:
            numbers = list(leaves(value["median"] if is_summary(value) else value))
            if len(numbers) == len(names) and all(map(is_number, numbers)):
                return dict(zip(names, numbers, strict=True))
    return {}


def today(claim: Claim, measured: Any, names: Sequence[str]) -> dict[str, Today]:
    """Return what the results hold of each number of a stochastic claim; none where they hold no numbers."""
    rule = claim.sampled_rule
    if is_summary(measured):
        columns = [list(leaves(measured[key])) for key in SUMMARY[1:]]
        if isinstance(rule, PrintedRanking) or {len(column) for column in columns} != {len(names)}:
            return {}
        rows = zip(names, *columns, strict=True)
        return {name: Today(*row) for name, *row in rows if all(map(is_number, row))}
    try:
        single = rule.numbers(measured, claim.documented)
    except (ValueError, LookupError, TypeError):
        return {}  # words, null, or the first of several rankings
    return {name: Today(value, value, value) for name, value in single.items() if name in names}
