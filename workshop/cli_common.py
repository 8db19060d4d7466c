"""What all commands share: errors in one line."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

# typer's own base class, which is click's or typer's copy of it, by version
UsageError: Any = typer.BadParameter.__base__


class OneLineErrors(TyperGroup):
    """A group of commands that tells wrong usage in one line."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; exit with 2 and one line where an option or argument is wrong."""
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except UsageError as error:
            message = str(error.format_message())
            if "\n" not in message:  # several lines are the help that a command without arguments shows
                command = error.ctx.command_path if error.ctx is not None else "workshop"
                message = f"workshop: {message.rstrip('.?')}: see `{command} --help`"
            typer.echo(message, err=True)
            code = 2
        except typer.Abort:
            code = 130
        sys.exit(code if isinstance(code, int) else 0)


def usage(message: str) -> NoReturn:
    """Say in one line what is wrong with the call, and exit with 2."""
    fail(message, code=2)


def fail(message: str, code: int = 1) -> NoReturn:
    """Say in one line what went wrong, and exit."""
    typer.echo(f"workshop: {message}", err=True)
    raise typer.Exit(code)
