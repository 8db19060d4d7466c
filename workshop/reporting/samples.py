"""What a claim's reference sample holds, number by number, and what was measured of each of them today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop.ledger import Claim
from workshop.ledger.rules import PrintedAmongRuns, PrintedRanking
from workshop.ledger.values import is_number, leaves
from workshop.verification.results import Record
from workshop.wording.pairs import SUMMARY, Today, is_summary


def today(claim: Claim, measured: Any, names: list[str]) -> dict[str, Today]:
    """Return what the results hold of each number of a stochastic claim; none where they hold no numbers."""
    rule = claim.sampled_rule
    if is_summary(measured):
        columns = [list(leaves(measured[key])) for key in SUMMARY[1:]]
        if isinstance(rule, PrintedRanking) or {len(column) for column in columns} != {len(names)}:
            return {}
        rows = zip(names, *columns, strict=True)
        return {name: Today(*row) for name, *row in rows if all(is_number(v) for v in row)}
    try:
        single = rule.numbers(measured, claim.documented)
    except (ValueError, LookupError, TypeError):
        return {}  # words, null, or the first of several rankings
    return {name: Today(value, value, value) for name, value in single.items() if name in names}


@dataclass(frozen=True)
class RunNumbers:
    """What a run gave of the numbers of recorded runs by their names, `today` and by the `naive` baseline.

    `named` : today's, if they are several seeds' and have names of their own.
    """

    today: Mapping[str, Today]
    naive: Mapping[str, float]
    named: Mapping[str, Today]


def run_numbers(claim: Claim, record: Record) -> RunNumbers:
    """Return what a record has of the numbers of its claim's recorded runs; nothing for other claims."""
    if record.sample is None or not claim.rule.needs_sample:
        return RunNumbers({}, {}, {})
    names = [number.name for number in record.sample.numbers]
    found = today(claim, record.measured, names)
    several = is_summary(record.measured) and isinstance(record.measured["median"], list)
    named = several and not any(name.startswith("[") for name in names)
    return RunNumbers(found, naive(record.beside, names), found if named else {})


def naive(beside: Mapping[str, Any], names: list[str]) -> dict[str, float]:
    """Return what the naive baseline gives for each number, where the results have it."""
    for label, value in beside.items():
        if "naive" in label:
            numbers = list(leaves(value["median"] if is_summary(value) else value))
            if len(numbers) == len(names) and all(is_number(number) for number in numbers):
                return dict(zip(names, numbers, strict=True))
    return {}


def placed(claim: Claim, value: Any) -> dict[str, tuple[float, float]]:
    """Return the intervals that the numbers of a printed value stand for; none if it places no numbers."""
    rule = claim.rule
    if value is None or not isinstance(rule, PrintedAmongRuns):
        return {}
    try:
        return {name: rule.interval(number) for name, number in rule.placed(value).items()}
    except ValueError:
        return {}
