"""The differences between the measured values of a claim in several files, number by number.

Samples of runs are compared by their medians, and samples without numbers by their first run. Rankings are
compared by how many documented names are among the first ones. A claim with a reference sample has its
differences in standard deviations of single recorded runs, so medians of many seeds move less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from workshop.ledger import Claim
from workshop.values import is_number, named_leaves, same
from workshop.verification.results import Record
from workshop.wording.pairs import today

# less is slight: in standard deviations, or else relative to the number, and to 1 for numbers below 1
LEAST_DEVIATIONS = 0.01
LEAST = 1e-6


@dataclass(frozen=True)
class Difference:
    """A number minus the one it is compared with: absolute, relative to that, and in standard deviations.

    `relative` to 0 is None, and so are `deviations` without a reference sample, and all three of text.
    """

    absolute: float | None
    relative: float | None
    deviations: float | None
    slight: bool

    @property
    def size(self) -> float:
        """The size by which differences are sorted: in standard deviations, else relative, else ∞."""
        size = self.deviations if self.deviations is not None else self.relative
        return math.inf if size is None else abs(size)

    @property
    def text(self) -> str:
        """The difference in words, "" if there is none between numbers."""
        if self.deviations is not None:
            return f"{self.deviations:+.2f} sd"
        if self.absolute is None:
            return ""
        relative = "" if self.relative is None else f", {100 * self.relative:+.3g}%"
        return f"{self.absolute:+.3g}{relative}"


@dataclass(frozen=True)
class Move:
    """A number of a claim, named by its path, that is not the same in all files.

    `values` has it by the file's index, without files that did not measure it; all are compared with the
    first of them. `deviation` is the standard deviation of its recorded runs, if any.
    """

    path: str
    values: Mapping[int, Any]
    deviation: float | None

    @cached_property
    def differences(self) -> Mapping[int, Difference]:
        """The differences from the first file that measured it, by the index of each file that differs."""
        first = self.values[min(self.values)]
        return {
            index: _difference(first, value, self.deviation)
            for index, value in self.values.items()
            if not same(first, value)
        }

    @property
    def slight(self) -> bool:
        """Whether all differences are slight."""
        return all(difference.slight for difference in self.differences.values())

    @property
    def size(self) -> float:
        """The size of the largest difference."""
        return max(difference.size for difference in self.differences.values())


def moves_of(records: Sequence[Record | None], claim: Claim | None) -> tuple[Move, ...]:
    """Return the numbers of a claim that differ from those of the first file that measured it.

    Standard deviations are those of the first recorded runs that a file has of the claim.
    """
    measured = {i: r.measured for i, r in enumerate(records) if r is not None and r.measured is not None}
    if len(measured) < 2:
        return ()
    first = min(measured)
    sampled = claim is not None and claim.rule.needs_sample
    samples = (record.sample for record in records if record is not None and sampled)
    sample = next(filter(None, samples), None)
    recorded = {} if sample is None else {number.name: _deviation(number.runs) for number in sample.numbers}
    numbers: dict[int, Mapping[str, Any]] = {}
    for i, value in measured.items():
        record = records[i]
        medians = {} if record is None else {path: number.median for path, number in today(record).items()}
        numbers[i] = medians if sampled and medians else dict(named_leaves(value))
    alike = {i: leaves for i, leaves in numbers.items() if set(leaves) == set(numbers[first])}
    moves = [
        Move(path, {i: leaves[path] for i, leaves in alike.items()}, recorded.get(path))
        for path in numbers[first]
    ]
    # a value of another structure is compared as a whole
    moves += [Move("", {first: measured[first], i: measured[i]}, None) for i in numbers if i not in alike]
    return tuple(move for move in moves if move.differences)


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


def _deviation(runs: Sequence[float | None]) -> float | None:
    """Return the standard deviation of a recorded number, None where runs crashed or are all alike."""
    if len(runs) < 2 or None in runs:
        return None
    with np.errstate(over="ignore"):  # a file of others may have any finite numbers
        deviation = float(np.std(np.array(runs, dtype=np.float64), ddof=1))
    return deviation if 0 < deviation < math.inf else None
