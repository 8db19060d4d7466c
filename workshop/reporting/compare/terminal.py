"""The terminal's view of a comparison: only what differs."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable
from rich.text import Text

from workshop.ledger.values import brief
from workshop.reporting.compare.model import Comparison
from workshop.reporting.compare.tables import Cell, Table, closing_line, file_lines, tables
from workshop.reporting.terminal import COLOURS


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the files, the tables of what differs, and one line that sums them up.

    Reasons stand behind verdicts where two files leave room for them.
    """
    for line in file_lines(comparison):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    for table in tables(comparison):
        _print(table, console, reasons=len(comparison.files) == 2)
    console.print(f"\n{closing_line(comparison)}", soft_wrap=True, highlight=False)


def _print(table: Table, console: Console, *, reasons: bool) -> None:
    drawn = RichTable(box=None, pad_edge=False, header_style="bold")
    for column in table.columns:
        drawn.add_column(escape(column), overflow="fold")
    for row in table.rows:
        drawn.add_row(*(_text(cell, reasons=reasons) for cell in row))
    console.print(f"\n[bold]{escape(table.title)}[/] {escape(table.note)}", highlight=False)
    console.print(drawn)


def _text(cell: Cell, *, reasons: bool) -> Text:
    text = Text(brief(cell.text, 400), style=COLOURS[cell.mark] if cell.mark else "")
    return text.append(f": {brief(cell.note, 200)}", style="default") if reasons and cell.note else text
