"""`workshop check`: a reader's own notebooks or numbers against the book and the recorded runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshop.cli.targets import console, print_line, short_path, try_targets, write
from workshop.errors import UsageError

if TYPE_CHECKING:
    from workshop.checking.checks import Report


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Executed notebooks (.ipynb), or numbers as CSV (ch02.ex04.accuracy,0.93) or JSON.",
        ),
    ],
    *,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="PAGE", help="Write a page; of several files, that of a class."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check your own notebook or numbers. Nothing in a notebook is run, and nothing leaves this machine.

    Exit code 0 if nothing is wrong, 1 if something is or a line can't be read, 2 if nothing could be judged.
    """
    from workshop.checking import views
    from workshop.checking.files import check_file
    from workshop.checking.page import write_class, write_report

    try_targets({"--html": html})
    many = len(files) > 1
    reports = [check_file(path, alone=not many) for path in files]
    if as_json:
        found = [views.as_json(report) for report in reports]
        typer.echo(json.dumps(found if many else found[0], indent=1, allow_nan=False))
    elif many:
        views.print_class(reports, console(html))
    else:
        views.print_report(reports[0], console(html))
    if html is not None:
        if many:
            write("--html", html, lambda path: write_class(reports, path))
        else:
            write("--html", html, lambda path: write_report(reports[0], path))
        if not as_json and str(html) != "-":
            print_line(console(html), f"page: {short_path(html)}")
    for report in reports:
        for line in report.unread:
            typer.echo(f"{report.name}: {line.where}: {line.why}", err=True)
    raise typer.Exit(_code(reports))


def _code(reports: list[Report]) -> int:
    if all(report.problem for report in reports):
        raise UsageError("none of the files can be read")
    if not any(report.judged for report in reports):
        return 2
    return 1 if any(report.ok is False for report in reports) else 0
