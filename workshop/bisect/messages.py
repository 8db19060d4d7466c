"""What a search prints: a line per version, and the conclusion."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from workshop.bisect.evaluate import Evaluation, RepeatedSeed
from workshop.bisect.search import Change
from workshop.ledger.values import ShapeMismatch, brief, pairs
from workshop.samples.repeats import compare_entries
from workshop.wording.numbers import capital
from workshop.wording.pairs import side_by_side

Pair: TypeAlias = tuple[Evaluation, Evaluation]
Same: TypeAlias = Callable[[Evaluation, Evaluation], bool]


@dataclass(frozen=True)
class BisectConclusion:
    """Whether a change was found, the line that says so, and the evaluations of the neighbours if it was."""

    found: bool
    text: str
    pair: Pair | None = None


def holds_alike(before: Evaluation, after: Evaluation) -> bool:
    """Whether the documented value holds with both, or with neither."""
    return before.holds == after.holds


def measures_alike(before: Evaluation, after: Evaluation) -> bool:
    """Whether both measure the same: to the nine printed digits, or within the tolerances of a seed."""
    return holds_alike(before, after) and find_difference(before.measured, after.measured) is None


def find_difference(before: Any, after: Any) -> str | None:
    """Return the first number or word that differs between two measured values as printed, or None.

    Numbers of a repeated seed differ if they do by more than their tolerance.
    """
    if _is_seeded(before):
        differences = (_find_seed_difference(key, seed, after[key]) for key, seed in before.items())
        return next(filter(None, differences), None)
    try:
        for where, was, now in pairs(before, after):
            if brief(was, sys.maxsize) != brief(now, sys.maxsize):
                return f"{where.lstrip('.')} {' → '.join(side_by_side(was, now, 60))}".lstrip()
    except ShapeMismatch as mismatch:
        return str(mismatch)
    return None


def _is_seeded(measured: Any) -> bool:
    return isinstance(measured, dict) and any(isinstance(each, RepeatedSeed) for each in measured.values())


def _find_seed_difference(part: str, before: RepeatedSeed, after: RepeatedSeed) -> str | None:
    """Return the first entry of a part that differs, with the seed, both values and the tolerance.

    Numbers come before words, which may be mere names.
    """

    def tolerance(path: str) -> float:
        return max(before.tolerances[path], after.tolerances[path])

    found = compare_entries(before.seed, before.numbers, after.numbers, tolerance).differences
    if not found:
        return None
    first = next((each for each in found if each.tolerance), found[0])
    facts = [
        "" if before.seed is None else f"seed {before.seed}",
        f"tolerance {first.tolerance:.1e}" if first.tolerance else "",
        f"{len(found)} of {len(before.numbers)} numbers differ",
    ]
    values = f"{brief(first.recorded, 60)} → {brief(first.today, 60)}"
    return f"{part} {first.path} {values} ({', '.join(filter(None, facts))})"


def describe_version(
    library: str, version: str, found: Evaluation | str, first: Evaluation | None = None
) -> str:
    """Return the line of a version: its evaluation, or why it has none.

    A repeated seed is compared with that of the first version that was evaluated.
    """
    if isinstance(found, str):
        return f"{library} {version:<12}  {_cut(found)}"
    text = describe(found)
    if first is not None and _is_seeded(found.measured):
        change = find_difference(first.measured, found.measured)
        same = f"{text} as with {first.versions[library]}"
        text = same if change is None else f"differs from {first.versions[library]}: {change}"
    exact = found.versions.get(library, version)
    return f"{library} {exact:<12}  Python {found.versions['python']:<8}  {text}"


def describe(found: Evaluation) -> str:
    """Write an evaluation: whether the documented value holds and what was measured, or the repeated seed."""
    if _is_seeded(found.measured):
        parts = found.measured.values()
        numbers = sum(len(part.numbers) for part in parts)
        seeds = dict.fromkeys(str(part.seed) for part in parts if part.seed is not None)
        return f"{numbers} numbers of seed {', '.join(seeds)}"
    text = brief(found.measured, 80)
    return f"holds: {text}" if found.holds else f"does not hold: {text} ({_cut(found.reason)})"


def conclude_unchanged(library: str, first: Evaluation, last: Evaluation) -> BisectConclusion:
    """Conclude that both ends have the same result."""
    ends = f"{library} {first.versions[library]} and {last.versions[library]}"
    text = f"no change between the ends: {ends} give the same ({describe(last)})"
    return BisectConclusion(False, f"{text}; a change that was undone in between would not be found")


def conclude_changed(
    library: str, change: Change[Evaluation], last: Evaluation, alike: Pair | None, same: Same
) -> BisectConclusion:
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
        return BisectConclusion(False, f"not clear: {apart}; {given}")
    if was.holds != now.holds:
        what = "no longer holds" if was.holds else "holds only since"
        what += f" ({_cut((now if was.holds else was).reason)})"
    else:
        what = f"measured {find_difference(was.measured, now.measured)}"
        if now.holds is not None:
            what += f", and {'holds' if now.holds else 'does not hold'} with both"
    text = f"changed between {names}: it {what}; "
    text += f"also different: {others}" if others else "nothing else differs"
    if not same(now, last):
        again = describe(last) if last.holds is not None else find_difference(now.measured, last.measured)
        text += f"; it changed again up to {library} {last.versions[library]} ({again})"
    return BisectConclusion(True, text, (was, now))


def write_issue(
    what: str, printed: str, library: str, conclusion: BisectConclusion, program: str | None
) -> str:
    """Write a found change for the library's tracker, in Markdown, without a word that needs this package.

    `what` : the result in words. `printed` : its value in the book. `program` computes it without us.
    """
    assert conclusion.pair is not None
    was, now = conclusion.pair
    before, after = (each.versions[library] for each in conclusion.pair)
    measured = tuple(brief(each.measured, 200) for each in conclusion.pair)
    if _is_seeded(was.measured):
        measured = tuple((find_difference(was.measured, now.measured) or "").split(" → ", 1))
    rows = [("printed in the book", printed, printed), ("measured", *measured)]
    names = sorted(was.versions.keys() & now.versions.keys() - {library})
    rows += [(name, was.versions[name], now.versions[name]) for name in names]
    table = "\n".join(
        f"| {' | '.join(map(_cell, row))} |" for row in [("", before, after), ("-",) * 3, *rows]
    )
    seed = ", with a seed of its own" if "seed" in (program or "") else ""
    ending = f"This computes it{seed}:\n\n```python\n{program}```"
    return (
        f"# {library} {after} changes this: {what}\n\n"
        f"{capital(conclusion.text)}.\n\n{table}\n\n"
        "The procedure is that of *The Deep Learning Workshop* (Packt, 2020). "
        f"{ending if program else 'Add a program here.'}\n"
    )


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def other_changes(library: str, before: Evaluation, after: Evaluation) -> str:
    """Write the other versions that differ between two environments; what only one has is not used."""
    names = sorted(before.versions.keys() & after.versions.keys() - {library})
    both = {name: (before.versions[name], after.versions[name]) for name in names}
    return ", ".join(f"{name} {was} → {now}" for name, (was, now) in both.items() if was != now)


def _cut(reason: str) -> str:
    """Return the beginning of a reason."""
    return reason if len(reason) <= 160 else f"{reason[:158]} …"
