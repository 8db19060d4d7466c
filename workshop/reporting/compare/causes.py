"""Since when and why verdicts differ: the conditions of the ledger's findings, each environment on its side.

A finding explains a difference if its own verdict stands in every deciding environment that meets its
condition, and one other verdict, not `failed`, in every deciding one that does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from packaging.version import InvalidVersion, Version

from workshop.ledger import Finding
from workshop.ledger.values import brief
from workshop.reporting.compare.agreement import claims, environments, standing
from workshop.reporting.compare.model import Comparison, File, Row
from workshop.reporting.conditions import in_words, named
from workshop.verification.verdicts import Verdict


@dataclass(frozen=True)
class Cause:
    """Claims whose verdict differs by the same condition on versions, that of `finding`."""

    finding: Finding
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Story:
    """The environments on both sides of a condition, if there is one, and what is told of which claims."""

    title: str
    sides: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    alarming: bool = False


def unexplained(comparison: Comparison) -> list[Row]:
    """Return the claims whose verdict differs as no finding says."""
    return [r for r in comparison.rows if standing(r) == "differs" and not _explained(r, comparison.files)]


def causes(comparison: Comparison) -> list[Cause]:
    """Return the conditions that explain differences, those of the most claims first."""
    groups: dict[str, list[tuple[Finding, Row]]] = {}
    for row in comparison.rows:
        if row.finding is not None and standing(row) == "differs" and _explained(row, comparison.files):
            groups.setdefault(in_words(row.finding.when), []).append((row.finding, row))
    found = [Cause(pairs[0][0], tuple(row for _, row in pairs)) for pairs in groups.values()]
    return sorted(found, key=lambda cause: -len(cause.rows))


def stories(comparison: Comparison) -> list[Story]:
    """Tell since when and why verdicts differ: what is unexplained first, then condition by condition."""
    rows = unexplained(comparison)
    told = [_story(cause, comparison.files) for cause in causes(comparison)]
    if not rows:
        return told
    title = f"Unexplained: {claims(rows)} claims, whose verdicts differ as no finding says"
    lines = tuple(_riddle(row, [file.label for file in comparison.files]) for row in rows)
    return [Story(title, (), lines, alarming=True), *told]


def _explained(row: Row, files: Sequence[File]) -> bool:
    if row.finding is None:
        return False
    inside, outside = _sides(row.finding, row, files)
    return {*inside} == {row.finding.verdict} and len({*outside}) == 1 and "failed" not in outside


def _sides(finding: Finding, row: Row, files: Sequence[File]) -> tuple[list[Verdict], list[Verdict]]:
    """Return the deciding verdicts of a claim where a finding's condition is met, and where it is not."""
    met = [finding.applies(file.environment) for file in files]
    inside, outside = (
        [v for place, v in row.decided.items() if met[place] is side] for side in (True, False)
    )
    return inside, outside


def _story(cause: Cause, files: Sequence[File]) -> Story:
    when = cause.finding.when
    sides = tuple(
        f"{start} {_by_versions([f for f in files if cause.finding.applies(f.environment) is side], when)}"
        for start, side in (("Met by", True), ("Not met by", False))
    )
    reasons: dict[str, list[str]] = {}
    for row in cause.rows:
        inside, outside = _sides(cause.finding, row, files)
        reason = "" if row.finding is None else row.finding.reason
        reasons.setdefault(f"{inside[0]} where met, else {outside[0]}: {reason}", []).append(row.id)
    lines = tuple((", ".join(names), told) for told, names in reasons.items())
    return Story(f"{in_words(when)}: {claims(cause.rows)} claims", sides, lines)


def _by_versions(files: Iterable[File], libraries: Iterable[str]) -> str:
    """Name environments by the versions of libraries that they have, the oldest first."""
    libraries = list(libraries)
    ordered = sorted(files, key=lambda file: [_age(file, library) for library in libraries])
    return "; ".join(
        f"{versions} ({', '.join(file.label for file in group)})"
        for versions, group in groupby(ordered, key=lambda file: _versions(file, libraries))
    )


def _versions(file: File, libraries: Iterable[str]) -> str:
    return ", ".join(f"{named(library)} {file.environment.get(library, 'none')}" for library in libraries)


def _age(file: File, library: str) -> Version:
    try:
        return Version(file.environment.get(library, "0"))
    except InvalidVersion:
        return Version("0")


def _riddle(row: Row, labels: Sequence[str]) -> tuple[str, str]:
    """Tell where a claim has which verdict, each with the reason of the first environment that has it."""
    told = []
    for verdict in dict.fromkeys(row.decided.values()):
        places = [place for place, own in row.decided.items() if own == verdict]
        record = row.records[places[0]]
        reason = "" if record is None else f" ({brief(record.reason, 200)})"
        told.append(f"{verdict} in {environments(places, labels)}{reason}")
    against = "" if row.finding is None else f"; its finding speaks of {in_words(row.finding.when)}"
    return row.id + (" (other rule)" if row.redefined else ""), f"{'; '.join(told)}{against}"
