"""`workshop data list | fetch | check`: the data sets; what `verify` fetches by itself."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from workshop import datasets
from workshop.book import Book, package_book
from workshop.cli.common import say
from workshop.cli.targets import console
from workshop.datasets.model import registry
from workshop.datasets.reachability import refused_host
from workshop.errors import UsageError
from workshop.execution.store import default_store, kept
from workshop.files import size_text
from workshop.ledger import Claim
from workshop.wording.numbers import counted

data = typer.Typer(no_args_is_help=True, help="The data sets: which are here, and how to get the others.")

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="Data sets; all by default.")]


@data.command(name="list")
def data_list() -> None:
    """List the data sets: whether each is here, its source, how many claims need it, its size and licence."""
    book = package_book()
    needed_by = _claims_by_dataset(book, book.ledger.claims.values())
    statuses = datasets.statuses(sorted(datasets.registry()))
    rows = [
        (s.id, s.state, s.provider or "", str(len(needed_by[s.id]) or ""), size_text(s.bytes), s.licence)
        for s in statuses
    ]
    _print_table(("data set", "state", "from", "claims", "size", "licence"), rows)
    remedies: dict[str, list[str]] = {}
    for s in statuses:
        if s.remedy:
            remedies.setdefault(s.remedy.replace(s.id, "NAME"), []).append(s.id)
    for remedy, names in remedies.items():
        typer.echo(f"{', '.join(names)}: {remedy.replace('NAME', names[0]) if len(names) == 1 else remedy}")


@data.command()
def fetch(
    names: Names = None,
    *,
    missing: Annotated[bool, typer.Option("--missing", help="Only what is not here yet.")] = False,
) -> None:
    """Fetch and check data sets, from the first provider that has them. Exit code 1: one was not fetched."""
    chosen = names or sorted(datasets.registry())
    if missing:
        chosen = [s.id for s in datasets.statuses(chosen) if s.state != "here"]
        if not chosen:
            typer.echo("nothing is missing")
            return
    try:
        statuses = datasets.fetch(chosen, progress=sys.stderr.isatty())
    except KeyboardInterrupt:
        say("interrupted: finished files stay; the same command continues")
        raise typer.Exit(130) from None
    rows = [(s.id, s.state, s.provider or "", size_text(s.bytes), s.licence) for s in statuses]
    _print_table(("data set", "state", "from", "size", "licence"), rows)
    failed = [s for s in statuses if s.state != "here"]
    lines: dict[str, list[str]] = defaultdict(list)
    for s in failed:
        what = "only a substitute is here: " if s.state == "substitute" else ""
        lines[f"{what}{s.reason}: {s.remedy}"].append(s.id)
    for line, ids in lines.items():
        say(f"{', '.join(ids)}: {line}")
    raise typer.Exit(1 if failed else 0)


@data.command(hidden=True)
def accept(names: Names = None) -> None:
    """Refuse to accept data that have changed at their source, and say why."""
    raise UsageError(
        f"the checksum of {' and '.join(names or ['a data set'])} is not accepted from a download, because "
        "verdicts rest on it: a new one is reviewed before it enters registry.yaml (see CONTRIBUTING); until "
        "then, set WORKSHOP_MIRROR to a folder that has the expected version"
    )


@data.command()
def check(names: Names = None) -> None:
    """Compare the data sets that are here with their checksums. Exit code 1: one is damaged."""
    statuses = datasets.check(names or sorted(datasets.registry()))
    book = package_book()
    needed_by = _claims_by_dataset(book, book.ledger.claims.values())
    checked = [s for s in statuses if s.checked]
    words = {"here": "sound"}
    rows = [
        (s.id, words.get(s.state, s.state), str(len(s.checked)), s.provider or "", str(len(needed_by[s.id])))
        for s in checked
    ]
    if rows:
        _print_table(("data set", "state", "files", "from", "claims"), rows)
    for s in statuses:
        if s.state == "damaged":
            say(f"{s.id} is damaged: {s.remedy}")
    damaged = len(frozenset[object]().union(*(s.damaged for s in statuses)))
    files = len(frozenset[object]().union(*(s.checked for s in statuses)))
    state = f"{damaged} damaged" if damaged else "all sound" if files else "nothing is here"
    typer.echo(f"{counted(files, 'file')} of {counted(len(checked), 'data set')} checked: {state}")
    left = [s.id for s in statuses if not s.checked]
    if left:
        typer.echo(f"not here: {', '.join(left)}: workshop data fetch --missing")
    raise typer.Exit(1 if damaged else 0)


def fetch_small(
    lacking: tuple[set[str], set[str]], book: Book, claims: Iterable[Claim], *, fetched: bool = True
) -> str:
    """Fetch the small ones of the missing data sets; return a line on what stays missing, "" if nothing does.

    `lacking` has those that are missing, and those of which a substitute is here. The line counts the claims
    that can't be decided without, and those that may stay undecided on a substitute. Raises WiringError.
    """
    missing, substituted = lacking
    if not missing | substituted:
        return ""
    statuses = datasets.fetch_small(missing, progress=sys.stderr.isatty()) if fetched else []
    needed_by = _claims_by_dataset(book, claims)
    left = {name for name in missing if needed_by[name]} - {s.id for s in statuses if s.state != "missing"}
    failed = [s for s in statuses if s.id in left]
    undecided = set[str]().union(*(needed_by[name] for name in left))
    perhaps = len(set[str]().union(*(needed_by[name] for name in substituted)) - undecided)
    more = ""
    if perhaps:
        one = len(substituted) == 1
        sets = f"{counted(len(substituted), 'data set')} {'is' if one else 'are'}"
        results = counted(perhaps, "more result" if left else "result")
        more = f"{sets} {'a substitute' if one else 'substitutes'}, which may leave {results} open."
    if not left:
        return more
    lost = f"{counted(len(undecided), 'result')} cannot be decided"
    sets = f"{counted(len(left), 'data set')} {'is' if len(left) == 1 else 'are'} missing"
    if failed and (host := refused_host()):
        text = f"No internet, or {host} is down: {sets}, so {lost}."
    elif len(left) == 1 and failed:
        text = f"{failed[0].id} could not be fetched, so {lost}: {failed[0].reason}."
    else:
        services = sorted(name for name in left if registry()[name].service)
        commands = ["workshop data fetch --missing"] if len(services) < len(left) else []
        commands += [f"for {name}, {registry()[name].remedy()}" for name in services]
        text = f"{sets} and no substitute is here, so {lost}: {'; '.join(commands)}."
    return f"{text} {more}".rstrip()


def _claims_by_dataset(book: Book, claims: Iterable[Claim]) -> dict[str, set[str]]:
    """Return by data set the claims of the book that runs on it decide. Raises WiringError."""
    runs = {claim.id: claim for claim in claims if claim.rule.needs_run and not claim.ours}

    def needs() -> dict[str, list[str]]:
        known = book.catalogue({claim.unit[:4] for claim in runs.values()})
        own = {name: known.owners(claim.measures().values(), name) for name, claim in runs.items()}
        return {name: sorted(known.needed(parts)) for name, parts in own.items()}

    needed_by: dict[str, set[str]] = defaultdict(set)
    for claim, names in kept(default_store(), "needs", runs, needs).items():
        for name in names:
            needed_by[name].add(claim)
    return needed_by


def _print_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print rows under a header; the first two columns and numbers do not wrap."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(header):
        right = name in {"claims", "files", "size"}
        table.add_column(name, justify="right" if right else "left", no_wrap=right or number < 2)
    for row in rows:
        table.add_row(*map(escape, row))
    console().print(table)
