"""The commands about benchmarks: `workshop bench report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workshop.cli.targets import console, is_stdout, try_targets, write
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
        Path,
        typer.Option("--output", metavar="PAGE", help="Write the page to this file; - is standard output."),
    ] = FOLDER / "report.html",
) -> None:
    """Report the newest benchmarks, earlier ones of its machine as history. Judges nothing: exit code 0."""
    from workshop.reporting.bench.history import read_history
    from workshop.reporting.bench.page import write_page
    from workshop.reporting.bench.plots import draw
    from workshop.reporting.bench.terminal import print_bench

    history = read_history(paths or [FOLDER])
    try_targets({"--output": output})
    shown = console(output, width=120)  # 80 columns would break every line
    print_bench(history, shown)
    plots, without = [], ""
    try:
        plots = draw(history)
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        without = f"no plots: {error}"
        shown.print(without, soft_wrap=True, highlight=False, markup=False)
    write("--output", output, lambda path: write_page(history, plots, without, path))
    if not is_stdout(output):
        shown.print(one_line(f"page: {output.resolve()}"), soft_wrap=True, highlight=False, markup=False)
