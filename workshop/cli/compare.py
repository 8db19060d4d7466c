"""`workshop compare`: the results of several runs side by side."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from workshop.book import package_book
from workshop.cli.common import for_readers, say
from workshop.cli.targets import PAGE, console, is_stdout, print_line, try_targets, write
from workshop.reporting.compare.agreement import moved_exactly
from workshop.reporting.compare.model import compare_files, read_files
from workshop.reporting.compare.page import write_page
from workshop.reporting.compare.terminal import print_comparison
from workshop.wording.numbers import counted, names_text


class Gate(str, Enum):
    """What `--fail-on` fails at."""

    CHANGED = "changed"
    FAILED = "failed"


def compare(
    files: Annotated[
        list[Path], typer.Argument(metavar="RESULTS", help="Two or more files of `workshop verify --json`.")
    ],
    *,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="PAGE", help="Write a page to this file; - is standard output."),
    ] = None,
    fail_on: Annotated[
        list[Gate] | None,
        typer.Option(
            "--fail-on",
            help="Exit with 1 if a verdict, or a number that must be equal, differs from the first file's "
            "(changed), or a claim failed in the last file and not in the first (failed); give it twice for "
            "both.",
        ),
    ] = None,
) -> None:
    """Compare runs with the first one.

    Verdicts, values and computing times are compared. Exit code 0 unless --fail-on.
    """
    read, book = read_files(files), for_readers(package_book())
    try_targets({"--html": (html, PAGE)}, reads=files)
    comparison = compare_files(read, book)
    shown = console(html, width=100)
    print_comparison(comparison, shown)
    if html is not None:
        write("--html", html, lambda path: write_page(comparison, path))
    if html is not None and not is_stdout(html):
        print_line(shown, f"html: {html.resolve()}")
    if comparison.newly_failed and not fail_on:
        say("the exit code is 0: to fail here, add --fail-on failed")
    moved = tuple(row for row in comparison.rows if moved_exactly(row) and not row.changed)
    what = "changed verdict" if not moved else "changed verdict or exact value"
    gated = {
        Gate.CHANGED: ((*comparison.changed, *moved), what),
        Gate.FAILED: (comparison.newly_failed, "newly failed"),
    }
    fired = {gate: gated[gate] for gate in fail_on or () if gated[gate][0]}
    for gate, (rows, what) in fired.items():
        names = names_text([row.id for row in rows])
        say(f"--fail-on {gate.value}: {counted(len(rows), 'claim')} {what}: {names}")
    raise typer.Exit(1 if fired else 0)
