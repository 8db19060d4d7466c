"""What a claim's reference sample holds, number by number, and what was measured of each of them today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workshop.ledger import Claim
from workshop.ledger.rules import PrintedAmongRuns, PrintedRanking
from workshop.ledger.values import is_number, leaves, plain
from workshop.verification.results import NumberSummary, Record, SampleSummary, made_text
from workshop.wording.pairs import SUMMARY, Today, is_summary

if TYPE_CHECKING:
    import numpy as np


def made_with(sample: SampleSummary) -> str:
    """Return the versions with which the first of the recorded runs was made."""
    return made_text(sample.units[0].environment)


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
        single = rule.numbers(plain(measured), claim.documented)
    except (ValueError, LookupError, TypeError):
        return {}  # words, null, or the first of several rankings
    return {name: Today(value, value, value) for name, value in single.items() if name in names}


def by_name(claim: Claim, record: Record) -> dict[str, Today]:
    """Return what a sum of several seeds holds of each of several numbers; none where these have no names."""
    measured = record.measured
    if record.sample is None or not claim.rule.needs_sample:
        return {}
    if not (is_summary(measured) and isinstance(measured["median"], list)):
        return {}
    names = [number.name for number in record.sample.numbers]
    return {} if any(name.startswith("[") for name in names) else today(claim, measured, names)


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


def finite(number: NumberSummary) -> np.ndarray[Any, Any]:
    """Return the values of the runs that gave a number; float64."""
    import numpy as np

    return np.array([run for run in number.runs if run is not None], dtype=np.float64)
