"""The commands about benchmarks: `workshop bench report`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from workshop.untrusted import one_line

FOLDER = Path("results/bench")

bench = typer.Typer(no_args_is_help=True, help="The benchmarks: what `nox -s bench` measured.")


@bench.command()
def report(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FOLDER_OR_FILE]…", help="JSON of `nox -s bench`; results/bench if left out."
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", metavar="PAGE", help="Write the page to this file.")
    ] = FOLDER / "report.html",
) -> None:
    """Report the newest benchmarks, earlier ones of its machine as history. Judges nothing: exit code 0."""
    from workshop.reporting.bench.results import BenchError

    try:
        _report(paths or [FOLDER], output)
    except BenchError as error:
        typer.echo(f"workshop: {one_line(str(error))}", err=True)
        raise typer.Exit(2) from None


def _report(paths: list[Path], output: Path) -> None:
    from rich.console import Console

    from workshop.reporting.bench.history import read_history
    from workshop.reporting.bench.page import write_page
    from workshop.reporting.bench.plots import draw
    from workshop.reporting.bench.results import BenchError
    from workshop.reporting.bench.terminal import print_bench

    history = read_history(paths)
    console = Console(width=None if sys.stdout.isatty() else 120)  # 80 columns would break every line
    print_bench(history, console)
    plots, without = [], ""
    try:
        plots = draw(history)
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        without = f"no plots: {error}"
        console.print(without, soft_wrap=True, highlight=False, markup=False)
    try:
        write_page(history, plots, without, output)
    except OSError as error:
        told = f"{output}: the page can't be written ({error.strerror}): give another --output"
        raise BenchError(told) from None
    where = one_line(str(output.resolve()))
    console.print(f"\npage: {where}", soft_wrap=True, highlight=False, markup=False)
