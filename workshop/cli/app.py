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
from workshop.cli.notebook import notebook
from workshop.cli.record import record
from workshop.cli.report import report
from workshop.cli.store import store
from workshop.cli.upgrade import upgrade
from workshop.cli.verify import verify


class _Commands(OneLineErrors):
    """Lists its commands in the order of their examples, the others last."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the names of the commands."""
        known = [*_EXAMPLES]
        return sorted(
            super().list_commands(ctx),
            key=lambda name: (name not in known, known.index(name) if name in known else 0),
        )


app = typer.Typer(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Verify every documented result of The Deep Learning Workshop.",
)
_EXAMPLES = {  # in the order of a person's day, which help keeps
    "show": "workshop show 6.02.test_acc --mine 0.85",
    "check": "workshop check notebook.ipynb",
    "errata": "workshop errata ch05",
    "notebook": "workshop notebook 5.03",
    "verify": "workshop verify 5.04",
    "report": "workshop report results/verify.json",
    "list": "workshop list ch02 --verdict wrong",
    "data": "workshop data fetch --missing",
    "compare": "workshop compare before.json after.json",
    "upgrade": "workshop upgrade tensorflow==2.20.0 ch01",
    "bisect": "workshop bisect 2.04.accuracy --from 2.19 --to 2.20",
    "record": "workshop record --missing 7.05",
    "store": "workshop store push s3://bucket/folder",
}
_COMMANDS = (show, check, errata, notebook, verify, report, list_claims, compare, upgrade, bisect, record)
for _command in _COMMANDS:
    _name = "list" if _command is list_claims else _command.__name__
    app.command(_name, epilog=f"Example: {_EXAMPLES[_name]}")(_command)
app.command("calibrate", hidden=True)(record)  # its name in earlier versions
for _name, _group in (("data", data), ("store", store)):
    app.add_typer(_group, name=_name, epilog=f"Example: {_EXAMPLES[_name]}")


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
