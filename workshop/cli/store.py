"""`workshop store push | pull | merge`: outcomes shared with other machines, in a folder or at an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workshop.cli.common import say
from workshop.cli.progress import doing
from workshop.cli.targets import needed_store
from workshop.errors import UsageError

if TYPE_CHECKING:
    from workshop.execution.cluster.shared_store import Shelf

store = typer.Typer(no_args_is_help=True, help="The result store: share outcomes with other machines.")

Place = Annotated[
    str,
    typer.Argument(metavar="PLACE", help="A folder, or an address of fsspec such as s3://bucket/outcomes."),
]


@store.command()
def push(place: Place) -> None:
    """Copy the outcomes that a place does not have there. Exit code 1: some were refused."""
    _copy(place, there=True, here=False)


@store.command()
def pull(place: Place) -> None:
    """Copy the outcomes that are not in the store from a place. Exit code 1: some were refused.

    Take outcomes only from people you trust: a checksum says that an entry is whole, not who computed it.
    """
    _copy(place, there=False, here=True)


@store.command()
def merge(place: Place) -> None:
    """Pull, then push: the store and a place then have the same outcomes. Exit code 1: some were refused."""
    _copy(place, there=True, here=True)


def _copy(place: str, *, there: bool, here: bool) -> None:
    from workshop.execution.cluster.shared_store import Shelf, explain, shelf
    from workshop.execution.store import default_store

    other = shelf(place)
    # to push, the store is only read
    own = Shelf(needed_store() if here else default_store())
    try:
        if here and not other.exists():
            raise UsageError(f"{place} is not there: name another folder or address, or push to it first")
        if not own.exists():
            raise UsageError(f"the store {own.folder} is not there: run `workshop verify` first")
        failed = (here and _copied(other, own, "pulled")) | (there and _copied(own, other, "pushed"))
    except OSError as error:
        raise explain(error, place) from None
    raise typer.Exit(1 if failed else 0)


def _copied(source: Shelf, target: Shelf, verb: str) -> bool:
    """Copy and say what was done; return whether something was refused."""
    from workshop.execution.cluster.shared_store import copy

    with doing("copying outcomes"):
        copied = copy(source, target)
    for name, why in copied.replaced:
        say(f"{name} was damaged {'here' if verb == 'pulled' else 'there'} and is replaced: {why}")
    for name, why in copied.refused:
        say(f"{name} is refused: {why}")
    counts = {"replaced": len(copied.replaced), "refused": len(copied.refused)}
    more = "".join(f", {count} {what}" for what, count in counts.items() if count)
    typer.echo(f"{copied.new} outcomes {verb}, {copied.there} were there{more}")
    return bool(copied.refused)
