"""The report of benchmarks, started by `nox -s bench -- --report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.report.history import read_history
from benchmarks.report.page import write_page
from benchmarks.report.plots import draw
from benchmarks.report.terminal import print_bench
from workshop.cli.common import say
from workshop.cli.targets import PAGE, console, is_stdout, print_line, try_targets, write
from workshop.errors import WorkshopError

FOLDER = Path("results/bench")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
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
    """Report the newest benchmarks, with earlier ones of its class of machine as history. Exit code 0."""
    try:
        _report(paths or [FOLDER], output)
    except WorkshopError as error:
        say(str(error))
        raise typer.Exit(error.exit_code) from None


def _report(paths: list[Path], output: Path) -> None:
    history = read_history(paths)
    try_targets({"--output": (output, PAGE)})
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


if __name__ == "__main__":
    app(prog_name="nox -s bench -- --report")
