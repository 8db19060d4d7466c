"""The errors of the book on the terminal, and as Markdown and JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console

from workshop.reporting.errata.model import CONSEQUENCES, Erratum
from workshop.reporting.screen import Screen
from workshop.reporting.words import CHANGED, WRONG


def print_errata(found: Sequence[Erratum], changed: Sequence[Erratum], console: Console) -> None:
    """Print the errors of the book, the worst first, then what later versions changed."""
    screen = Screen(console)
    if not found and not changed:
        screen.line("No errors of the book are known there. All: workshop errata")
        return
    screen.line((_heading(found), "bold"))
    for consequence, group in groupby(found, lambda one: one.consequence):
        screen.line()
        screen.line((f"{'◆' * consequence:<3} {CONSEQUENCES[consequence]}", WRONG.colour))
        for one in group:
            _print_one(one, screen)
    if changed:
        screen.line()
        heading = "right with the book's versions, changed by later ones"
        screen.line((f"{screen.sign(CHANGED)}   {heading}", f"bold {CHANGED.colour}"))
        for one in changed:
            _print_title(one.title, one, screen)
            screen.paragraph(one.right, indent=4)
    screen.line()
    words, command = "The proof of one:", f"workshop show {[*found, *changed][0].claim.id}"
    for line in [f"{words} {command}"] if len(words) + len(command) < screen.width else [words, command]:
        screen.line(line)


def _heading(found: Sequence[Erratum]) -> str:
    return f"What the book has wrong: {len(found)} printed result{'' if len(found) == 1 else 's'}"


def _print_one(one: Erratum, screen: Screen) -> None:
    _print_title(f"{one.title} ({one.place})", one, screen)
    screen.row("printed", one.printed, indent=4, room=9, style=WRONG.colour)
    screen.row("right", one.right, indent=4, room=9, style="green")
    screen.paragraph(one.sentence, indent=4)


def _print_title(text: str, one: Erratum, screen: Screen) -> None:
    *first, last = screen.wrap(text, screen.width - 2)
    for line in first:
        screen.line((f"  {line}", "bold"))
    screen.ends((f"  {last}", "bold"), one.claim.id)


def markdown(found: Sequence[Erratum], changed: Sequence[Erratum]) -> str:
    """Return the errors as Markdown, for a class or an issue."""
    return "\n".join(_markdown(found, changed)) + "\n"


def _markdown(found: Sequence[Erratum], changed: Sequence[Erratum]) -> Iterator[str]:
    yield f"# {_heading(found)}"
    for consequence, group in groupby(found, lambda one: one.consequence):
        yield from ("", f"## {CONSEQUENCES[consequence].capitalize()}", "")
        for one in group:
            yield f"- **{_escaped(one.title)}** ({_escaped(one.place)}, `{one.claim.id}`)"
            yield f"  - printed: {_escaped(one.printed)}"
            yield f"  - right: {_escaped(one.right)}"
            yield f"  - {_escaped(one.sentence)}"
    if changed:
        yield from ("", "## Right with the book's versions, changed by later ones", "")
    for one in changed:
        yield f"- **{_escaped(one.title)}** ({_escaped(one.since)}, `{one.claim.id}`): {_escaped(one.right)}"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)


def as_json(one: Erratum) -> dict[str, Any]:
    """Return an error as plain data."""
    return {
        "id": one.claim.id,
        "place": one.place,
        "page": one.claim.page,
        "consequence": one.consequence,
        "title": one.title,
        "sentence": one.sentence,
        "printed": one.printed,
        "right": one.right,
        "proof": one.proof,
        "since": one.since,
    }
