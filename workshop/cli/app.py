"""The command line: `workshop list`, `show`, `verify` and the others, one file each."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from workshop.cli.bisect import bisect
from workshop.cli.check import check
from workshop.cli.claims import list_claims, show
from workshop.cli.common import OneLineErrors, say
from workshop.cli.compare import compare
from workshop.cli.data import data
from workshop.cli.errata import errata
from workshop.cli.record import record
from workshop.cli.report import report
from workshop.cli.store import store
from workshop.cli.upgrade import upgrade
from workshop.cli.verify import verify

app = typer.Typer(
    cls=OneLineErrors,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Verify every documented result of The Deep Learning Workshop.",
)
app.command("list")(list_claims)
app.command()(show)
app.command()(verify)
app.command()(check)
app.command()(report)
app.command()(errata)
app.command()(compare)
app.command()(upgrade)
app.command()(bisect)
app.command()(record)
app.command("calibrate", hidden=True)(record)  # its name in earlier versions
app.add_typer(data, name="data")
app.add_typer(store, name="store")


def _version(value: bool) -> None:
    if value:
        import workshop

        typer.echo(f"workshop {workshop.__version__}")
        raise typer.Exit


class _Messages(logging.Handler):
    """Writes messages on standard error, printable, as they quote names of files and words of servers."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@app.callback()
def main(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Verify every documented result of The Deep Learning Workshop."""
    del version  # its callback prints it and exits
    logger = logging.getLogger("workshop")
    logger.handlers[:] = [_Messages()]
    logger.propagate = False
