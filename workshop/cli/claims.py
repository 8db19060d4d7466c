"""`workshop list` and `workshop show`: the claims of the ledger, and what is known about them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workshop.cli.common import complete_claims, for_readers, print_taken, select
from workshop.cli.targets import console, print_line
from workshop.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    from workshop.book import Book
    from workshop.ledger import Claim, Ledger
    from workshop.reporting.screen import Screen
    from workshop.verification.results import LastRecord


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
    from workshop.execution.store import default_store
    from workshop.reporting.screen import Screen
    from workshop.verification.results import recall
    from workshop.wording.numbers import counted

    book, claims = select(patterns or [])
    latest = recall(default_store())
    if verdict is not None:
        asked = _verdicts(verdict)
        if not latest:
            raise UsageError("nothing was verified on this machine yet: run `workshop verify`")
        claims = tuple(c for c in claims if c.id in latest and latest[c.id].verdict in asked)
    if as_json:
        _print_json(claims)
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


def _print_json(claims: Sequence[Claim]) -> None:
    from workshop.ledger.values import for_json

    rows = [
        {
            "id": c.id,
            "unit": c.unit,
            "ours": c.ours,
            "kind": c.kind,
            "documented": c.documented,
            "statement": c.statement,
            "test": c.test,
            "tested_as": c.tested_as,
            "correct": c.correct,
            "needs": list(c.needs),
        }
        for c in claims
    ]
    typer.echo(json.dumps({"claims": for_json(rows)}, indent=1, allow_nan=False))


def _verdicts(text: str) -> set[str]:
    """Return the verdicts that a word stands for: one of a reader's words, or the engine's. Or UsageError."""
    from workshop.wording.words import WORD_OF, WORDS

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
    from workshop.ledger.values import brief
    from workshop.wording.pairs import stated_value
    from workshop.wording.words import WORD_OF

    widths: dict[str, int] = {}
    for claim in claims:
        widths[claim.unit] = max(len(claim.name), widths.get(claim.unit, 0))
    unit = ""
    for claim in claims:
        names = widths[claim.unit]
        if claim.unit != unit:
            unit = claim.unit
            first, *others = screen.wrap(f"{unit}  {ledger.units[unit].title}", screen.width)
            for line in (first, *others):
                screen.line((line, "bold"))
        word = WORD_OF[latest[claim.id].verdict] if claim.id in latest else None
        sign = "" if word is None else f"{screen.sign(word)} {word.name}"
        room = max(screen.width - names - 20, 20)
        stated, reader = stated_value(claim), ledger.first_of(claim).reader
        text = stated if isinstance(stated, str) else brief(stated, 2 * room, drawn=True)
        notes = [] if reader is None or claim.correct is None else [f"Right: {reader.right}"]
        notes += ["the suite's own"] if claim.ours else []
        first, *others = screen.wrap(text, room)
        begin = (f"{sign:<14}", "" if word is None else word.colour)
        screen.line("  ", begin, f"  {claim.name:<{names}}  {first}")
        for line in others:
            screen.line(" " * (names + 18), line)
        for note in notes:
            screen.row("", note, indent=0, room=names + 18, style="yellow")


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="CLAIM_OR_UNIT",
            help="A claim, a unit or a chapter, e.g. 5.04, ch05.",
            autocompletion=complete_claims,
        ),
    ],
    *,
    mine: Annotated[
        str | None,
        typer.Option(
            metavar="[NAME=]NUMBER",
            help="Is this number of yours normal? E.g. 0.846, 84.6%; NAME if the claim has several.",
        ),
    ] = None,
    code: Annotated[
        bool, typer.Option("--code", help="Print the book's own calls of an exercise, to paste.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show rule, margin, seeds and notes, in the engine's words.")
    ] = False,
) -> None:
    """Show a claim, a unit or a chapter.

    A claim: its last verdict, the book's value and this run's, and what they rest on. A unit: what it does,
    code, data, its claims with the values and verdicts of the last run, pitfalls. A chapter: its exercises.
    """
    from workshop.execution.environment import without_instructions
    from workshop.execution.store import default_store, kept
    from workshop.ledger.names import canonical, find_id
    from workshop.reporting.showing import print_chapter, print_unit
    from workshop.verification.results import recall

    book, _ = select([])
    ledger = for_readers(book)
    latest, shown = recall(default_store()), console()
    if not code:  # what is printed can be piped
        print_taken([name], ledger, shown)
    chapters = {chapter.id: chapter for chapter in ledger.chapters}
    found = canonical(name) if canonical(name) in chapters else find_id(name, ledger, "claim or unit")
    if code:
        _print_code(found)
        return
    if found in ledger.claims and found != canonical(name):
        print_line(shown, f"{name} is {found}.")
    if found in ledger.claims:
        _show_claim(ledger.claims[found], ledger, book, latest.get(found), shown, mine=mine, verbose=verbose)
        return
    if mine is not None:
        raise UsageError(_which_result(found, ledger))
    if found in chapters:
        print_chapter(chapters[found], ledger, shown, latest)
        return

    def parts() -> dict[str, Any]:
        known = book.catalogue({found[:4]})
        return {"code": known.code(found), "needs": sorted(known.needed(known.named(found)))}

    known = kept(default_store(), "parts", [found], parts)
    files = {f: names for f, names in known["code"].items() if verbose or not f.endswith("_checks.py")}
    unit = ledger.units[found]
    recorded = {}
    if not any(claim.id in latest for claim in unit.claims):
        made_of = [found, repr(without_instructions())]
        recorded = kept(default_store(), "numbers", made_of, lambda: recorded_numbers(book, unit.claims))
    print_unit(
        unit,
        ledger,
        shown,
        latest,
        code=files,
        data=_data_rows(known["needs"]),
        recorded=recorded,
        verbose=verbose,
    )


def _which_result(name: str, ledger: Ledger) -> str:
    """Ask which result of a chapter or unit `--mine` is, and list those with numbers."""
    from workshop.ledger.names import texts_after
    from workshop.ledger.values import numbers_in
    from workshop.wording.places import label

    if name not in ledger.units:
        return f"--mine needs a result, and {name} is a chapter: see `workshop show {name}`"
    after = [text for text in texts_after(name, ledger) if label(name, ledger) in ledger.units[text].title]
    claims = [claim for unit in (name, *after) for claim in ledger.units[unit].claims if not claim.ours]
    names = [claim.name for claim in claims if any(numbers_in(claim.documented))]
    if not names:
        return f"--mine needs a number, and {label(name, ledger)} has none: see `workshop show {name}`"
    return f"which result of {label(name, ledger)}, such as {name}.{names[-1]}? It has {', '.join(names)}"


def recorded_numbers(book: Book, claims: Iterable[Claim]) -> dict[str, dict[str, list[float]]]:
    """Return what the recorded runs of each claim gave, its numbers by name; no claim without runs."""
    from workshop.errors import WorkshopError
    from workshop.execution.environment import this_environment
    from workshop.execution.store import default_store
    from workshop.samples.recorded import Recordings

    recordings, found = Recordings(book, this_environment().facts(), default_store()), {}
    for claim in claims:
        if claim.rule.needs_sample:
            with suppress(WorkshopError):  # what is wrong with a file, its verdict says
                numbers = recordings.of(claim).numbers
                found[claim.id] = {name: runs.tolist() for name, runs in numbers.items()}
    return found


def _print_code(found: str) -> None:
    """Print the book's own calls, to paste into a notebook. Raises UsageError if there are none."""
    from workshop.reporting.book_calls import book_calls

    texts = book_calls()
    if found not in texts:
        own = [unit for unit in texts if unit.startswith(found[:4])]
        raise UsageError(f"--code needs an exercise or activity, and {found} is not one: {', '.join(own)}")
    typer.echo(texts[found].text, nl=False)


def _show_claim(
    claim: Claim,
    ledger: Ledger,
    book: Book,
    last: LastRecord | None,
    shown: Console,
    *,
    mine: str | None,
    verbose: bool,
) -> None:
    from workshop.execution.environment import this_environment, without_instructions
    from workshop.execution.store import default_store, kept
    from workshop.ledger.values import plain
    from workshop.reporting.showing import print_answer, print_claim
    from workshop.verification.results import Notices, SampleSummary, reader

    def known() -> dict[str, Any]:
        from workshop.execution.catalogue import by_file
        from workshop.samples.recorded import Recordings
        from workshop.verification.sample_summaries import SampleSummaries

        summaries = SampleSummaries(Recordings(book, this_environment().facts(), default_store()))
        sample = summaries.of(claim)
        chapters = {measure.unit[:4] for measure in claim.measures().values()}
        catalogue = book.catalogue(chapters or {claim.unit[:4]})
        files = by_file(catalogue.owners(claim.measures().values(), claim.id))
        notices = summaries.notices(claim, sample)
        return {"sample": plain(sample), "notices": plain(notices), "code": files}

    # NumPy and the recorded runs are loaded only for what is not kept
    made_of = [claim.id, repr(without_instructions())]
    found = kept(default_store(), "shown", made_of, known)
    sample = reader(SampleSummary | None).validate_python(found["sample"])
    if mine is not None:
        from workshop.reporting.own_number import answer_mine

        print_answer(*answer_mine(claim, mine, last, sample, ledger), shown)
        return
    print_claim(
        claim,
        ledger,
        shown,
        last=last,
        sample=sample,
        notices=reader(Notices | None).validate_python(found["notices"]),
        code=found["code"],
        verbose=verbose,
    )


def _data_rows(needed: Iterable[str]) -> list[tuple[str, str]]:
    """Return a row for each data set: whether it is here, and how to get it."""
    from workshop import datasets

    states = {"substitute": "only a substitute is here"}
    return [
        ("Data", f"{s.id}, {states.get(s.state, s.state)}{f': {s.remedy}' if s.remedy else ''}")
        for s in datasets.statuses(needed)
    ]
