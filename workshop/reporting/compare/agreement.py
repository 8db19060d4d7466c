"""How far environments agree on each claim, and why they differ: into which group of the comparison it goes.

An environment decides a claim if it is verified or failed there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workshop.ledger import Finding
from workshop.ledger.rules.parts import Parts
from workshop.ledger.rules.values import Equal
from workshop.paths import is_within
from workshop.reporting.compare.model import ComparedRow, Comparison, RunFile
from workshop.verification.verdicts import VERIFIED
from workshop.wording.numbers import counted
from workshop.wording.words import condition_text

Group = Literal[
    "unexplained", "failed", "explained", "data", "rounding", "moved", "partly", "nowhere", "same"
]
TITLES: Mapping[Group, str] = {
    "unexplained": "Unexplained",
    "failed": "Failed wherever decided",
    "explained": "Explained by findings",
    "data": "Other data here",
    "rounding": "Moved by rounding (an unmeasured version)",
    "moved": "Values that moved",
    "partly": "Not decided everywhere",
    "nowhere": "Decided nowhere",
    "same": "The same everywhere",
}
_MOST = 3  # environments that a sentence names


@dataclass(frozen=True)
class Cause:
    """Claims whose verdict differs by the same condition on versions, that of the finding."""

    finding: Finding
    rows: tuple[ComparedRow, ...]


def group(row: ComparedRow, files: Sequence[RunFile]) -> Group:
    """Return the group of a claim: the first one that is true of it."""
    verdicts, decided = {*row.verdicts} - {None}, {*row.decided.values()}
    if decided == {"failed"}:
        return "failed"
    rest = verdicts - {"supported", "unavailable"}
    if len(verdicts) > 1 and len(rest) <= 1 and rest <= VERIFIED:  # missing or substitute data alone
        return "data"
    if len(decided) > 1:
        return "explained" if _explained(row, files) else "unexplained"
    if not decided:  # undecided everywhere, perhaps for different reasons
        return "partly" if len(verdicts) > 1 else "nowhere"
    everywhere = len(row.decided) == len(row.records)
    if row.moved and moved_exactly(row):
        return "unexplained"
    if row.rounding and (row.moved or everywhere):
        return "rounding"
    return "moved" if row.moved else "same" if everywhere else "partly"


def by_group(comparison: Comparison) -> Mapping[Group, Sequence[ComparedRow]]:
    """Return the claims by group; newly failed ones first, and the farthest moves first."""
    groups: dict[Group, list[ComparedRow]] = {name: [] for name in TITLES}
    for row in sorted(comparison.rows, key=lambda row: not row.newly_failed):
        groups[group(row, comparison.files)].append(row)
    groups["moved"].sort(key=lambda row: -row.moved[0].size)
    return groups


def causes(explained: Sequence[ComparedRow]) -> list[Cause]:
    """Return the conditions that explain differences, starting with that of the most claims."""
    groups: dict[str, list[tuple[Finding, ComparedRow]]] = {}
    for row in explained:
        if row.finding is not None:
            groups.setdefault(condition_text(row.finding.when), []).append((row.finding, row))
    all_causes = [Cause(pairs[0][0], tuple(row for _, row in pairs)) for pairs in groups.values()]
    return sorted(all_causes, key=lambda cause: -len(cause.rows))


def moved_exactly(row: ComparedRow) -> bool:
    """Whether a number moved, on the same data, that an exact rule compares."""
    rule = None if row.claim is None else row.claim.rule
    if rule is None or len({record.substitutes for record in row.records if record is not None}) > 1:
        return False
    rules = [(each.at, each.rule) for each in rule.checks] if isinstance(rule, Parts) else [("", rule)]
    return any(
        not move.path or is_within(move.path, at)
        for at, own in rules
        for move in row.moved
        if isinstance(own, Equal)
    )


def _explained(row: ComparedRow, files: Sequence[RunFile]) -> bool:
    """Whether all that meet the finding's condition have its verdict, and the others one that is not failed.

    `supported` is passed over: on substitute data it stands for any verified verdict.
    """
    if row.finding is None:
        return False
    met = [row.finding.applies(file.environment) for file in files]
    inside, outside = (
        {v for i, v in row.decided.items() if met[i] is side and v != "supported"} for side in (True, False)
    )
    return inside == {row.finding.verdict} and len(outside) == 1 and "failed" not in outside


def environments(indices: Collection[int], labels: Sequence[str]) -> str:
    """Name environments by their labels: all of them, all but a few, or each."""
    others = [label for index, label in enumerate(labels) if index not in indices]
    if not others:
        return f"all {len(labels)}"
    if len(others) <= _MOST and len(others) < len(indices):
        return f"all but {', '.join(others)}"
    return ", ".join(label for index, label in enumerate(labels) if index in indices)


def count_text(rows: Collection[ComparedRow]) -> str:
    """Count claims: the results of the book, and extras of our own apart."""
    extras = sum(row.ours for row in rows)
    texts = [counted(len(rows) - extras, "result")] if len(rows) > extras or not extras else []
    return " and ".join([*texts, *([counted(extras, "extra")] if extras else [])])
