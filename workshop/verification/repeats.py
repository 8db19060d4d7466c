"""Recorded seeds repeated today: do a claim's parts still give what they gave when they were recorded?"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from workshop.execution.calling import Made
from workshop.execution.planner import Job
from workshop.ledger import Claim
from workshop.paths import Measure, is_within
from workshop.samples.model import quantity
from workshop.samples.recorded import RecordedRuns
from workshop.samples.repeats import (
    PartRepeats,
    SeedComparison,
    SeedDifference,
    UnitRepeats,
    code_of,
    compare,
    compare_entries,
    entries,
)
from workshop.wording.numbers import counted, names_text

_MOVED = 3  # numbers named in a reason


@dataclass(frozen=True)
class RepeatedPart:
    """A part of which recorded seeds are repeated: the jobs, one a seed, and what is recorded.

    The comparison is `provisional` on a GPU whose tolerance is not recorded: it is shown, and nothing is
    concluded.
    """

    jobs: tuple[Job, ...]
    unit: UnitRepeats
    recorded: PartRepeats
    provisional: bool = False


@dataclass(frozen=True)
class NotRepeated:
    """A part of which no recorded seed can be repeated; `why` says so and names the remedy."""

    why: str
    jobs: ClassVar[tuple[Job, ...]] = ()


@dataclass(frozen=True)
class Repetition:
    """What repeating recorded seeds showed, of all parts of a claim together.

    `summary` : all of it in words. `differences` : entries beyond their tolerance. `failure` : whether they
    mean that the procedure changed. `unknown` : whether nothing can be concluded. `notices` : whether a
    change of some number would have shown. `unit` : the one whose seed differs first, if any does.
    `rounding` : entries beyond their tolerance that a version nobody has measured moved no farther than
    rounding can, in words. `first` : the claim that a library moved first, whose command finds the version.
    """

    summary: str
    differences: tuple[SeedDifference, ...] = ()
    failure: bool = False
    unknown: bool = False
    notices: bool = False
    unit: str = ""
    rounding: str = ""
    first: str = ""


def repeated(
    repeats: Sequence[RepeatedPart | NotRepeated],
    outcomes: Mapping[str, Made],
    environment: Mapping[str, str],
    claim: Claim | None,
    claims: Collection[Claim] = (),
) -> Repetition:
    """Compare the seeds that were repeated of some parts with the recorded ones.

    With a claim, only the numbers that it measures count. A difference means that the procedure changed
    where the code or a library did, or nothing did at all. On another processor it only means that its
    tolerance was not measured, and under a version that nobody has measured it may be rounding. `claims` are
    those of the book: the one that a library moved first is named.
    """
    parts, found = list[RepeatedPart](), list[tuple[RepeatedPart, SeedComparison]]()
    for part in repeats:
        if isinstance(part, NotRepeated):
            return Repetition(part.why, unknown=True)
        parts.append(part)
    for part in parts:
        exact, alike = part.unit.exact(environment), part.unit.alike(environment)
        if claim is None and not exact and _is_chaotic(part.recorded, other_versions=not alike):
            why = f"every number of {part.unit.unit} that seeds move is chaotic"
            why += ": only a processor like the recorded one shows a change"
            return Repetition(why, unknown=True)
        for job in part.jobs:
            comparison = compare(
                part.recorded,
                job.seeds[0],
                entries(outcomes[job.key].outcome),
                exact=exact,
                other_versions=not alike,
            )
            found.append((part, comparison))
    counting = [(part, one, _counting(part, one, claim)) for part, one in found]
    own = [(part, each) for part, one, paths in counting for each in one.differences if each.path in paths]
    if any(part.provisional for part in parts):
        return Repetition(_provisional(parts[0], [each for _, each in own]), unknown=True)
    beyond = [(part, each) for part, each in own if not _is_rounding(part, each, environment)]
    if beyond:
        part, difference = beyond[0]
        every = [each for it, one in found if it is part for each in one.differences]
        failure, why, first = _meaning(part, environment, every, claims)
        if first and claim is not None and claim.id != first:
            why = f"a library changed it, and moved {first} first"
        summary = f"repeated seed: {difference.text()}: {why}"
        differences = tuple(each for _, each in beyond)
        return Repetition(summary, differences, failure, notices=True, unit=part.unit.unit, first=first)
    chaotic = {path for _, one, paths in counting for path in one.chaotic if path in paths}
    rounding = names_text([each.text() for _, each in own], _MOVED)
    summary = _summary(parts, all(one.exact for _, one in found), len(chaotic), rounding)
    notices = any(paths - chaotic for _, _, paths in counting)
    return Repetition(summary, notices=notices, rounding=rounding)


def replayed(recorded: RecordedRuns, index: int, value: Any) -> Repetition:
    """Compare what a claim measures on a recorded run that is repeated to its end; its tolerance is 0."""
    sample, unit = next(iter(recorded.samples.by_unit.values())), recorded.claim.unit
    before = entries(recorded.values[index])
    found = compare_entries(sample.runs[index].seed, before, entries(value), lambda _: 0.0)
    if not found.differences:
        return Repetition("a recorded seed repeated bit for bit", notices=True)
    first = found.differences[0]
    what = replace(first, path=first.path or "the quantity").text()
    why = f"repeated seed: {what}: the code changed; if that is meant, workshop record {unit}"
    return Repetition(why, found.differences, failure=True, notices=True, unit=unit)


def _is_rounding(part: RepeatedPart, one: SeedDifference, environment: Mapping[str, str]) -> bool:
    """Whether a version that nobody has measured moved a number no farther than rounding can."""
    if not one.tolerance or code_of(part.jobs[0].part) != part.recorded.code:
        return False
    return one.size <= part.unit.tolerances(part.recorded, environment)[one.path]


def _is_chaotic(recorded: PartRepeats, *, other_versions: bool) -> bool:
    """Whether all numbers that differ from seed to seed are chaotic."""
    varying = [number for number in recorded.numbers.values() if number.range]
    return bool(varying) and all(math.isinf(n.tolerance(other_versions=other_versions)) for n in varying)


def _counting(part: RepeatedPart, one: SeedComparison, claim: Claim | None) -> set[str]:
    """Return the paths of a part's numbers that count: all of them without a claim."""
    paths = {*part.recorded.numbers, *(each.path for each in one.differences)}
    return paths if claim is None else claimed_paths(claim, part.unit.unit, paths)


def claimed_paths(claim: Claim, unit: str, paths: Collection[str]) -> set[str]:
    """Return those of a unit's paths that a claim measures, or from which it takes its numbers."""
    own = [measure for measure in claim.measures().values() if measure.unit == unit]
    return {path for measure in own for path in measured_paths(measure, paths)}


def measured_paths(measure: Measure, paths: Collection[str]) -> list[str]:
    """Return those of an outcome's paths that a claim measures, or else of what it takes its numbers from.

    Slices, indices from the end and places in large arrays have no path of their own.
    """
    for end in range(len(measure.steps), -1, -1):
        whole = quantity(replace(measure, steps=measure.steps[:end]))
        found = [path for path in paths if is_within(path, whole)]
        if found:
            return found
    return []


def _provisional(part: RepeatedPart, differences: Sequence[SeedDifference]) -> str:
    """Say how far a GPU is from the CPU's recorded numbers, before its own tolerance is recorded."""
    shown = "no number leaves the CPU's tolerance"
    if differences:
        shown = f"{len(differences)} numbers leave the CPU's tolerance, first {differences[0].text()}"
    return f"provisional: {shown}; on a GPU, workshop record {part.unit.unit} --repeats measures its own"


def _meaning(
    part: RepeatedPart,
    environment: Mapping[str, str],
    differences: Sequence[SeedDifference],
    claims: Collection[Claim],
) -> tuple[bool, str, str]:
    """Return whether a difference is a failure, what to do, and the claim that a library moved first."""
    unit = part.unit.unit
    if code_of(part.jobs[0].part) != part.recorded.code:
        return True, f"the code changed; if that is meant, workshop record {unit} --repeats", ""
    if not part.unit.alike(environment):
        moved = [each.path for each in differences if not _is_rounding(part, each, environment)]
        own = [each for each in claims if each.unit == unit and each.rule.needs_run]
        first = _moved_first(unit, part.recorded.numbers, moved, own)
        name = first or (own[0].id if own else unit)  # that of any repeats all numbers
        return True, f"a library changed it: workshop bisect {name} finds the version", first
    if part.unit.exact(environment):
        return True, "neither code nor environment changed: run it again without the store", ""
    why = f"this processor rounds otherwise; workshop record {unit} --repeats measures by how much"
    return False, why, ""


def _moved_first(unit: str, paths: Collection[str], moved: Sequence[str], claims: Collection[Claim]) -> str:
    """Return the claim that measures the first of the moved paths, "" if none measures any."""

    def place(claim: Claim) -> int:
        measured = claimed_paths(claim, unit, paths)
        return min((index for index, path in enumerate(moved) if path in measured), default=len(moved))

    first = min(claims, key=place, default=None)
    return first.id if first is not None and place(first) < len(moved) else ""


def _summary(parts: Sequence[RepeatedPart], exact: bool, chaotic: int, rounding: str) -> str:
    seeds = len({seed for part in parts for job in part.jobs for seed in job.seeds[:1]})
    forms = {part.recorded.form for part in parts}
    what = "first steps of " if "first steps" in forms else ""
    how = " bit for bit" if exact else " within their tolerance"
    how = f", moved by rounding (an unmeasured version): {rounding}" if rounding else how
    left = f", {chaotic} chaotic numbers left out" if chaotic else ""
    return f"{what}{counted(seeds, 'recorded seed')} repeated{how}{left}"
