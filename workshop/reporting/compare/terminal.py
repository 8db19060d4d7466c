"""The terminal's view of a comparison: only what differs."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable
from rich.text import Text

from workshop.ledger.values import brief
from workshop.reporting.compare.agreement import sentences, undecided
from workshop.reporting.compare.causes import explanations, unexplained
from workshop.reporting.compare.grid import compact_tables, environments_table
from workshop.reporting.compare.model import Comparison
from workshop.reporting.compare.tables import (
    Cell,
    Table,
    absent_tables,
    closing_line,
    file_lines,
    tables,
    timing_table,
)
from workshop.reporting.terminal import COLOURS


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the files, the tables of differences, and one line that sums them up.

    With two files there is room for the reasons of verdicts. With more, claims are counted, and each reason
    is printed once.
    """
    if len(comparison.files) > 2:
        _print_many(comparison, console)
        return
    for line in file_lines(comparison):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    for table in tables(comparison):
        _print(table, console)
    console.print(f"\n{closing_line(comparison)}", soft_wrap=True, highlight=False)


def _print_many(comparison: Comparison, console: Console) -> None:
    """Print the environments, since when and why verdicts differ, the differences, and the counts."""
    _print(environments_table(comparison), console)
    for explanation in explanations(comparison):
        console.print(f"\n[bold]{escape(explanation.title)}[/]", highlight=False)
        for line in (*explanation.sides, *(f"{names}: {text}" for names, text in explanation.lines)):
            console.print(f"  {line}", soft_wrap=True, highlight=False, markup=False)
    for table in (*compact_tables(comparison), *absent_tables(comparison), timing_table(comparison)):
        _print(table, console)
    console.print()
    for line in (*sentences(comparison, unexplained(comparison)), *undecided(comparison)):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _print(table: Table, console: Console) -> None:
    narrow = len(table.columns) > 8
    drawn = RichTable(box=None, pad_edge=False, padding=(0, 1 if narrow else 2, 0, 0), header_style="bold")
    for column in table.columns:
        drawn.add_column(escape(column), overflow="fold")
    for row in table.rows:
        drawn.add_row(*(_text(cell) for cell in row))
    console.print(f"\n[bold]{escape(table.title)}[/] {escape(table.note)}", highlight=False)
    console.print(drawn)


def _text(cell: Cell) -> Text:
    text = Text(brief(cell.text, 400), style=COLOURS[cell.mark] if cell.mark else "")
    return text.append(f": {brief(cell.note, 200)}", style="default") if cell.note else text
