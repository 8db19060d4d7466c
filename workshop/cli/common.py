"""What all commands share: errors in one line, completion of names, streams that can be written."""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from workshop.cli.interrupts import interruptible
from workshop.cli.progress import clock, doing, write_line
from workshop.errors import UsageError, WorkshopError
from workshop.files import reason
from workshop.untrusted import one_line

if TYPE_CHECKING:
    from rich.console import Console

    from workshop.book import Book
    from workshop.execution.pool import Cluster
    from workshop.execution.run import Usage
    from workshop.ledger import Claim, Ledger

Python = Annotated[
    Path | None,
    typer.Option(
        "--python",
        help="Run the units in this interpreter, 3.7 or later, or in an environment of the matrix "
        "(py312-tf218-k3), which uv builds.",
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="CLUSTER",
        help="Run the units on a Ray cluster: `ray` is that of RAY_ADDRESS or of this machine, "
        "ray://HOST:10001 a remote one.",
    ),
]

# the base class of usage errors: click's, or typer's own copy, depending on typer's version
_WrongCall: Any = typer.BadParameter.__base__

# what earlier versions had, and what does its work today
_GONE = {
    "calibrate": "it is called `workshop record`",
    "store": "machines share outcomes in a folder that WORKSHOP_STORE names",
    "compare --json": "use --html for a page, or --fail-on for a gate",
    "verify --seed-set": "--seeds 30 draws 30 seeds",
    "verify --vary-seed": "--seeds 30 draws 30 seeds",
    "report --first-contact": "send the maintainers the results file itself",
    "errata --html": "use --markdown, or `workshop report` for a page",
    "errata --base-url": "use --markdown, or `workshop report` for a page",
}

_OBJECTS = 100_000  # after which garbage is looked for
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class OneLineErrors(TyperGroup):
    """A group of commands that reports a wrong call, file or disk in one line."""

    def main(self, args: Sequence[str] | None = None, **kwargs: Any) -> Any:  # type: ignore[override]
        """Run the command line; exit with 2 after wrong usage, with 1 after an error of the system."""
        # little of what a command makes is garbage, and to look for it takes a quarter of a short one
        gc.set_threshold(_OBJECTS, 20, 100)
        atexit.register(gc.freeze)
        kwargs["standalone_mode"] = False
        if sys.stdout is None:
            say("standard output is closed: send it to a file, or to /dev/null")
            sys.exit(2)
        _prepare_streams()
        try:
            code = super().main(args, **kwargs)
            sys.stdout.flush()
        except _WrongCall as error:
            _say_usage(error, self, sys.argv[1:] if args is None else args)
            code = 2
        except WorkshopError as error:
            _say_error(error)
            code = error.exit_code
        except typer.Abort:
            code = 130
        except OSError as error:
            say(_explain(error))
            code = 1
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; Ctrl-C ends it in one line."""
        with interruptible("interrupted"):
            return super().invoke(ctx)


def _say_error(error: WorkshopError) -> None:
    """Print an error on one line, and what may have been meant as a list below it."""
    head, question, _ = str(error).partition(": did you mean ")
    if not (question and error.rows):
        say(str(error))
        return
    say(f"{head}. Did you mean")
    names = max(len(name) for name, _ in error.rows)
    for name, title in error.rows:
        write_line(f"    {name:<{names}}  {one_line(title)}")


def say(message: str) -> None:
    """Print one line on standard error, whatever characters a name in it has."""
    write_line(f"workshop: {one_line(message)}")


def select(patterns: list[str]) -> tuple[Book, tuple[Claim, ...]]:
    """Return the package's book and its claims that match the patterns, all if there are none.

    Raises LedgerError, DataError, or UnknownNameError with a suggestion.
    """
    from workshop.book import package_book

    book = package_book()
    book.ledger.check_needs(book.data_sets())
    return book, book.ledger.select(patterns)


def for_readers(book: Book) -> Ledger:
    """Return the ledger that is shown: its texts have the numbers of the recorded runs."""
    from workshop.samples.texts import with_numbers

    return with_numbers(book)


def print_taken(names: Iterable[str], ledger: Ledger, console: Console) -> None:
    """Print which unit a number or a title was taken for, so that nobody reads of another one."""
    from workshop.ledger.names import taken_for
    from workshop.reporting.screen import Screen
    from workshop.wording.numbers import capital
    from workshop.wording.places import unit_text

    for name in names:
        if unit := taken_for(name, ledger):
            text = unit_text(unit, ledger)
            Screen(console).paragraph(f"{capital(text)} is {unit}.", style="dim")


def complete_claims(incomplete: str) -> list[str]:
    """Return the chapters, units or claims that begin with a word, for completion in a shell."""
    book, claims = select([])
    names = [
        *(chapter.id for chapter in book.ledger.chapters),
        *book.ledger.units,
        *(claim.id for claim in claims),
    ]
    dots = max(1, incomplete.count("."))
    return [name for name in names if name.startswith(incomplete) and name.count(".") <= dots]


def complete_units(incomplete: str) -> list[str]:
    """Return the units that begin with a word, for completion in a shell."""
    return [name for name in select([])[0].ledger.units if name.startswith(incomplete)]


def resolve_python(python: Path | None) -> Path | None:
    """Return an interpreter's absolute path; a link stays one, because it names an environment.

    One of the matrix is built if needed. Raises NotBuilt.
    """
    if python is None:
        return None
    from workshop.matrix.table import NAME

    if NAME.fullmatch(str(python)):
        from workshop.matrix.virtualenvs import build_named

        return build_named(str(python))
    command = shutil.which(python) if python.name == str(python) else None
    return Path(command or python).absolute()


@contextlib.contextmanager
def cluster_of(on: str | None, python: Path | None, timeout: int | None = None) -> Iterator[Cluster | None]:
    """Give the cluster that `--on` names, None without the option. Raises UsageError."""
    if on is None:
        yield None
        return
    if on != "ray" and not on.startswith("ray://"):
        raise UsageError(f"--on {on}: name a cluster like ray or ray://host:10001")
    from workshop.execution.cluster import RayCluster

    with doing("asking the nodes of the cluster"):
        cluster = RayCluster(on, timeout, "" if python is None else str(python))
    with contextlib.closing(cluster):
        yield cluster


def say_usage(on: str | None, usage: Usage) -> None:
    """Say how the cores of a cluster were used, if there was one and it computed something."""
    if on is None or not usage.busy:
        return
    busy = f"{usage.busy_share:.0%}".replace("%", " %")
    line = f"{usage.cores} cores for {clock(usage.wall)}, busy for {busy} of it"
    if usage.last:
        line += f"; the longest chain took {clock(usage.longest)} and ended with {usage.last}"
    say(f"{line}; {clock(usage.lost)} of the cores' time went to starts, imports and data")


def interrupt_message(store: Path | None) -> str:
    """Return the message at Ctrl-C of a run with this store, None for a run without one."""
    if store is None:
        return "interrupted: nothing is stored"
    return "interrupted: what was finished is in the store; the same command continues"


def suggest_remedy(error: OSError) -> str:
    """Return what to do after an error of the operating system."""
    if error.errno in _FULL:
        return "free some space, or name a place on another disk"
    if error.errno in _FORBIDDEN:
        return "name a place that you may write to, or ask for the rights"
    return "name a place that can be used"


def _prepare_streams() -> None:
    """Keep characters that the terminal can't show, and closed streams, from ending a run."""
    with contextlib.suppress(OSError):
        # no file of ours may get the number of a closed standard stream, to which libraries write
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(handle)
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end of the process
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _say_usage(error: Any, group: Any, words: Sequence[str]) -> None:
    option = getattr(error, "option_name", "")
    path = "" if error.ctx is None else error.ctx.command_path
    typed = f"{path.partition(' ')[2]} {option}" if option else "".join(words[:1])
    if typed in _GONE:
        say(f"there is no `workshop {typed}` any more: {_GONE[typed]}")
        return
    message = str(error.format_message())
    if "\n" in message:  # the help that a command without arguments shows
        typer.echo(message, err=True)
        return
    command = "workshop"
    if error.ctx is not None:
        command = error.ctx.command_path
    else:  # click does not say whose option it is if its value is missing
        for word in words:
            group = getattr(group, "commands", {}).get(word)
            if group is None:
                break
            command += f" {word}"
    if message.endswith("?"):
        say(f"{message} See `{command} --help`")
    else:
        say(f"{message.rstrip('.')}: see `{command} --help`")


def _explain(error: OSError) -> str:
    """Return what failed, why, and the remedy."""
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {reason(error)}: {suggest_remedy(error)}"
    try:
        Path.cwd()
    except OSError:
        return f"the working directory: {reason(error)}: change to one that exists"
    if error.errno in _FULL | {errno.EBADF, errno.EIO}:  # what writes files names them
        with contextlib.suppress(OSError):  # the rest of its buffer would fail again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return f"standard output: {reason(error)}: send it somewhere else"
    return f"{reason(error)}: {suggest_remedy(error)}"
