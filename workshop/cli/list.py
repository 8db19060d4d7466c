"""`workshop list`: the claims of the ledger with the verdict of the last run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from workshop.cli.common import complete_claims, print_taken, select
from workshop.cli.targets import console
from workshop.errors import UsageError
from workshop.execution.store import default_store
from workshop.ledger import Claim, Ledger
from workshop.reporting.screen import Screen
from workshop.values import brief, for_json
from workshop.verification.results import LastRecord, recall
from workshop.wording.numbers import counted
from workshop.wording.pairs import stated_value
from workshop.wording.words import WORD_OF, WORDS

# of a claim, in the order of JSON
_IN_JSON = (
    "id", "unit", "ours", "kind", "documented", "statement", "test", "tested_as", "correct", "needs",
)  # fmt: skip


def list_claims(
    patterns: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATTERN]…",
            help="Chapters, units, claims or globs, e.g. ch05, 5.04.",
            autocompletion=complete_claims,
        ),
    ] = None,
    *,
    verdict: Annotated[
        str | None,
        typer.Option(metavar="WORD", help="Only claims with this verdict in the last run, e.g. wrong, open."),
    ] = None,
    own: Annotated[bool, typer.Option("--own", help="List the suite's own checks, too.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, which always has the suite's own checks.")
    ] = False,
) -> None:
    """List claims with the verdict of the last run here.

    Each has its name and what the book says.
    """
    book, claims = select(patterns or [])
    latest = recall(default_store())
    if verdict is not None:
        asked = _verdicts(verdict)
        if not latest:
            raise UsageError("nothing was verified on this machine yet: run `workshop verify`")
        claims = tuple(c for c in claims if c.id in latest and latest[c.id].verdict in asked)
    if as_json:
        rows = [{name: getattr(claim, name) for name in _IN_JSON} for claim in claims]
        typer.echo(json.dumps({"claims": for_json(rows)}, indent=1, allow_nan=False))
        return
    printed = tuple(c for c in claims if not c.ours)
    shown = claims if own or not printed else printed
    shown_on = console()
    print_taken(patterns or [], book.ledger, shown_on)
    screen = Screen(shown_on)
    with screen.together():
        _print_list(shown, book.ledger, latest, screen)
    extras = len(claims) - len(printed)
    text = counted(len(printed), "claim") + (f", and {extras} of the suite's own" if extras and own else "")
    typer.echo(text + (f" with the verdict {verdict} in the last run" if verdict else ""))


def _verdicts(text: str) -> set[str]:
    """Return the verdicts that a word stands for: one of a reader's words, or the engine's. Or UsageError."""
    asked = " ".join(text.lower().replace("-", " ").split())
    for word in WORDS:
        if asked in {word.key.replace("-", " "), word.name}:
            return {verdict for verdict, its in WORD_OF.items() if its is word}
    if asked in WORD_OF:
        return {asked}
    known = ", ".join(word.key for word in WORDS)
    raise UsageError(f"no verdict is called {text!r}: one of {known}, or one of the results' own names")


def _print_list(
    claims: Sequence[Claim], ledger: Ledger, latest: Mapping[str, LastRecord], screen: Screen
) -> None:
    """Print a line for each claim, by unit."""
    widths: dict[str, int] = {}
    for claim in claims:
        widths[claim.unit] = max(len(claim.name), widths.get(claim.unit, 0))
    unit = ""
    for claim in claims:
        names = widths[claim.unit]
        if claim.unit != unit:
            unit = claim.unit
            screen.paragraph(f"{unit}  {ledger.units[unit].title}", style="bold")
        word = WORD_OF[latest[claim.id].verdict] if claim.id in latest else None
        sign = "" if word is None else f"{screen.sign(word)} {word.name}"
        begin = f"{sign:<14}", "" if word is None else word.colour
        stated, reader = stated_value(claim), ledger.first_of(claim).reader
        room = max(screen.width - names - 20, 20)
        text = stated if isinstance(stated, str) else brief(stated, 2 * room, drawn=True)
        screen.beside("  ", begin, f"  {claim.name:<{names}}  ", text=text, least=20)
        notes = [] if reader is None or claim.correct is None else [f"Right: {reader.right}"]
        for note in [*notes, *(["the suite's own"] if claim.ours else [])]:
            screen.beside(" " * (names + 20), text=note, style="yellow", least=20)
