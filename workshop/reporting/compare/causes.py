"""Since when and why verdicts differ: the conditions of the ledger's findings explain differences.

A finding explains a difference if all deciding environments that meet its condition have the finding's
verdict, and all others have one other verdict, which is not `failed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from packaging.version import InvalidVersion, Version

from workshop.ledger import Finding
from workshop.ledger.values import brief
from workshop.reporting.compare.agreement import agreement, claims, environments
from workshop.reporting.compare.model import Comparison, File, Row
from workshop.reporting.formatting import LIBRARIES, condition_text
from workshop.verification.verdicts import Verdict


@dataclass(frozen=True)
class Cause:
    """Claims whose verdict differs by the same condition on versions, that of the finding."""

    finding: Finding
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Explanation:
    """A condition with the environments on both of its sides, and lines of claims with a text each."""

    title: str
    sides: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    alarming: bool = False


def unexplained(comparison: Comparison) -> list[Row]:
    """Return the claims whose verdict differs without a finding that explains it."""
    return [r for r in comparison.rows if agreement(r) == "differs" and not _explained(r, comparison.files)]


def causes(comparison: Comparison) -> list[Cause]:
    """Return the conditions that explain differences, starting with that of the most claims."""
    groups: dict[str, list[tuple[Finding, Row]]] = {}
    for row in comparison.rows:
        if row.finding is not None and agreement(row) == "differs" and _explained(row, comparison.files):
            groups.setdefault(condition_text(row.finding.when), []).append((row.finding, row))
    found = [Cause(pairs[0][0], tuple(row for _, row in pairs)) for pairs in groups.values()]
    return sorted(found, key=lambda cause: -len(cause.rows))


def explanations(comparison: Comparison) -> list[Explanation]:
    """Explain since when and why verdicts differ: unexplained claims first, then condition by condition."""
    rows = unexplained(comparison)
    found = [_explanation(cause, comparison.files) for cause in causes(comparison)]
    if not rows:
        return found
    title = f"Unexplained: {claims(rows)} claims whose verdicts differ, and no finding explains it"
    lines = tuple(_verdicts(row, comparison.labels) for row in rows)
    return [Explanation(title, (), lines, alarming=True), *found]


def _explained(row: Row, files: Sequence[File]) -> bool:
    if row.finding is None:
        return False
    inside, outside = _sides(row.finding, row, files)
    return {*inside} == {row.finding.verdict} and len({*outside}) == 1 and "failed" not in outside


def _sides(finding: Finding, row: Row, files: Sequence[File]) -> tuple[list[Verdict], list[Verdict]]:
    """Return the deciding verdicts of a claim where a finding's condition is met, and elsewhere."""
    met = [finding.applies(file.environment) for file in files]
    inside, outside = (
        [v for index, v in row.decided.items() if met[index] is side] for side in (True, False)
    )
    return inside, outside


def _explanation(cause: Cause, files: Sequence[File]) -> Explanation:
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
    lines = tuple((", ".join(names), text) for text, names in reasons.items())
    return Explanation(f"{condition_text(when)}: {claims(cause.rows)} claims", sides, lines)


def _by_versions(files: Iterable[File], libraries: Iterable[str]) -> str:
    """Name environments by their versions of libraries, the oldest first."""
    libraries = list(libraries)
    ordered = sorted(files, key=lambda file: [_age(file, library) for library in libraries])
    return "; ".join(
        f"{versions} ({', '.join(file.label for file in group)})"
        for versions, group in groupby(ordered, key=lambda file: _versions(file, libraries))
    )


def _versions(file: File, libraries: Iterable[str]) -> str:
    return ", ".join(
        f"{LIBRARIES.get(name, name)} {file.environment.get(name, 'none')}" for name in libraries
    )


def _age(file: File, library: str) -> Version:
    try:
        return Version(file.environment.get(library, "0"))
    except InvalidVersion:
        return Version("0")


def _verdicts(row: Row, labels: Sequence[str]) -> tuple[str, str]:
    """Return a claim and where it has which verdict, each with the reason of the first such environment."""
    texts = []
    for verdict in dict.fromkeys(row.decided.values()):
        indices = [index for index, own in row.decided.items() if own == verdict]
        record = row.records[indices[0]]
        reason = "" if record is None else f" ({brief(record.reason, 200)})"
        texts.append(f"{verdict} in {environments(indices, labels)}{reason}")
    if row.finding is not None:
        texts.append(f"its finding is about {condition_text(row.finding.when)}")
    return row.name, "; ".join(texts)
