"""What a search prints: a line per version, and the conclusion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from workshop.bisect.evaluate import Evaluation
from workshop.bisect.search import Change
from workshop.ledger.values import ShapeMismatch, brief, pairs

Pair: TypeAlias = tuple[Evaluation, Evaluation]
Same: TypeAlias = Callable[[Evaluation, Evaluation], bool]


@dataclass(frozen=True)
class Conclusion:
    """Whether a change was found, and the line that says so."""

    found: bool
    text: str


def holds_alike(before: Evaluation, after: Evaluation) -> bool:
    """Whether the documented value holds with both, or with neither."""
    return before.holds == after.holds


def measures_alike(before: Evaluation, after: Evaluation) -> bool:
    """Whether both measure the same, to the nine digits that are printed."""
    return holds_alike(before, after) and find_difference(before.measured, after.measured) is None


def find_difference(before: Any, after: Any) -> str | None:
    """Return the first number or word that differs between two measured values as printed, or None."""
    try:
        for where, was, now in pairs(before, after):
            if brief(was) != brief(now):
                return f"{where.lstrip('.')} {brief(was, 60)} → {brief(now, 60)}".lstrip()
    except ShapeMismatch as mismatch:
        return str(mismatch)
    return None


def describe_version(library: str, version: str, found: Evaluation | str) -> str:
    """Return the line of a version: its evaluation, or why it has none."""
    if isinstance(found, str):
        return f"{library} {version:<12}  {_cut(found)}"
    exact = found.versions.get(library, version)
    return f"{library} {exact:<12}  Python {found.versions['python']:<8}  {describe(found)}"


def describe(found: Evaluation) -> str:
    """Write an evaluation: whether the documented value holds, and what was measured."""
    value = found.measured
    text = brief(value, 80)
    if isinstance(value, dict) and value.keys() == {"seeds", "median", "minimum", "maximum"}:
        low, median, high = (brief(value[key], 40) for key in ("minimum", "median", "maximum"))
        text = f"{low} to {high}, median {median}, of {value['seeds']} seeds"
    return f"holds: {text}" if found.holds else f"does not hold: {text} ({_cut(found.reason)})"


def conclude_unchanged(library: str, first: Evaluation, last: Evaluation) -> Conclusion:
    """Conclude that both ends have the same result."""
    ends = f"{library} {first.versions[library]} and {last.versions[library]}"
    text = f"no change between the ends: {ends} give the same ({describe(last)})"
    return Conclusion(False, f"{text}; a change that was undone in between would not be found")


def conclude_changed(
    library: str, change: Change[Evaluation], last: Evaluation, alike: Pair | None, same: Same
) -> Conclusion:
    """Conclude that a result changed.

    `last` is the evaluation of the newest version. `alike` are those of both neighbours where little else
    differs, None without such a setting. If they are the same there, not the library alone made the change.
    """
    was, now = alike or (change.was, change.now)
    names = f"{library} {was.versions[library]} and {now.versions[library]}"
    if change.undecided:
        names += f" ({', '.join(change.undecided)} in between can't be decided)"
    others = other_changes(library, was, now)
    if same(was, now):
        apart = f"{names} differ together with {other_changes(library, change.was, change.now)}"
        given = f"with {others or 'all else the same'} both give the same ({describe(now)})"
        return Conclusion(False, f"not clear: {apart}; {given}")
    if was.holds != now.holds:
        what = "no longer holds" if was.holds else "holds only since"
        what += f" ({_cut((now if was.holds else was).reason)})"
    else:
        what = f"measured {find_difference(was.measured, now.measured)}"
        what += f", and {'holds' if now.holds else 'does not hold'} with both"
    text = f"changed between {names}: it {what}; "
    text += f"also different: {others}" if others else "nothing else differs"
    if not same(now, last):
        text += f"; it changed again up to {library} {last.versions[library]} ({describe(last)})"
    return Conclusion(True, text)


def other_changes(library: str, before: Evaluation, after: Evaluation) -> str:
    """Write the other versions that differ between two environments; what only one has is not used."""
    names = sorted(before.versions.keys() & after.versions.keys() - {library})
    both = {name: (before.versions[name], after.versions[name]) for name in names}
    return ", ".join(f"{name} {was} → {now}" for name, (was, now) in both.items() if was != now)


def _cut(reason: str) -> str:
    """Return the beginning of a reason."""
    return reason if len(reason) <= 160 else f"{reason[:158]} …"
