"""The command that finds since which version of a library a result is another one: `workshop bisect`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from workshop.cli_common import fail, no_such
from workshop.interrupts import interruptible
from workshop.targets import needed_store

if TYPE_CHECKING:
    from workshop.ledger import Claim, Ledger
    from workshop.matrix.telling import Conclusion
    from workshop.verification.catalogue import Catalogue


def bisect(
    name: Annotated[str, typer.Argument(metavar="CLAIM", help="Id of a claim.")],
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
    from workshop.datasets import DataError
    from workshop.ledger import LedgerError, ledger
    from workshop.matrix.bisection import NoSearch
    from workshop.matrix.building import NotBuilt
    from workshop.matrix.recipes import NoVersion
    from workshop.verification.catalogue import WiringError
    from workshop.verification.reference import DamagedReference

    try:
        book = ledger()
        if name not in book.claims:
            no_such("claim", name, book.claims, "see `workshop list`")
        needed_store()
        with interruptible("interrupted: what was built and computed is kept; the same command continues"):
            conclusion = _search(book.claims[name], book, library, start, end)
    except NoVersion as error:
        fail(str(error), 2)
    except (DamagedReference, DataError, LedgerError, NoSearch, NotBuilt, WiringError) as error:
        fail(str(error))
    typer.echo(conclusion.text)
    raise typer.Exit(0 if conclusion.found else 1)


def _search(claim: Claim, book: Ledger, library: str, start: str, end: str) -> Conclusion:
    from workshop.matrix.answering import answer, by_chance, libraries
    from workshop.matrix.bisection import search
    from workshop.matrix.building import published
    from workshop.matrix.deciding import Decider
    from workshop.matrix.recipes import between, choose, distributions, oldest_known, releases
    from workshop.matrix.table import table
    from workshop.matrix.telling import changed, differ_beside, holds_alike, line, measures_alike, unchanged
    from workshop.verification.catalogue import catalogue

    if claim.pending or not claim.rule.needs_run:
        fail(f"{claim.id} rests on no run, so that no version changes it", 2)
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
        fail(f"Keras before {oldest} comes with a TensorFlow release: --library tensorflow", 2)
    start = start or oldest
    end = end or (every[-1] if library == "tensorflow" else decider.newest())
    chosen = between(every, start, end)
    _tell_beforehand(claim, units)
    first, last = decider(chosen[0]), decider(chosen[-1])
    if first is None or last is None:
        fail(f"{chosen[0] if first is None else chosen[-1]} can't tell: choose another end", 1)
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
        fail(f"{claim.id} needs {', '.join(missing)}: workshop data fetch {' '.join(missing)}", 1)


def _tell_beforehand(claim: Claim, units: Catalogue) -> None:
    """Say what is compared where that is not all, and how long a version takes where that is long."""
    from workshop.matrix.answering import by_chance, profile, usual_duration

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
