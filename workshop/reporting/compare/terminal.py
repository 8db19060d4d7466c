"""The terminal's view of a comparison: the grid, what is unexplained in full, and how much else differs."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from workshop.reporting.compare.agreement import TITLES, by_group, causes, count_text
from workshop.reporting.compare.model import ComparedRow, Comparison
from workshop.reporting.compare.sections import (
    about,
    bisect_command,
    cells,
    environment_rows,
    grid,
    lines,
    patterns,
    rounding_lines,
    timing_lines,
)
from workshop.reporting.describe import by_cause
from workshop.wording.numbers import names_text
from workshop.wording.words import FAILED, HOLDS, OPEN, WORDS, Word, condition_text

MOST = 5  # lines of a group; the page has all of them


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print what differs from the first run: a grid, unexplained claims in full, the rest in a few lines."""
    groups = by_group(comparison)
    titles = {name: f"{TITLES[name]}: {count_text(rows)}" for name, rows in groups.items() if rows}
    _print_grid(comparison, console)
    for name in ("unexplained", "failed"):
        if name in titles:
            failed = any("failed" in row.verdicts for row in groups[name])
            _print_title(console, titles[name], "bold red" if failed else "bold")
        for row, others in by_cause(groups[name]):
            _print_row(row, comparison, console)
            if others:
                _print(console, others, indent=4)
    rounding = rounding_lines(groups["rounding"])
    moved = []
    for row in groups["moved"]:
        move, row_cells = row.moved[0], cells(row)
        index = max(move.differences, key=lambda index: move.differences[index].size)
        first, last = row_cells[min(move.values)], row_cells[index]
        change = f" ({last.change})" if last.change else ""
        name = f"{row.id} {move.path}".rstrip()
        moved.append(f"{name}: {first.value} → {last.value}{change} in {comparison.labels[index]}")
    explained = [
        f"{condition_text(cause.finding.when)}: {names_text([row.id for row in cause.rows])}"
        for cause in causes(groups["explained"])
    ]
    missing = {name: patterns(groups[name], comparison.labels) for name in ("data", "partly")}
    for name, texts in {"explained": explained, "rounding": rounding, "moved": moved, **missing}.items():
        if name in titles:
            _print_title(console, titles[name])
        for text in texts[:MOST]:
            _print(console, text, indent=2)
        if len(texts) > MOST:
            _print(console, f"and {len(texts) - MOST} more: --html PAGE has all", indent=2)
    _print_title(console, "Computing times")
    for text in timing_lines(comparison):
        _print(console, text, indent=2)
    _print_end(groups["unexplained"], groups["same"], comparison.newly_failed, console)


def _print_grid(comparison: Comparison, console: Console) -> None:
    """Print the facts that differ, and how many claims differ from the first run in each chapter."""
    facts, environments = environment_rows(comparison)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in facts:
        table.add_column(Text(column), overflow="fold")
    for values in environments:
        table.add_row(*map(Text, values))
    console.print(table)
    chapters, rows = grid(comparison)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(Text("differs from"), overflow="fold")
    for chapter in chapters:
        table.add_column(Text(chapter), justify="right")
    table.add_row(Text(comparison.labels[0]), *map(str, chapters.values()), style="dim")
    for label, row in zip(comparison.labels[1:], rows, strict=True):
        own = [
            Text("\n").join(_word(chip.word, console, str(chip.count)) for chip in chips) or Text("·", "dim")
            for chips in row
        ]
        table.add_row(Text(label), *own)
    console.print()
    console.print(table)
    used = {chip.word for row in rows for chips in row for chip in chips}
    legend = [
        _word(word, console, word.name if word else "value moved") for word in (*WORDS, None) if word in used
    ]
    console.print(Text("  ").join(legend))


def _print_row(row: ComparedRow, comparison: Comparison, console: Console) -> None:
    """Print one claim in full: where it has which verdict and value, and why."""
    _print(console, row.id + (" (extra)" if row.ours else ""), "bold", indent=2)
    if text := about(row):
        _print(console, text, indent=4)
    for line in lines(row, comparison.labels):
        value = " ".join(filter(None, (line.cell.value, line.cell.change)))
        verdict = _word(line.cell.word, console, line.cell.verdict or line.cell.text)
        text = f" in {line.where}" + (f": {value}" if value else "")
        _print(console, verdict.append(text, "default"), indent=4)
        if line.reason and line.cell.word is not HOLDS:
            _print(console, shorten(line.reason, 200, placeholder=" …"), indent=8)
    if command := bisect_command(row, comparison):
        _print(console, f"Since when?  {command}", indent=4)


def _print_end(
    rows: Sequence[ComparedRow], same: Sequence[ComparedRow], failed: Sequence[ComparedRow], console: Console
) -> None:
    """Say how many claims differ without a known reason, how many failed newly, and how many are the same."""
    if rows:
        more = f" {count_text(failed)} newly failed." if failed else ""
        verb = "differs" if len(rows) == 1 else "differ"
        text = f"{count_text(rows)} {verb}, and nothing recorded says why.{more}"
        end = _word(FAILED if failed else OPEN, console, text)
    elif failed:
        end = _word(FAILED, console, f"{count_text(failed)} newly failed.")
    else:
        end = _word(HOLDS, console, "Nothing differs without a known reason.")
    console.print()
    _print(console, f"{count_text(same)} with the same verdict and value in all runs.")
    console.print(end)


def _word(word: Word | None, console: Console, text: str) -> Text:
    """Write a verdict's sign before a text in its colour, in ASCII where the output can't show it."""
    sign, plain, colour = ("≈", "=", OPEN.colour) if word is None else (word.sign, word.ascii, word.colour)
    try:
        sign.encode(console.encoding)
    except UnicodeEncodeError:
        sign = plain
    return Text(f"{sign} {text}", style=colour)


def _print(console: Console, text: str | Text, style: str = "", *, indent: int = 0) -> None:
    shown = text if isinstance(text, Text) else Text(text, style)
    console.print(Padding(shown, (0, 0, 0, indent), expand=False), highlight=False)


def _print_title(console: Console, text: str, style: str = "bold") -> None:
    console.print()
    _print(console, text, style)
