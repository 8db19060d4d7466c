"""`workshop notebook`: exercises as notebooks that run in Jupyter without this package."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from workshop.cli.common import complete_claims, for_readers, select
from workshop.cli.show import recorded_numbers
from workshop.cli.targets import NOTEBOOK, is_stdout, short_path, try_targets, write
from workshop.datasets import Found, find
from workshop.errors import UsageError
from workshop.files import write_atomically
from workshop.ledger.names import find_id
from workshop.reporting.book_calls import book_calls
from workshop.reporting.notebook import file_name, names_of, shown_claims
from workshop.reporting.notebook import notebook as as_notebook


def notebook(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[EXERCISE]",
            help='An exercise or activity, e.g. 5.03, "activity 5.01".',
            autocompletion=complete_claims,
        ),
    ] = None,
    *,
    chapter: Annotated[
        int | None, typer.Option("--chapter", metavar="NUMBER", help="All of a chapter instead.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="PATH", help="Write to this file, or into this folder.", show_default="here"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace notebooks that are there.")] = False,
) -> None:
    """Write an exercise as a notebook without outputs. Exit code 0.

    It opens with two sentences and the data, which it reads from this machine if they are here. The calls
    follow as they run today, then what the recorded runs gave, what the book gets wrong, and three things to
    try. It runs in Jupyter without this package.
    """
    if (name is None) == (chapter is None):
        raise UsageError("name one exercise, such as 5.03, or a chapter: --chapter 5")
    book, _ = select([])
    ledger = for_readers(book)
    if chapter is not None:
        units = names_of(f"ch{chapter:02}", ledger)
        if not units:
            raise UsageError(f"--chapter {chapter}: the book has chapters 1 to {len(ledger.chapters)}")
        if out is not None and out.suffix == ".ipynb":
            raise UsageError(f"--out {out}: a chapter has several notebooks: name a folder")
    else:
        units = [find_id(name or "", ledger, "unit")]
        if ".text" in units[0]:
            raise UsageError(f"{units[0]} is a text: name an exercise or activity")
    folder = out or Path()
    if chapter is None and out is not None and (is_stdout(out) or out.suffix == ".ipynb"):
        files = {units[0]: out}
    else:
        files = {unit: folder / file_name(unit) for unit in units}
    there = [file for file in files.values() if file.exists() and not is_stdout(file)]
    if there and not force:
        raise UsageError(f"{short_path(there[0])} is there already: --force replaces it")
    here = {
        name: found.paths
        for name in sorted({"nltk_punkt", *(name for unit in files for name in book_calls()[unit].data)})
        if isinstance(found := find(name), Found) and not found.substitute
    }
    for unit, file in files.items():
        content = as_notebook(unit, ledger, recorded_numbers(book, shown_claims(unit, ledger)), here)
        try_targets({"--out": (file, NOTEBOOK)})
        write("--out", file, partial(write_atomically, content=content.encode()))
        if not is_stdout(file):
            typer.echo(short_path(file))
