"""How far many environments agree on each claim: one verdict, several or none, and sentences that count.

An environment decides a claim if it is verified or failed there. A claim holds if all environments that
decide it have the same verified verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from workshop.reporting.compare.model import Comparison, Row
from workshop.verification.verdicts import MEANINGS, VERDICTS, VERIFIED

Agreement = Literal["differs", "fails", "moved", "partly", "nowhere", "same"]
AGREEMENTS: Mapping[Agreement, str] = {
    "differs": "its verdict differs between environments that decide it",
    "fails": "failed in every environment that decides it",
    "moved": "the same verified verdict where it was decided, and a value moved more than slightly",
    "partly": "the same verified verdict where it was decided, but not decided everywhere",
    "nowhere": "decided in no environment",
    "same": "the same verified verdict everywhere",
}
_HOLDS: Collection[Agreement] = {"moved", "partly", "same"}
_ABSENT = "absent"
_REASONS = {**{str(verdict): meaning for verdict, meaning in MEANINGS.items()}, _ABSENT: "not in the results"}
_UNDECIDED = (*(verdict for verdict in VERDICTS if verdict not in VERIFIED and verdict != "failed"), _ABSENT)
_MOST = 3  # environments, or groups of them, that a sentence names


def agreement(row: Row) -> Agreement:
    """Return how far the environments agree on a claim: the first of AGREEMENTS that is true of it."""
    verdicts = {*row.decided.values()}
    if len(verdicts) > 1:
        return "differs"
    if not verdicts:
        return "nowhere"
    if "failed" in verdicts:
        return "fails"
    if row.moved:
        return "moved"
    return "same" if len(row.decided) == len(row.records) else "partly"


def by_agreement(rows: Sequence[Row]) -> Mapping[Agreement, Sequence[Row]]:
    """Group claims by how far the environments agree on them."""
    groups: dict[Agreement, list[Row]] = {name: [] for name in AGREEMENTS}
    for row in rows:
        groups[agreement(row)].append(row)
    return groups


def sentences(comparison: Comparison, unexplained: Sequence[Row]) -> list[str]:
    """Count the claims by agreement; `unexplained` are those that differ, and no finding explains it."""
    groups = by_agreement(comparison.rows)
    count = len(comparison.files)
    holding = [row for name in _HOLDS for row in groups[name]]
    everywhere = [row for row in holding if len(row.decided) == count]
    slight = [row for row in holding if row.moves and not row.moved]
    undecided = [row for row in comparison.rows if len(row.decided) < count]
    hold = f"{claims(holding)} of {claims(comparison.rows)} claims hold: the same verified verdict in every"
    lines = [
        f"{hold} environment that decides them, {claims(everywhere)} of them in all {count}.",
        f"{claims(groups['differs'])} changed verdict between environments"
        + (f", {claims(unexplained)} of them unexplained." if groups["differs"] else "."),
        f"{claims(groups['moved'])} moved in value only; {claims(slight)} more only slightly.",
    ]
    if groups["fails"]:
        names = ", ".join(row.id for row in groups["fails"])
        lines.append(f"{claims(groups['fails'])} failed in every environment that decides them: {names}.")
    end = ":" if undecided else "."
    lines.append(
        f"{claims(undecided)} were not decided somewhere, {claims(groups['nowhere'])} of them nowhere{end}"
    )
    return lines


def undecided(comparison: Comparison) -> list[str]:
    """Return how many claims were not decided, where and why, a line per verdict."""
    lines = []
    for verdict in _UNDECIDED:
        where = {
            row.id: tuple(i for i, own in enumerate(row.verdicts) if (own or _ABSENT) == verdict)
            for row in comparison.rows
        }
        rows = [row for row in comparison.rows if where[row.id]]
        if rows:
            text = _where(rows, where, comparison.labels)
            lines.append(f"{claims(rows)} {verdict} ({_REASONS[verdict]}): {text}")
    return lines


def _where(rows: Sequence[Row], where: Mapping[str, tuple[int, ...]], labels: Sequence[str]) -> str:
    """Name the environments of claims, the most frequent ones first."""
    counts = Counter(where[row.id] for row in rows).most_common()
    if len(counts) == 1:
        return f"in {environments(counts[0][0], labels)}"
    texts = [
        f"{claims([row for row in rows if where[row.id] == indices])} in {environments(indices, labels)}"
        for indices, _ in counts[:_MOST]
    ]
    rest = [row for row in rows if where[row.id] in {indices for indices, _ in counts[_MOST:]}]
    return "; ".join([*texts, *([f"{claims(rest)} in others"] if rest else [])])


def environments(indices: Collection[int], labels: Sequence[str]) -> str:
    """Name environments by their labels: all of them, all but a few, or each."""
    others = [label for index, label in enumerate(labels) if index not in indices]
    if not others:
        return f"all {len(labels)}"
    if len(others) <= _MOST and len(others) < len(indices):
        return f"all but {', '.join(others)}"
    return ", ".join(label for index, label in enumerate(labels) if index in indices)


def claims(rows: Collection[Row]) -> str:
    """Count claims: the book's, and after a + our own."""
    ours = sum(row.ours for row in rows)
    return f"{len(rows) - ours}" + (f" + {ours}" if ours else "")
