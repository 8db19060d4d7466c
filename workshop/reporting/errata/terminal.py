"""The errors of the book on the terminal, and as Markdown and JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console

from workshop.reporting.errata.model import CONSEQUENCES, Erratum, counted_errors
from workshop.reporting.screen import Screen
from workshop.wording.words import CHANGED, OPEN, WRONG

_LIKELY = "likely, but not confirmed"


def print_errata(
    errors: Sequence[Erratum],
    likely: Sequence[Erratum],
    changed: Sequence[Erratum],
    console: Console,
    run: str = "",
) -> None:
    """Print the errors of the book, the worst first, then what is not confirmed, and what versions changed.

    `run` names the run that confirmed the errors, "" without one.
    """
    screen = Screen(console)
    if not (errors or likely or changed):
        screen.line("No errors of the book are known there. All: workshop errata")
        return
    with screen.together():
        screen.line((_heading(errors), "bold"), wrapped=True)
        if errors:
            screen.line((_source(run), "dim"), wrapped=True)
        for consequence, group in groupby(errors, lambda one: one.consequence):
            screen.line()
            screen.line((f"{'◆' * consequence:<3} {CONSEQUENCES[consequence]}", WRONG.colour))
            for one in group:
                _print_title(f"{one.title} ({one.place})", one, screen)
                screen.row("printed", one.printed, indent=4, room=9, style=WRONG.colour)
                screen.row("right", one.right, indent=4, room=9, style="green")
                screen.paragraph(one.sentence, indent=4)
                if one.also:
                    screen.row("also", one.also_text, indent=4, room=9)
        if likely:
            screen.line()
            screen.line((f"{screen.sign(OPEN)}   {_LIKELY}", f"bold {OPEN.colour}"))
            for one in likely:
                _print_title(f"{one.title} ({one.place})", one, screen)
                screen.row("needs", one.confirms, indent=4, room=9)
        if changed:
            screen.line()
            heading = "right with the book's versions, changed by later ones"
            screen.line((f"{screen.sign(CHANGED)}   {heading}", f"bold {CHANGED.colour}"))
            for one in changed:
                _print_title(one.title, one, screen)
                screen.paragraph(one.right, indent=4)
        screen.line()
        words, command = "The proof of one:", f"workshop show {[*errors, *likely, *changed][0].claim.id}"
        for line in [f"{words} {command}"] if len(words) + len(command) < screen.width else [words, command]:
            screen.line(line)


def _heading(errors: Sequence[Erratum]) -> str:
    return f"What the book gets wrong: {counted_errors(errors)}"


def _source(run: str) -> str:
    return f"{run} confirmed them." if run else "A run of the whole book confirms them: workshop verify"


def _print_title(text: str, one: Erratum, screen: Screen) -> None:
    *first, last = screen.wrap(text, screen.width - 2)
    for line in first:
        screen.line((f"  {line}", "bold"))
    screen.ends((f"  {last}", "bold"), one.claim.id)


def markdown(
    errors: Sequence[Erratum], likely: Sequence[Erratum], changed: Sequence[Erratum], run: str = ""
) -> str:
    """Return the errors as Markdown, for a class or an issue; arguments as of `print_errata`."""
    lines = [f"# {_heading(errors)}", *(["", escaped(_source(run))] if errors else [])]
    for consequence, group in groupby(errors, lambda one: one.consequence):
        lines += ["", f"## {CONSEQUENCES[consequence].capitalize()}", ""]
        lines += [line for one in group for line in error_lines(one)]
    lines += ["", f"## {_LIKELY.capitalize()}", ""] if likely else []
    lines += [line for one in likely for line in likely_lines(one)]
    lines += ["", "## Right with the book's versions, changed by later ones", ""] if changed else []
    return "\n".join([*lines, *map(change_line, changed)]) + "\n"


def error_lines(one: Erratum) -> Iterator[str]:
    """Yield the lines of an error's item in Markdown."""
    yield f"- **{escaped(one.title)}** ({escaped(one.place)}, `{one.claim.id}`)"
    yield f"  - printed: {escaped(one.printed)}"
    yield f"  - right: {escaped(one.right)}"
    yield f"  - {escaped(one.sentence)}"
    if one.also:
        yield f"  - also: {escaped(one.also_text)}"


def likely_lines(one: Erratum) -> Iterator[str]:
    """Yield the lines of the item in Markdown of what is not confirmed."""
    yield f"- **{escaped(one.title)}** ({escaped(one.place)}, `{one.claim.id}`)"
    yield f"  - needs: {escaped(one.confirms)}"


def change_line(one: Erratum) -> str:
    """Return the item in Markdown of what a later version changed."""
    return f"- **{escaped(one.title)}** ({escaped(one.since)}, `{one.claim.id}`): {escaped(one.right)}"


def escaped(text: str) -> str:
    """Return a text without Markdown's signs."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)


def as_json(one: Erratum) -> dict[str, Any]:
    """Return an error as plain data."""
    names = ("consequence", "printed", "right", "proof", "since", "confirms", "title", "sentence")
    where = {"id": one.claim.id, "place": one.place, "page": one.claim.page}
    also = [{"id": name, "place": place} for place, name in one.also]
    return {**where, **{name: getattr(one, name) for name in names}, "also": also}
