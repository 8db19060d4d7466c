"""Where each claim stands over many environments: one verdict, several or none, and sentences that count.

An environment decides a claim if it is verified there, or failed. A claim holds if all environments that
decide it have the same verified verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from workshop.reporting.compare.model import Comparison, Row
from workshop.verification.verdicts import MEANINGS, VERDICTS, VERIFIED

Standing = Literal["differs", "fails", "moved", "partly", "nowhere", "same"]
STANDINGS: Mapping[Standing, str] = {
    "differs": "its verdict differs between environments that decide it",
    "fails": "failed in every environment that decides it",
    "moved": "the same verified verdict where it was decided, and a value moved by more than what is slight",
    "partly": "the same verified verdict where it was decided, but not decided everywhere",
    "nowhere": "decided in no environment",
    "same": "the same verified verdict everywhere",
}
_HOLDS: Collection[Standing] = {"moved", "partly", "same"}
_ABSENT = "absent"
_WHY = {str(verdict): meaning for verdict, meaning in MEANINGS.items()}
_WHY[_ABSENT] = "the results don't have it"
_UNDECIDED = (*(verdict for verdict in VERDICTS if verdict not in VERIFIED and verdict != "failed"), _ABSENT)
_MOST = 3  # so many environments or groups of them are named in a sentence


def standing(row: Row) -> Standing:
    """Tell where a claim stands: the first of STANDINGS that is true of it."""
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


def by_standing(rows: Sequence[Row]) -> Mapping[Standing, Sequence[Row]]:
    """Group claims by where they stand, in their order."""
    groups: dict[Standing, list[Row]] = {name: [] for name in STANDINGS}
    for row in rows:
        groups[standing(row)].append(row)
    return groups


def sentences(comparison: Comparison, unexplained: Sequence[Row]) -> list[str]:
    """Count the claims by where they stand; `unexplained` are those of which no finding says why."""
    groups = by_standing(comparison.rows)
    count = len(comparison.files)
    holding = [row for name in _HOLDS for row in groups[name]]
    everywhere = [row for row in holding if len(row.decided) == count]
    slight = [row for row in holding if row.moves and not row.moved]
    hold = f"{claims(holding)} of {claims(comparison.rows)} claims hold: the same verified verdict in every"
    told = [
        f"{hold} environment that decides them, {claims(everywhere)} of them in all {count}.",
        f"{claims(groups['differs'])} changed verdict between environments"
        + (f", {claims(unexplained)} of them unexplained." if groups["differs"] else "."),
        f"{claims(groups['moved'])} moved in value only; {claims(slight)} more only slightly.",
    ]
    if groups["fails"]:
        names = ", ".join(row.id for row in groups["fails"])
        told.append(f"{claims(groups['fails'])} failed in every environment that decides them: {names}.")
    missing = [row for row in comparison.rows if len(row.decided) < count]
    told.append(
        f"{claims(missing)} were not decided somewhere, {claims(groups['nowhere'])} of them nowhere"
        + (":" if missing else ".")
    )
    return told


def undecided(comparison: Comparison) -> list[str]:
    """Say how many claims were not decided, where and why, a line a verdict."""
    lines = []
    for verdict in _UNDECIDED:
        places = {
            row.id: tuple(p for p, own in enumerate(row.verdicts) if (own or _ABSENT) == verdict)
            for row in comparison.rows
        }
        rows = [row for row in comparison.rows if places[row.id]]
        if rows:
            where = _by_places(rows, places, [file.label for file in comparison.files])
            lines.append(f"{claims(rows)} {verdict} ({_WHY[verdict]}): {where}")
    return lines


def _by_places(rows: Sequence[Row], places: Mapping[str, tuple[int, ...]], labels: Sequence[str]) -> str:
    """Say in which environments claims are, the most frequent ones first."""
    counts = Counter(places[row.id] for row in rows).most_common()
    told = [
        f"{claims([row for row in rows if places[row.id] == own])} in {environments(own, labels)}"
        for own, _ in counts[:_MOST]
    ]
    if len(counts) == 1:
        return f"in {environments(counts[0][0], labels)}"
    rest = [row for row in rows if places[row.id] in {own for own, _ in counts[_MOST:]}]
    return "; ".join([*told, *([f"{claims(rest)} in others"] if rest else [])])


def environments(places: Collection[int], labels: Sequence[str]) -> str:
    """Name environments by their labels: all of them, all but a few, or each."""
    others = [label for place, label in enumerate(labels) if place not in places]
    if not others:
        return f"all {len(labels)}"
    if len(others) <= _MOST and len(others) < len(places):
        return f"all but {', '.join(others)}"
    return ", ".join(label for place, label in enumerate(labels) if place in places)


def claims(rows: Collection[Row]) -> str:
    """Count claims: the book's, and after a + our own."""
    ours = sum(row.ours for row in rows)
    return f"{len(rows) - ours}" + (f" + {ours}" if ours else "")
