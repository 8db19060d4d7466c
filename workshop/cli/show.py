"""`workshop show`: what is known of a claim, a unit or a chapter."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated, Any

import typer
from rich.console import Console

from workshop import datasets
from workshop.book import Book
from workshop.cli.common import complete_claims, for_readers, print_taken, select
from workshop.cli.targets import console, print_line
from workshop.errors import UsageError, WorkshopError
from workshop.execution.environment import this_environment, without_instructions
from workshop.execution.store import default_store, kept
from workshop.ledger import Claim, Ledger
from workshop.ledger.names import canonical, find_id, texts_after
from workshop.reporting.book_calls import book_calls
from workshop.reporting.showing import print_answer, print_chapter, print_claim, print_unit
from workshop.values import numbers_in, plain
from workshop.verification.results import LastRecord, Notices, SampleSummary, reader, recall
from workshop.wording.places import label


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
    book, _ = select([])
    ledger = for_readers(book)
    latest, shown = recall(default_store()), console()
    if not code:  # what is printed can be piped
        print_taken([name], ledger, shown)
    chapters = {chapter.id: chapter for chapter in ledger.chapters}
    key = canonical(name) if canonical(name) in chapters else find_id(name, ledger, "claim or unit")
    if code:
        texts = book_calls()
        if key not in texts:
            own = [unit for unit in texts if unit.startswith(key[:4])]
            raise UsageError(f"--code needs an exercise or activity, and {key} is not one: {', '.join(own)}")
        typer.echo(texts[key].text, nl=False)
        return
    if key in ledger.claims and key != canonical(name):
        print_line(shown, f"{name} is {key}.")
    if key in ledger.claims:
        _show_claim(ledger.claims[key], ledger, book, latest.get(key), shown, mine=mine, verbose=verbose)
        return
    if mine is not None:
        raise UsageError(_which_result(key, ledger))
    if key in chapters:
        print_chapter(chapters[key], ledger, shown, latest)
        return

    def parts() -> dict[str, Any]:
        known = book.catalogue({key[:4]})
        return {"code": known.code(key), "needs": sorted(known.needed(known.named(key)))}

    known = kept(default_store(), "parts", [key], parts)
    files = {f: names for f, names in known["code"].items() if verbose or not f.endswith("_checks.py")}
    unit = ledger.units[key]
    recorded = {}
    if not any(claim.id in latest for claim in unit.claims):
        made_of = [key, repr(without_instructions())]
        recorded = kept(default_store(), "numbers", made_of, lambda: recorded_numbers(book, unit.claims))
    states = {"substitute": "only a substitute is here"}
    data = [
        ("Data", f"{s.id}, {states.get(s.state, s.state)}{f': {s.remedy}' if s.remedy else ''}")
        for s in datasets.statuses(known["needs"])
    ]
    print_unit(
        unit,
        ledger,
        shown,
        latest,
        code=files,
        data=data,
        recorded=recorded,
        verbose=verbose,
    )


def _which_result(name: str, ledger: Ledger) -> str:
    """Ask which result of a chapter or unit `--mine` is, and list those with numbers."""
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
    from workshop.samples.recorded import Recordings

    recordings, by_claim = Recordings(book, this_environment().facts(), default_store()), {}
    for claim in claims:
        if claim.rule.needs_sample:
            with suppress(WorkshopError):  # what is wrong with a file, its verdict says
                numbers = recordings.of(claim).numbers
                by_claim[claim.id] = {name: runs.tolist() for name, runs in numbers.items()}
    return by_claim


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
    facts = kept(default_store(), "shown", made_of, known)
    sample = reader(SampleSummary | None).validate_python(facts["sample"])
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
        notices=reader(Notices | None).validate_python(facts["notices"]),
        code=facts["code"],
        verbose=verbose,
    )
