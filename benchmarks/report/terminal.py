"""The terminal's view of benchmarks: goals, a table per path, and changes since the previous run."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from benchmarks.report import tables
from benchmarks.report.history import History

COLOURS: Mapping[str, str] = {
    "fired": "bold red",
    "missed": "red",
    "open": "yellow",
    "met": "green",
    "moved": "yellow",
    "reference": "dim",
}


def print_bench(history: History, console: Console) -> None:
    """Print the newest run, how many ratios agree with the previous run, which moved, and which creep."""
    run = history.newest
    for line in (
        f"{run.file}, {tables.date(run)}, machine {run.machine}",
        tables.environment_line(run),
        tables.limits_line(run),
        *tables.left_out_lines(history),
    ):
        console.print(Text(line), soft_wrap=True, highlight=False)
    goals = tables.goal_table(run)
    if goals is not None:
        _print(goals, console)
    console.print(f"\n{tables.READING}", highlight=False)
    for table in tables.path_tables(run):
        _print(table, console)
    agreement, moved = tables.agreement_tables(history)
    if agreement is not None:
        _print_title(agreement, console)
    for found in filter(None, (moved, tables.creep_table(history))):
        _print(found, console)


def _print(table: tables.Table, console: Console) -> None:
    drawn = RichTable(box=None, pad_edge=False, header_style="bold")
    drawn.add_column(Text(table.group))
    for column in table.columns:  # names and remarks may wrap, numbers may not
        drawn.add_column(Text(column), no_wrap=column not in (table.columns[0], table.columns[-1]))
    group = ""
    for row in table.rows:
        heading = "" if row.group == group else row.group
        group = row.group
        drawn.add_row(Text(heading), *map(Text, row.cells), style=COLOURS.get(row.mark))
    _print_title(table, console)
    console.print(drawn)


def _print_title(table: tables.Table, console: Console) -> None:
    console.print()
    console.print(Text.assemble((table.title, "bold"), f" {table.note}"), highlight=False)
