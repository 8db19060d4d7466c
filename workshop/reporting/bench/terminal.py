"""The terminal's view of benchmarks: goals, a table per path, and changes since the previous run."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from workshop.reporting.bench import tables
from workshop.reporting.bench.history import History

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
        console.print(escape(line), soft_wrap=True, highlight=False)
    goals = tables.goal_table(run)
    if goals is not None:
        _print(goals, console)
    console.print(f"\n{tables.READING}", highlight=False)
    for table in tables.path_tables(run):
        _print(table, console)
    agreement, moved = tables.agreement_tables(history)
    if agreement is not None:
        console.print(f"\n[bold]{agreement.title}[/] {escape(agreement.note)}", highlight=False)
    for found in filter(None, (moved, tables.creep_table(history))):
        _print(found, console)


def _print(table: tables.Table, console: Console) -> None:
    drawn = RichTable(box=None, pad_edge=False, header_style="bold")
    drawn.add_column(escape(table.group))
    for column in table.columns:  # names and remarks may wrap, numbers may not
        drawn.add_column(escape(column), no_wrap=column not in (table.columns[0], table.columns[-1]))
    group = ""
    for row in table.rows:
        heading = "" if row.group == group else row.group
        group = row.group
        drawn.add_row(escape(heading), *map(escape, row.cells), style=COLOURS.get(row.mark))
    console.print(f"\n[bold]{escape(table.title)}[/] {escape(table.note)}", highlight=False)
    console.print(drawn)
