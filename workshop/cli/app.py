"""The command line: `workshop list`, `show`, `verify` and the others, one file each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer

from workshop.cli.common import OneLineErrors, say

_COMMANDS = {  # the line in the list of commands, and an example; in the order of a person's day
    "show": ("Show a claim, a unit or a chapter.", "workshop show 6.02.test_acc --mine 0.85"),
    "check": ("Check your own notebook or numbers.", "workshop check notebook.ipynb"),
    "errata": ("List what the book gets wrong, the worst first.", "workshop errata ch05"),
    "notebook": ("Write an exercise as a notebook without outputs.", "workshop notebook 5.03"),
    "verify": ("Verify claims.", "workshop verify 5.04"),
    "report": ("Write the report of a run as one HTML page.", "workshop report results/verify.json"),
    "list": ("List claims with the verdict of the last run here.", "workshop list ch02 --verdict wrong"),
    "data": ("The data sets: which are here, and how to get the others.", "workshop data fetch --missing"),
    "compare": ("Compare runs with the first one.", "workshop compare before.json after.json"),
    "upgrade": ("Verify with other versions of libraries.", "workshop upgrade tensorflow==2.20.0 ch01"),
    "bisect": (
        "Find the version of a library that changed a result.",
        "workshop bisect 2.04.accuracy --from 2.19 --to 2.20",
    ),
    "record": ("Re-record the reference runs of units.", "workshop record --missing 7.05"),
}
_FUNCTIONS = {"list": "list_claims"}  # of a module that has another name
_SETTINGS: dict[str, Any] = {"pretty_exceptions_enable": False, "rich_markup_mode": None}


class _OnDemand(Mapping[str, Any]):
    """The commands by name, each imported when it is called: all of them take longer than a short one."""

    def __getitem__(self, name: str) -> Any:
        return _load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


@cache
def _load(name: str) -> Any:
    """Import a command. Raises KeyError if there is none of this name."""
    epilog, alone = f"Example: {_COMMANDS[name][1]}", typer.Typer(**_SETTINGS)
    command = getattr(import_module(f"workshop.cli.{name}"), _FUNCTIONS.get(name, name))
    if isinstance(command, typer.Typer):
        alone.add_typer(command, name=name, epilog=epilog)
    else:
        alone.command(name, epilog=epilog)(command)
    return typer.main.get_group(alone).commands[name]


class _LazyGroup(OneLineErrors):
    """A group whose help imports none of its commands."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.commands = _OnDemand()  # type: ignore[assignment]

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the names of the commands."""
        return [*_COMMANDS]

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write a line for each command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (line, _) in _COMMANDS.items()])


app = typer.Typer(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    help="Verify every documented result of The Deep Learning Workshop.",
    **_SETTINGS,
)


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
