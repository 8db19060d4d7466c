"""`workshop check`: a reader's own notebooks or numbers against the book and the recorded runs."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from workshop.checking import views
from workshop.checking.checks import Report
from workshop.checking.files import check_file, list_files
from workshop.cli.common import say
from workshop.cli.progress import doing
from workshop.cli.targets import PAGE, TABLE, console, is_stdout, print_line, short_path, try_targets, write
from workshop.errors import UsageError
from workshop.files import write_atomically
from workshop.untrusted import one_line

_NAME = 32  # characters of a file's name behind the bar


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Executed notebooks (.ipynb, or one in a .zip), a folder of them, or numbers as CSV "
            "(ch02.ex04.accuracy,0.93) or JSON.",
        ),
    ],
    *,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="PAGE", help="Write a page: of a file, a list of files, or a class."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write a line for each exercise of each file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check your own notebook or numbers. Nothing in a notebook is run, and nothing leaves this machine.

    Exit code 0 if nothing is wrong, 1 if something is or a line can't be read, 2 if nothing could be judged.
    """
    called, left_out = list_files(files)
    try_targets({"--html": (html, PAGE), "--csv": (table, TABLE)}, reads=called)
    many = len(called) > 1 or any(path.is_dir() for path in files)
    reports: list[Report] = []
    for path, name in called.items():
        done, shown = len(reports), one_line(name)[:_NAME]
        with doing(f"{shown}, {done + 1} of {len(called)}", done / len(called)) if many else nullcontext():
            reports.append(check_file(path, name, alone=not many))
    screen, is_class = console(html, table), views.is_class(reports)
    if as_json:
        contents = [views.as_json(report) for report in reports]
        typer.echo(json.dumps(contents if many else contents[0], indent=1, allow_nan=False))
    elif many:
        (views.print_class if is_class else views.print_list)(reports, screen)
    else:
        views.print_report(reports[0], screen)
    if html is not None:
        from workshop.checking.page import class_page, report_page

        page = class_page(reports) if is_class else report_page(*reports)
        write("--html", html, partial(write_atomically, content=page.encode()))
    if table is not None:
        write("--csv", table, partial(views.write_csv, reports))
    for what, target in (("page", html), ("table", table)):
        if target is not None and not as_json and not is_stdout(target):
            print_line(screen, f"{what}: {short_path(target)}")
    for why, names in left_out.items():
        from workshop.wording.numbers import listed

        say(f"left out, because {why}: {listed([*map(one_line, names)])}")
    for report in reports:
        for line in report.unread:
            typer.echo(f"{report.name}: {line.where}: {line.why}", err=True)
    if all(report.problem for report in reports):
        raise UsageError("none of the files can be read")
    judged, wrong = (any(report.judged for report in reports), any(report.ok is False for report in reports))
    raise typer.Exit(int(wrong) if judged else 2)
