"""What a search is told in: a line a version, and the conclusion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workshop.bisect.evaluate import Answer, difference
from workshop.bisect.search import Change
from workshop.ledger.values import brief

Same = Callable[[Answer, Answer], bool]


@dataclass(frozen=True)
class Conclusion:
    """Whether a change was found, and what is told of it in one line."""

    found: bool
    text: str


def holds_alike(before: Answer, after: Answer) -> bool:
    """Whether the documented value holds with both, or with neither."""
    return before.holds == after.holds


def measures_alike(before: Answer, after: Answer) -> bool:
    """Whether both measure the same, to the nine digits that are told."""
    return holds_alike(before, after) and difference(before.measured, after.measured) is None


def line(library: str, version: str, told: Answer | str) -> str:
    """Return the line of a version: what was decided, or why it can't tell."""
    if isinstance(told, str):
        return f"{library} {version:<12}  {_cut(told)}"
    exact = told.versions.get(library, version)
    return f"{library} {exact:<12}  Python {told.versions['python']:<8}  {in_words(told)}"


def in_words(told: Answer) -> str:
    """Write an answer: whether the documented value holds, and what was measured."""
    measured = brief(told.measured, 80)
    if isinstance(told.measured, dict) and told.measured.keys() == {"seeds", "median", "minimum", "maximum"}:
        low, median, high = (brief(told.measured[key], 40) for key in ("minimum", "median", "maximum"))
        measured = f"{low} to {high}, median {median}, of {told.measured['seeds']} seeds"
    return f"holds: {measured}" if told.holds else f"does not hold: {measured} ({_cut(told.reason)})"


def unchanged(library: str, first: Answer, last: Answer) -> Conclusion:
    """Conclude that both ends have the same answer."""
    ends = f"both {library} {first.versions[library]} and {last.versions[library]}"
    told = f"with {ends} it {in_words(last)}"
    return Conclusion(
        False, f"no change between the ends: {told}; one that was undone between them is not seen"
    )


def changed(
    library: str, change: Change[Answer], last: Answer, together: tuple[Answer, Answer] | None, same: Same
) -> Conclusion:
    """Conclude that an answer changed.

    `last` is the answer of the newest version. `together` are the answers of both neighbours where little
    else differs, None if there is no such place; if they are the same there, more than the library did it.
    """
    was, now = together or (change.was, change.now)
    names = f"{library} {was.versions[library]} and {now.versions[library]}"
    untold = f" ({', '.join(change.untold)} between them can't tell)" if change.untold else ""
    if same(was, now):
        alike = f"with {_beside(library, was, now) or 'all else the same'} it {in_words(now)} with both"
        apart = f"{names}{untold} differ together with {_beside(library, change.was, change.now)}"
        return Conclusion(False, f"it can't be told: {apart}; {alike}")
    if was.holds != now.holds:
        what = "held, and does not since" if was.holds else "did not hold, and does since"
        what += f" ({_cut((now if was.holds else was).reason)})"
    else:
        what = f"measured {difference(was.measured, now.measured)}"
        what += f", and {'holds' if now.holds else 'does not hold'} with both"
    beside = _beside(library, was, now)
    told = f"changed between {names}{untold}: it {what}; " + (
        f"also different: {beside}" if beside else "nothing else differs"
    )
    if not same(now, last):
        told += f"; it changed again up to {library} {last.versions[library]}, which {in_words(last)}"
    return Conclusion(True, told)


def _cut(reason: str) -> str:
    """Return the beginning of a reason."""
    return reason if len(reason) <= 160 else f"{reason[:158]} …"


def differ_beside(library: str, before: Answer, after: Answer) -> bool:
    """Whether the environments of two answers differ in more than the library."""
    return bool(_beside(library, before, after))


def _beside(library: str, before: Answer, after: Answer) -> str:
    """Tell what differs between two environments apart from the library; what only one has is not used."""
    names = sorted(before.versions.keys() & after.versions.keys() - {library})
    pairs = {name: (before.versions[name], after.versions[name]) for name in names}
    return ", ".join(f"{name} {was} → {now}" for name, (was, now) in pairs.items() if was != now)
