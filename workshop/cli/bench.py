"""The commands about benchmarks: `workshop bench report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workshop.cli.targets import console, is_stdout, print_line, try_targets, write

FOLDER = Path("results/bench")

bench = typer.Typer(no_args_is_help=True, help="The benchmarks: what `nox -s bench` measured.")


@bench.command()
def report(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FOLDER_OR_FILE]…", help="JSON files of `nox -s bench`; results/bench by default."
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option("--output", metavar="PAGE", help="Write the page to this file; - is standard output."),
    ] = FOLDER / "report.html",
) -> None:
    """Report the newest benchmarks, with earlier ones of the same machine as history. Exit code 0."""
    from workshop.reporting.bench.history import read_history
    from workshop.reporting.bench.page import write_page
    from workshop.reporting.bench.plots import draw
    from workshop.reporting.bench.terminal import print_bench

    history = read_history(paths or [FOLDER])
    try_targets({"--output": output})
    shown = console(output, width=120)  # 80 columns would break every line
    print_bench(history, shown)
    plots, without_plots = [], ""
    try:
        plots = draw(history)
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        without_plots = f"no plots: {error}"
        print_line(shown, without_plots)
    write("--output", output, lambda path: write_page(history, plots, without_plots, path))
    if not is_stdout(output):
        print_line(shown, f"page: {output.resolve()}")
