"""Where a command writes: `--json`, `--html`, `--output`, the store and the cache, tested first."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workshop.cli.common import say, suggest_remedy
from workshop.errors import UsageError
from workshop.files import check_writable, reason
from workshop.untrusted import one_line

if TYPE_CHECKING:
    from rich.console import Console

_STANDARD_OUTPUT = {"-", "/dev/stdout"}
_HEAD = 4096  # bytes in which a file shows what it is


class Kind(NamedTuple):
    """A kind of files that commands write: its name, and what the first lines of each have."""

    name: str
    mark: str


PAGE = Kind("a page of ours", "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>")
TABLE = Kind("a table of `workshop check`", "file,exercise,found,")
RESULTS_FILE = Kind("a results file", "schema: workshop-results/")
NOTEBOOK = Kind("a notebook", "")  # what is there is replaced with --force alone


def is_stdout(target: Path | None) -> bool:
    """Whether a target is standard output, which then gets nothing else."""
    return str(target) in _STANDARD_OUTPUT


def is_file(target: Path) -> bool:
    """Whether a target is or will be a file, so that others can be written next to it."""
    return not is_stdout(target) and (target.is_file() or not target.exists())


def console(*targets: Path | None, width: int | None = None) -> Console:
    """Return the console for tables, which is standard error if a target is standard output.

    `width` is in columns, for output that is not a terminal.
    """
    from rich.console import Console

    from workshop.reporting.screen import LEAST_COLUMNS

    taken = any(map(is_stdout, targets))
    watched = (sys.stderr if taken else sys.stdout).isatty()
    made = Console(stderr=taken, width=None if watched else width)
    made.width = max(made.width, LEAST_COLUMNS)
    return made


def print_line(console: Console, text: str) -> None:
    """Print text as it is, on one line."""
    console.print(one_line(text), soft_wrap=True, highlight=False, markup=False)


def try_targets(targets: Mapping[str, tuple[Path | None, Kind]], reads: Iterable[Path] = ()) -> None:
    """Raise UsageError if the target of an option can't be written, or if a file would be lost by it.

    That is one that the command `reads`, or any that is there and is not of the option's kind. Nor can two
    options name the same target.
    """
    options = {os.path.realpath(path): "this command reads it" for path in reads}
    for option, (target, kind) in targets.items():
        if target is None:
            continue
        named = f"{option} {target}".strip()  # the default target has no option
        try:
            key = "-" if is_stdout(target) else os.path.realpath(target)
            if key not in options and not is_stdout(target):
                _check_kind(named, target, kind)
                check_writable(target)
        except OSError as error:
            raise UsageError(_refused(named, error)) from None
        if key in options:
            raise UsageError(f"{named}: {options[key]}: name another file")
        options[key] = f"{option} names it, too"


def _check_kind(named: str, target: Path, kind: Kind) -> None:
    """Raise UsageError for a target that is another kind of file, by its name or by what it has."""
    if kind is not NOTEBOOK and target.suffix.lower() in {".ipynb", ".zip"}:
        raise UsageError(f"{named}: it has the name of a notebook or a zip file: name another file")
    if not target.is_file():
        return
    with target.open("rb") as file:
        head = file.read(_HEAD).decode(errors="replace").replace('"', "")
    if head and kind.mark not in head:
        raise UsageError(f"{named}: it is there, and is not {kind.name}: name another file")


def write(option: str, target: Path, writer: Callable[[Path], object]) -> None:
    """Let a function write to a target. Raises UsageError if that fails."""
    if is_stdout(target):
        with tempfile.TemporaryDirectory(prefix="workshop-") as folder:
            file = Path(folder, "content")
            writer(file)
            sys.stdout.buffer.write(file.read_bytes())
        sys.stdout.flush()
        return
    try:
        writer(target)
    except OSError as error:
        raise UsageError(_refused(f"{option} {target}".strip(), error)) from None


def default_target(target: Path) -> Path | None:
    """Return a target that no option names, None if it can't be written; one line then says why."""
    try:
        check_writable(target)
    except OSError as error:
        say(f"{target}: {reason(error)}: the run goes on, and no page is written; name a place with --json")
        return None
    return target


def short_path(path: Path) -> str:
    """Return a path from the working directory if it is in it, else the whole path."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (OSError, ValueError):
        return str(path.resolve())


def usable_store() -> tuple[Path | None, bool]:
    """Return the result store, None if it can't be written, and whether the cache can.

    One line names what can't, and the run goes on without it.
    """
    from workshop.execution.store import default_store
    from workshop.files import cache_folder

    cache, store = cache_folder(), default_store()
    no_cache, no_store = _unusable(cache), _unusable(store)
    if no_cache is not None:
        _warn(f"the cache {cache}", no_cache, "WORKSHOP_CACHE")
    if no_store is not None and (no_cache is None or not store.is_relative_to(cache)):
        _warn(f"the store {store}", no_store, "WORKSHOP_STORE")
    return None if no_store is not None else store, no_cache is None


def needed_store() -> Path:
    """Return the result store. Raises UsageError if it can't be written."""
    from workshop.execution.store import default_store

    store = default_store()
    if (error := _unusable(store)) is not None:
        raise UsageError(
            f"the store {store}: {reason(error)}: set WORKSHOP_STORE or WORKSHOP_CACHE to another folder"
        )
    return store


def _unusable(folder: Path) -> OSError | None:
    """Return why nothing can be written into a folder, None if it can."""
    try:
        check_writable(folder / "test")
    except OSError as error:
        return error
    return None


def _warn(what: str, error: OSError, variable: str) -> None:
    say(f"{what}: {reason(error)}: the run goes on without it; set {variable} to another folder")


def _refused(named: str, error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return f"{named}: it is a folder: name a file"
    return f"{named}: {reason(error)}: {suggest_remedy(error)}"
