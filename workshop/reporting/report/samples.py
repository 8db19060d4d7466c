"""What a claim's reference sample holds, number by number, and what was measured of each of them today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.ledger import Claim
from workshop.ledger.references import Reference
from workshop.ledger.values import is_number, leaves, plain
from workshop.verification.reference import as_numbers, recorded_values, reference_sample
from workshop.verification.statistics import Numbers
from workshop.verification.stochastic import NotDecidable, usual_fresh

_LIBRARIES = ("tensorflow", "keras", "nltk", "gensim", "numpy")
_SUMMARY = ("seeds", "median", "minimum", "maximum")


@dataclass(frozen=True)
class Recorded:
    """The recorded runs of a claim: each number by its path, how many seeds a run of today draws, and more.

    `made` tells the versions they were recorded with, `dates` when, `substitutes` on what substitute data.
    """

    numbers: Mapping[str, Numbers]
    fresh: int
    made: str
    dates: str
    substitutes: tuple[str, ...]


@dataclass(frozen=True)
class Today:
    """What today's runs gave of a number: the median and the range over so many seeds."""

    median: float
    low: float
    high: float


def recorded(claim: Claim, environment: Mapping[str, str]) -> Recorded:
    """Return the recorded runs of a stochastic claim that count in an environment.

    Raises NotDecidable or DamagedReference, both ValueErrors, naming what lacks and the remedy.
    """
    rule = claim.rule
    assert isinstance(rule, Reference)
    found = {m.unit: reference_sample(m.unit, environment) for m in claim.measures().values()}
    samples = {unit: sample for unit, sample in found.items() if sample is not None}
    if len(samples) < len(found):
        (lacking, *_) = [unit for unit in found if unit not in samples]
        device = environment.get("device", "cpu")
        raise NotDecidable(f"{lacking} has no reference sample of a {device}: workshop calibrate {lacking}")
    try:
        values = recorded_values(claim, samples)
        numbers = as_numbers(values, lambda value: rule.numbers(value, claim.documented))
    except (ValueError, LookupError, TypeError) as error:
        raise NotDecidable(str(error.args[0])) from None
    first = next(iter(samples.values()))
    made = first.environments[first.runs[0].environment]
    dates = sorted({run.date[:10] for sample in samples.values() for run in sample.runs})
    return Recorded(
        numbers,
        usual_fresh(max(sample.seconds for sample in samples.values())),
        ", ".join(f"{name} {made[name]}" for name in _LIBRARIES if name in made),
        dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}",
        tuple(sorted({line for sample in samples.values() for line in sample.substitutes})),
    )


def is_summary(measured: Any) -> bool:
    """Whether a measured value of the results sums up several seeds' numbers."""
    return isinstance(measured, Mapping) and tuple(measured) == _SUMMARY


def today(claim: Claim, measured: Any, names: list[str]) -> dict[str, Today]:
    """Return what the results hold of each number of a stochastic claim; none where they hold no numbers."""
    rule = claim.rule
    assert isinstance(rule, Reference)
    if is_summary(measured):
        columns = [list(leaves(measured[key])) for key in _SUMMARY[1:]]
        if {len(column) for column in columns} != {len(names)} or any(s.ranks for s in rule.shares):
            return {}
        rows = zip(names, *columns, strict=True)
        return {name: Today(*row) for name, *row in rows if all(is_number(v) for v in row)}
    try:
        single = rule.numbers(plain(measured), claim.documented)
    except (ValueError, LookupError, TypeError):
        return {}  # words, null, or the first of several rankings
    return {name: Today(value, value, value) for name, value in single.items() if name in names}


def by_name(claim: Claim, measured: Any, environment: Mapping[str, str]) -> dict[str, Today]:
    """Return what a sum of several seeds holds of each of several numbers; none where these have no names."""
    if not (
        isinstance(claim.rule, Reference) and is_summary(measured) and isinstance(measured["median"], list)
    ):
        return {}
    try:
        names = list(recorded(claim, environment).numbers)
    except ValueError:
        return {}
    return {} if any(name.startswith("[") for name in names) else today(claim, measured, names)


def naive(beside: Mapping[str, Any], names: list[str]) -> dict[str, float]:
    """Return what the naive baseline gives for each number, where the results have it beside the claim."""
    for label, value in beside.items():
        if "naive" in label:
            numbers = list(leaves(value["median"] if is_summary(value) else value))
            if len(numbers) == len(names) and all(is_number(number) for number in numbers):
                return dict(zip(names, numbers, strict=True))
    return {}


def placed(claim: Claim, value: Any) -> dict[str, tuple[float, float]]:
    """Return the intervals that the numbers of a printed value stand for; none if it places no numbers."""
    rule = claim.rule
    assert isinstance(rule, Reference)
    if value is None or not rule.places_printed:
        return {}
    try:
        return {name: rule.interval(number) for name, number in rule.placed(value).items()}
    except ValueError:
        return {}


def finite(values: Numbers) -> Numbers:
    """Return the values of runs that gave a number."""
    return values[np.isfinite(values)]
