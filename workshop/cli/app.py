"""The command line: `workshop list`, `show`, `verify` and the others, one file each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer

from workshop.cli.common import OneLineErrors, say

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
}
_NAMES = (*_EXAMPLES, "calibrate")  # an earlier name of `record`
# the module and the function of a command that has another name
_HOMES = {"show": "claims.show", "list": "claims.list_claims", "calibrate": "record.record"}
_SETTINGS: dict[str, Any] = {"pretty_exceptions_enable": False, "rich_markup_mode": None}


class _OnDemand(Mapping[str, Any]):
    """The commands by name, each made when it is needed: to make all takes a tenth of a short one."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in _NAMES:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = _make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


def _make(name: str) -> Any:
    module, function = _HOMES.get(name, f"{name}.{name}").split(".")
    found = getattr(import_module(f"workshop.cli.{module}"), function)
    alone, hidden = typer.Typer(**_SETTINGS), name not in _EXAMPLES
    epilog = None if hidden else f"Example: {_EXAMPLES[name]}"
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name, epilog=epilog)
    else:
        alone.command(name, epilog=epilog, hidden=hidden)(found)
    return typer.main.get_group(alone).commands[name]


class _Commands(OneLineErrors):
    """Has its commands on demand, and lists them in the order of their examples."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.commands = _OnDemand()  # type: ignore[assignment]

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the names of the commands."""
        return [*self.commands]


app = typer.Typer(
    cls=_Commands,
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
