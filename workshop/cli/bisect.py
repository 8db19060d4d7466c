"""`workshop bisect`: between which versions of a library a result changed."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from workshop.bisect import messages, requirements
from workshop.bisect.evaluate import Evaluation, draws_numbers, evaluate, find_parts, takes_time
from workshop.bisect.evaluator import Evaluator
from workshop.bisect.search import Change, search
from workshop.book import Book, package_book
from workshop.cli.common import complete_claims
from workshop.cli.interrupts import interruptible
from workshop.cli.progress import doing
from workshop.cli.targets import needed_store
from workshop.errors import UsageError, WorkshopError
from workshop.ledger import Claim
from workshop.ledger.names import find_id
from workshop.matrix.table import table
from workshop.matrix.virtualenvs import list_versions
from workshop.reporting.book_calls import short_program
from workshop.values import brief
from workshop.verification.engine import Engine
from workshop.wording.pairs import stated_value


def bisect(
    name: Annotated[
        str,
        typer.Argument(metavar="CLAIM", help="A claim, e.g. 5.04.test_rmse.", autocompletion=complete_claims),
    ],
    *,
    library: Annotated[
        str,
        typer.Option(metavar="NAME", help="The library. Name it if the claim uses more than one."),
    ] = "",
    start: Annotated[
        str,
        typer.Option("--from", metavar="VERSION", help="The oldest version; by default that of the book."),
    ] = "",
    end: Annotated[
        str, typer.Option("--to", metavar="VERSION", help="The newest version; by default today's newest.")
    ] = "",
    issue: Annotated[
        bool, typer.Option("--issue", help="Print the text of an issue for the library's tracker.")
    ] = False,
) -> None:
    """Find the version of a library that changed a result.

    It searches in environments built with uv. It checks whether the documented value holds, whatever finding
    is recorded. If that is the same at both ends, it compares the measured values. If the claim draws random
    numbers, it repeats one recorded seed per version, as a default run computes it, and compares all its
    numbers. It assumes one change between the ends. Exit code 0: a change was found; 1: nothing changed, or
    it is not clear; 2: wrong usage.
    """
    book = package_book()
    claim = book.ledger.claims[find_id(name, book.ledger, "claim")]
    needed_store()
    with interruptible("interrupted: finished environments and outcomes stay; the same command continues"):
        library, change, conclusion = _search(
            claim, book, library, start, end, partial(typer.echo, err=issue)
        )
    typer.echo(conclusion, err=issue)
    if issue and change is not None:
        printed, program = brief(stated_value(claim), 200), short_program(claim.unit)
        typer.echo(messages.write_issue(claim.what, printed, library, change, conclusion, program))
    raise typer.Exit(0 if change is not None else 1)


def _search(
    claim: Claim, book: Book, library: str, start: str, end: str, echo: Callable[[str], None]
) -> tuple[str, Change[Evaluation] | None, str]:
    """Return the library, the change if there is one, and the conclusion; `echo` takes a line a version."""
    if not claim.rule.needs_run:
        raise UsageError(f"{claim.id} does not rest on a run, so no version changes it")
    parts = find_parts(claim, book.catalogue({measure.unit[:4] for measure in claim.measures().values()}))
    used = requirements.list_distributions(name for part in parts for name in part.uses)
    library = requirements.choose_library(library, used)
    if missing := sorted(Engine(book).lacking_datasets([claim])[0]):  # nothing can be decided without
        needed = f"{claim.id} needs {', '.join(missing)}"
        raise WorkshopError(f"{needed}: workshop data fetch {' '.join(missing)}")
    evaluator = Evaluator(library, used, table(), partial(evaluate, claim, book))

    answers: list[Evaluation] = []

    def ask(version: str) -> Evaluation | None:
        share = min(len(answers) / steps, 0.99)
        with doing(f"{library} {version}: environment and result of {claim.id}", share):
            evaluation = evaluator.evaluate_version(version)
        echo(messages.describe_version(library, version, evaluation, *answers[:1]))
        if isinstance(evaluation, str):
            return None
        answers.append(evaluation)
        return evaluation

    every = (
        requirements.list_releases(table())
        if library == "tensorflow"
        else list_versions(library, evaluator.python())
    )
    oldest = requirements.find_oldest(library, every, table())
    if library == "keras" and start in every[: every.index(oldest)]:
        raise UsageError(f"Keras before {oldest} comes with a TensorFlow release: --library tensorflow")
    start = start or oldest
    end = end or (every[-1] if library == "tensorflow" else evaluator.newest())
    versions = requirements.select_range(every, start, end)
    steps = 2 + math.ceil(math.log2(max(len(versions) - 1, 1)))
    echo(
        f"{claim.id} · {len(versions)} versions of {library} from {start} to {end} · about {steps} are "
        "tried, a minute or more each"
    )
    what = ""
    if draws_numbers(parts):
        what = "draws random numbers: the numbers of one recorded seed are compared, not whether it holds"
    elif takes_time(parts):
        what = "depends on the clock: only whether it holds is compared, not its value"
    if what:
        typer.echo(f"{claim.id} {what}", err=True)
    first, last = map(ask, (start, end))
    if first is None or last is None:
        raise WorkshopError(f"{start if first is None else end} can't be decided: choose another end")
    by_value = not takes_time(parts) and messages.holds_alike(first, last)
    same = messages.measures_alike if by_value else messages.holds_alike
    change = search(versions, (first, last), ask, same)
    if change is None:
        return library, None, messages.conclude_unchanged(library, first, last)
    return library, change, messages.conclude_changed(library, change, last)
