"""The command that finds since which version of a library a result is another one: `workshop bisect`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from workshop.cli.common import claim_names, no_such
from workshop.cli.interrupts import interruptible
from workshop.cli.targets import needed_store
from workshop.errors import UsageError, WorkshopError

if TYPE_CHECKING:
    from workshop.bisect.messages import Conclusion
    from workshop.execution.catalogue import Catalogue
    from workshop.ledger import Claim, Ledger


def bisect(
    name: Annotated[str, typer.Argument(metavar="CLAIM", help="Id of a claim.", autocompletion=claim_names)],
    *,
    library: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Of which library; of the one that the claim uses if it uses one only."
        ),
    ] = "",
    start: Annotated[
        str,
        typer.Option(
            "--from", metavar="VERSION", help="The oldest version; that of the book's own stack if left out."
        ),
    ] = "",
    end: Annotated[
        str, typer.Option("--to", metavar="VERSION", help="The newest version; today's newest if left out.")
    ] = "",
) -> None:
    """Find between which two versions of a library a claim's result changed, in environments made with uv.

    Asked is whether the documented value holds, whatever finding is recorded; where that is the same at both
    ends, whether the measured value is. One change between the ends is assumed. Exit code 0: found;
    1: nothing changed, or it can't be told; 2: wrong usage.
    """
    from workshop.ledger import ledger

    book = ledger()
    if name not in book.claims:
        no_such("claim", name, book.claims, "see `workshop list`")
    needed_store()
    with interruptible("interrupted: what was built and computed is kept; the same command continues"):
        conclusion = _search(book.claims[name], book, library, start, end)
    typer.echo(conclusion.text)
    raise typer.Exit(0 if conclusion.found else 1)


def _search(claim: Claim, book: Ledger, library: str, start: str, end: str) -> Conclusion:
    from workshop.bisect.evaluate import answer, by_chance, libraries
    from workshop.bisect.evaluator import Decider
    from workshop.bisect.messages import changed, differ_beside, holds_alike, line, measures_alike, unchanged
    from workshop.bisect.requirements import between, choose, distributions, oldest_known, releases
    from workshop.bisect.search import search
    from workshop.bisect.virtualenvs import published
    from workshop.execution.catalogue import catalogue
    from workshop.matrix.table import table

    if not claim.rule.needs_run:
        raise UsageError(f"{claim.id} rests on no run, so that no version changes it")
    units = catalogue({measure.unit[:4] for measure in claim.measures().values()})
    used = distributions(libraries(claim, units))
    library = choose(library, used)
    _need_data(claim, book)
    decider = Decider(
        library,
        used,
        table(),
        partial(answer, claim, book),
        lambda version, told: typer.echo(line(library, version, told)),
    )
    every = releases(table()) if library == "tensorflow" else published(library, decider.python())
    oldest = oldest_known(library, every, table())
    if library == "keras" and start in every[: every.index(oldest)]:
        raise UsageError(f"Keras before {oldest} comes with a TensorFlow release: --library tensorflow")
    start = start or oldest
    end = end or (every[-1] if library == "tensorflow" else decider.newest())
    chosen = between(every, start, end)
    _tell_beforehand(claim, units)
    first, last = decider(chosen[0]), decider(chosen[-1])
    if first is None or last is None:
        raise WorkshopError(f"{chosen[0] if first is None else chosen[-1]} can't tell: choose another end")
    same = measures_alike
    if by_chance(claim, units) or not holds_alike(first, last):
        same = holds_alike
    change = search(chosen, decider, same)
    if change is None:
        return unchanged(library, first, last)
    confounded = differ_beside(library, change.was, change.now)
    together = decider.together(change.before, change.after) if confounded else None
    return changed(library, change, last, together, same)


def _need_data(claim: Claim, book: Ledger) -> None:
    """End with the remedy if a data set is not here: no environment could tell."""
    from workshop.verification.engine import Engine

    missing = sorted(Engine(book).missing_datasets([claim]))
    if missing:
        needed = f"{claim.id} needs {', '.join(missing)}"
        raise WorkshopError(f"{needed}: workshop data fetch {' '.join(missing)}")


def _tell_beforehand(claim: Claim, units: Catalogue) -> None:
    """Say what is compared where that is not all, and how long a version takes where that is long."""
    from workshop.bisect.evaluate import by_chance, profile, usual_duration

    if by_chance(claim, units):
        typer.echo(
            f"{claim.id} depends on seeds or the clock: compared is whether it holds, not what is measured",
            err=True,
        )
    if profile(claim) == "full":
        seconds = usual_duration(claim, units)
        typer.echo(
            f"only the full procedure decides it: {seconds:.0f} s a seed are usual, for each version",
            err=True,
        )
