"""What of a claim's measured value differs between files, number by number, and by how much.

A sample of runs is compared by its medians; one that is no numbers by its first run, and of a ranking by how
many documented names are among its first. Where the claim rests on a reference sample, differences are told
in standard deviations of its recorded runs: of single runs, so that medians of many seeds move less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from workshop.ledger import Claim
from workshop.ledger.values import is_number, leaves, pairs, same
from workshop.samples.recorded import NotDecidable, recorded_runs
from workshop.verification.results import Record

# what moved by less is slight: of standard deviations, or else of the number, and of 1 for numbers below 1
LEAST_DEVIATIONS = 0.01
LEAST = 1e-6


@dataclass(frozen=True)
class Difference:
    """A number minus the one it is compared with; `relative` to that, `deviations` of the reference sample.

    Each is None where there is none: nothing is relative to 0, and text has no difference at all.
    """

    absolute: float | None
    relative: float | None
    deviations: float | None
    slight: bool

    @property
    def size(self) -> float:
        """How far it is, for ordering: in standard deviations or else relative; ∞ where neither tells."""
        told = self.deviations if self.deviations is not None else self.relative
        return math.inf if told is None else abs(told)


@dataclass(frozen=True)
class Move:
    """A number of a claim, by its path, that is not the same in all files.

    `values` holds it by the file's place, without files that did not measure it: the first one that did is
    what the others are compared with. `deviation` is the standard deviation of its recorded runs, if any.
    """

    path: str
    values: Mapping[int, Any]
    deviation: float | None

    @cached_property
    def differences(self) -> Mapping[int, Difference]:
        """The differences from the first file that measured it, of those that differ, by their places."""
        first = self.values[min(self.values)]
        return {
            place: _difference(first, value, self.deviation)
            for place, value in self.values.items()
            if not same(first, value)
        }

    @property
    def slight(self) -> bool:
        """Whether no file differs by much."""
        return all(difference.slight for difference in self.differences.values())

    @property
    def size(self) -> float:
        """How far the farthest file is."""
        return max(difference.size for difference in self.differences.values())


def moves_of(
    records: Sequence[Record | None], claim: Claim | None, environment: Mapping[str, str]
) -> tuple[Move, ...]:
    """Return the numbers of a claim that differ from the first file's that measured it, in their order.

    The reference sample is that of `environment`; a claim of which the ledger knows nothing (None) has none.
    Raises DamagedReference.
    """
    measured = {p: r.measured for p, r in enumerate(records) if r is not None and r.measured is not None}
    if len(measured) < 2:
        return ()
    first = min(measured)
    sampled = claim is not None and claim.rule.needs_sample
    recorded = _deviations(claim, environment) if claim is not None and sampled else {}
    whole = {p: v for p, v in measured.items() if not is_sample(v)}
    names = list(recorded) or next((list(_paths(value)) for value in whole.values()), [])
    numbers = {place: _numbers(value, claim, names) for place, value in measured.items()}
    alike = {p: own for p, own in numbers.items() if set(own) == set(numbers[first])}
    found = [
        Move(path, {p: own[path] for p, own in alike.items()}, recorded.get(path)) for path in numbers[first]
    ]
    # of another structure, so that no number stands for another
    found += [Move("", {first: measured[first], p: measured[p]}, None) for p in numbers if p not in alike]
    return tuple(move for move in found if move.differences)


def _difference(first: Any, other: Any, deviation: float | None) -> Difference:
    if not (is_number(first) and is_number(other)):
        return Difference(None, None, None, slight=False)
    absolute = other - first
    deviations = None if deviation is None else absolute / deviation
    if deviations is not None:
        slight = abs(deviations) < LEAST_DEVIATIONS
    else:
        counts = isinstance(first, int) and isinstance(other, int)
        slight = not counts and abs(absolute) <= LEAST * max(1.0, abs(first), abs(other))
    return Difference(absolute, absolute / abs(first) if first else None, deviations, slight)


def _deviations(claim: Claim, environment: Mapping[str, str]) -> dict[str, float | None]:
    """Return the standard deviation of each recorded number, None where runs crashed or are all alike."""
    try:
        columns = recorded_runs(claim, environment).numbers
    except NotDecidable:  # the claim's own verdict says what is wrong with them
        return {}
    spreads = {
        name: float(values.std(ddof=1)) if np.isfinite(values).all() and len(values) > 1 else 0.0
        for name, values in columns.items()
    }
    return {name: spread or None for name, spread in spreads.items()}


def _numbers(measured: Any, claim: Claim | None, names: Sequence[str]) -> dict[str, Any]:
    """Return the leaves of a measured value by their paths; those of a sample's medians have lost theirs."""
    if is_sample(measured):
        if "first" not in measured:
            medians = list(leaves(measured["median"]))
            paths = names if len(names) == len(medians) else list(_paths(measured["median"]))
            return dict(zip(paths, medians, strict=True))
        measured = measured["first"]
    if claim is not None and claim.rule.needs_sample:
        try:
            return {**claim.sampled_rule.numbers(measured, claim.documented)}
        except (ValueError, LookupError, TypeError):
            pass  # a diverged run is null in JSON, no number
    return _paths(measured)


def is_sample(measured: Any) -> bool:
    """Whether a measured value is what a results file holds of several seeds."""
    return isinstance(measured, dict) and (
        measured.keys() == {"seeds", "median", "minimum", "maximum"} or measured.keys() == {"seeds", "first"}
    )


def _paths(value: Any) -> dict[str, Any]:
    """Return the leaves of a value by their paths."""
    return {where.lstrip("."): leaf for where, leaf, _ in pairs(value, value)}
