"""The commands about data sets: `workshop data list | fetch | check`."""

from __future__ import annotations

import logging
import sys
from typing import Annotated, Any

import typer

from workshop.cli_common import no_such

data = typer.Typer(
    no_args_is_help=True, help="The data sets: what is here, where it comes from, getting what is missing."
)


@data.command(name="list")
def data_list() -> None:
    """List the data sets: here or not, where from, size, licence."""
    from workshop import datasets

    _print_statuses(datasets.statuses())


@data.command()
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Data sets; all without a name.")
    ] = None,
) -> None:
    """Fetch data sets from the first provider that has them, verified by checksum."""
    from workshop import datasets

    statuses = datasets.fetch(_known(names), progress=sys.stderr.isatty())
    _print_statuses(statuses)
    raise typer.Exit(0 if all(s.state != "missing" for s in statuses) else 1)


@data.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Data sets; all without a name.")
    ] = None,
) -> None:
    """Check the data sets that are here against their checksums, byte by byte; exit with 1 at damage."""
    from workshop import datasets

    chosen = _known(names)
    damage = _Counter()
    logger = logging.getLogger("workshop.datasets")
    logger.addHandler(damage)
    try:
        statuses = datasets.check(chosen)
    finally:
        logger.removeHandler(damage)
    _print_statuses(statuses)
    raise typer.Exit(1 if damage.count else 0)


class _Counter(logging.Handler):
    """Counts warnings: of a check, each is a damaged file."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def _known(names: list[str] | None) -> list[str]:
    from workshop import datasets

    known = list(datasets.registry())
    for name in names or []:
        if name not in known:
            no_such("data set", name, known, f"one of {', '.join(sorted(known))}")
    return names or known


def _print_statuses(statuses: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("data set", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("from")
    table.add_column("MB", justify="right", no_wrap=True)
    table.add_column("licence")
    for s in statuses:
        table.add_row(s.id, s.state, s.provider or "", _megabytes(s.bytes), s.licence)
    console = Console()
    console.print(table)
    remedies: dict[str, list[str]] = {}
    for s in statuses:
        if s.remedy:
            remedies.setdefault(s.remedy.replace(s.id, "NAME"), []).append(s.id)
    for remedy, names in remedies.items():
        told = remedy.replace("NAME", names[0]) if len(names) == 1 else remedy
        console.print(f"{', '.join(names)}: {told}", soft_wrap=True, highlight=False)


def _megabytes(size: int) -> str:
    return "" if not size else "<0.1" if size < 100_000 else f"{size / 1e6:,.1f}"
