"""Recording within a budget of time: which unit gets its next planned size, and what that bought.

The least certain unit comes first: the one with the smallest number of recorded runs. What its claims say
plays no part, so a verdict neither ends a recording nor prolongs it, and verdicts are taken at the planned
sizes alone.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from workshop.errors import UsageError, WorkshopError
from workshop.ledger import Claim, Ledger
from workshop.samples.model import ReferenceSample, recorded_values, reference_sample
from workshop.samples.recorded import RecordedRuns, Samples, column_numbers
from workshop.statistics.sizes import SIZES, full_size, largest_size
from workshop.verification.printed_vs_recorded import answer

_UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Block:
    """The seeds from a unit's present number of runs to its next planned size, and the core's seconds."""

    unit: str
    runs: int
    size: int
    work: float


@dataclass(frozen=True)
class Bought:
    """What a block gave: the seconds that it took, and how many statements were decided before and after."""

    block: Block
    seconds: float
    decided_before: int
    decided: int
    statements: int


def parse_budget(text: str) -> float:
    """Return the seconds of a budget such as `90s`, `30m` or `2h`. Raises UsageError."""
    match = re.fullmatch(r"(\d{1,6})([smh])", text)
    if match is None or not int(match[1]):
        raise UsageError(f"--budget {text}: write it like 30m or 2h")
    return float(int(match[1]) * _UNITS[match[2]])


def next_block(sample: ReferenceSample) -> Block | None:
    """Return the next block of a unit, None if it has the largest planned size."""
    runs = len(sample.runs)
    size = next((size for size in SIZES if runs < size <= largest_size(sample.seconds)), None)
    return None if size is None else Block(sample.unit, runs, size, (size - runs) * sample.seconds)


def choose(blocks: Iterable[Block], seconds: float, cores: int) -> Block | None:
    """Return the block of the least certain unit that so many seconds are enough for, None without one.

    Seeds of a block run on several cores, but each seed on one. Of equally certain units the quickest is
    first.
    """
    fitting = [block for block in blocks if seconds_of(block, cores) <= seconds]
    return min(fitting, key=lambda block: (full_size(block.runs), block.work, block.unit), default=None)


def seconds_of(block: Block, cores: int) -> float:
    """Return the seconds that a block takes on so many cores."""
    seeds = block.size - block.runs
    return -(-seeds // cores) * block.work / seeds


def record_within(
    ledger: Ledger,
    units: Sequence[str],
    seconds: float,
    environment: Mapping[str, str],
    cores: int,
    record: Callable[[str, int], ReferenceSample],
    *,
    bought: Callable[[Bought], None],
    refused: Callable[[str], None],
) -> list[Block]:
    """Record blocks until none fits into what is left of so many seconds; return those that are left.

    `record` records a unit up to a size; what it refuses is left out. `bought` gets each block, `refused` why
    a unit can't be recorded.
    """
    end = time.monotonic() + seconds
    samples = {unit: reference_sample(unit, environment) for unit in units}
    for unit, sample in samples.items():
        if sample is None:
            refused(f"{unit}: nothing is recorded, so its cost is unknown: workshop record {unit} --seeds 5")
    known = {unit: sample for unit, sample in samples.items() if sample is not None}
    while True:
        blocks = [block for sample in known.values() if (block := next_block(sample)) is not None]
        block = choose(blocks, end - time.monotonic(), cores)
        if block is None:
            return blocks
        begun, before = time.monotonic(), known[block.unit]
        try:
            sample = record(block.unit, block.size)
        except WorkshopError as error:
            refused(str(error))
            del known[block.unit]
            continue
        claims = _claims(ledger, block.unit)
        decided_before, decided = _decided(claims, before), _decided(claims, sample)
        bought(Bought(block, time.monotonic() - begun, decided_before, decided, len(claims)))
        known[block.unit] = sample
        if len(sample.runs) < block.size:
            del known[block.unit]


def _claims(ledger: Ledger, unit: str) -> list[Claim]:
    """Return the claims that a unit's recorded runs alone decide."""
    return [
        claim
        for claim in ledger.claims.values()
        if claim.rule.needs_sample and {m.unit for m in claim.measures().values()} == {unit}
    ]


def _decided(claims: Iterable[Claim], sample: ReferenceSample) -> int:
    """Return how many statements of claims a sample decides at its planned size, either way."""
    found: Counter[str] = Counter()
    for claim in claims:
        by_unit = {sample.unit: sample}
        try:
            values = recorded_values(claim, by_unit)
            numbers = column_numbers(claim, values)
            runs = RecordedRuns(claim, Samples(by_unit, None, True), values, numbers)
            found[answer(runs, claim.documented).answer] += 1
        except (WorkshopError, LookupError):  # the claim's own verdict says what is wrong
            continue
    return found["compatible"] + found["excluded"]
