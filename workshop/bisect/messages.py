"""What a search prints: a line per version, and the conclusion."""

from __future__ import annotations

from workshop.bisect.evaluate import Evaluation, find_difference
from workshop.bisect.search import Change
from workshop.values import brief
from workshop.wording.numbers import capital


def holds_alike(before: Evaluation, after: Evaluation) -> bool:
    """Whether the documented value holds with both, or with neither."""
    return before.holds == after.holds


def measures_alike(before: Evaluation, after: Evaluation) -> bool:
    """Whether both measure the same: to nine digits, or within the tolerances of a seed."""
    return holds_alike(before, after) and find_difference(before, after) is None


def describe_version(
    library: str, version: str, found: Evaluation | str, first: Evaluation | None = None
) -> str:
    """Return the line of a version: its evaluation, or why it has none.

    A repeated seed is compared with that of the first version that was evaluated.
    """
    if isinstance(found, str):
        return f"{library} {version:<12}  {_cut(found)}"
    text = describe(found)
    if first is not None and found.holds is None:
        change = find_difference(first, found)
        same = f"{text} as with {first.versions[library]}"
        text = same if change is None else f"differs from {first.versions[library]}: {change}"
    exact = found.versions.get(library, version)
    return f"{library} {exact:<12}  Python {found.versions['python']:<8}  {text}"


def describe(found: Evaluation) -> str:
    """Write an evaluation: whether the documented value holds and what was measured, or the repeated seed."""
    text = brief(found.measured, 80)
    if found.holds is None:
        return text
    return f"holds: {text}" if found.holds else f"does not hold: {text} ({_cut(found.reason)})"


def conclude_unchanged(library: str, first: Evaluation, last: Evaluation) -> str:
    """Conclude that both ends have the same result."""
    ends = f"{library} {first.versions[library]} and {last.versions[library]}"
    text = f"no change between the ends: {ends} give the same ({describe(last)})"
    return f"{text}; a change that was undone in between would not be found"


def conclude_changed(library: str, change: Change[Evaluation], last: Evaluation) -> str:
    """Conclude that a result changed; `last` is the evaluation of the newest version."""
    was, now = change.was, change.now
    names = f"{library} {was.versions[library]} and {now.versions[library]}"
    if change.undecided:
        names += f" ({', '.join(change.undecided)} in between can't be decided)"
    again = ""
    if was.holds != now.holds:
        what = "no longer holds" if was.holds else "holds only since"
        what += f" ({_cut((now if was.holds else was).reason)})"
        if last.holds != now.holds:
            again = describe(last)
    else:
        what = f"measured {find_difference(was, now)}"
        if now.holds is not None:
            what += f", and {'holds' if now.holds else 'does not hold'} with both"
        again = find_difference(now, last) or ""
        if again and last.holds is not None:
            again = describe(last)
    others = [
        f"{name} {before} → {now.versions[name]}"
        for name, before in sorted(was.versions.items())  # what only one has is not used
        if name != library and now.versions.get(name, before) != before
    ]
    text = f"changed between {names}: it {what}; "
    text += f"also different: {', '.join(others)}" if others else "nothing else differs"
    if again:
        text += f"; it changed again up to {library} {last.versions[library]} ({again})"
    return text


def write_issue(
    what: str, printed: str, library: str, change: Change[Evaluation], conclusion: str, program: str | None
) -> str:
    """Write a found change for the library's tracker, in Markdown, without a word that needs this package.

    `what` : the result in words. `printed` : its value in the book. `program` computes it without us.
    """
    was, now = change.was.versions, change.now.versions
    measured = [brief(each.measured, 200) for each in (change.was, change.now)]
    if change.now.holds is None:
        measured = (find_difference(change.was, change.now) or "").split(" → ", 1)
    rows = [("", was[library], now[library]), ("-", "-", "-"), ("printed in the book", printed, printed)]
    rows += [("measured", measured[0], measured[-1])]
    rows += [(name, was[name], now[name]) for name in sorted(was.keys() & now.keys() - {library})]
    cells = [[" ".join(text.replace("|", "\\|").split()) for text in row] for row in rows]
    table = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    seed = ", with a seed of its own" if "seed" in (program or "") else ""
    ending = f"This computes it{seed}:\n\n```python\n{program}```"
    return (
        f"# {library} {now[library]} changes this: {what}\n\n"
        f"{capital(conclusion)}.\n\n{table}\n\n"
        "The procedure is that of *The Deep Learning Workshop* (Packt, 2020). "
        f"{ending if program else 'Add a program here.'}\n"
    )


def _cut(reason: str) -> str:
    """Return the beginning of a reason."""
    return reason if len(reason) <= 160 else f"{reason[:158]} …"
