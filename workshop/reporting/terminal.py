"""The terminal's view of a run: a table by chapter and verdict, failures explained, how to get data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workshop.ledger import Ledger
from workshop.reporting.explaining import environment_line, explain
from workshop.verification.results import Results
from workshop.verification.verdicts import VERDICTS, VERIFIED, Verdict

COLOURS: Mapping[Verdict, str] = {
    "failed": "bold red",
    "reproduced": "green",
    "corrected": "cyan",
    "changed": "magenta",
    "refuted": "cyan",
    "supported": "blue",
    "undecided": "yellow",
    "unavailable": "yellow",
    "deferred": "dim",
    "not testable": "dim",
}


def print_run(results: Results, ledger: Ledger, console: Console) -> None:
    """Print the summary of a run, and for each failed claim a few lines that explain it."""
    console.print(environment_line(results.environment), soft_wrap=True, highlight=False, markup=False)
    console.print(summary_table(results))
    for reason, names in _grouped(results, "unavailable").items():
        console.print(
            f"[yellow]unavailable[/] {_names(names)}: {escape(reason)}", soft_wrap=True, highlight=False
        )
    deferred = [r.id for r in results.claims if r.verdict == "deferred"]
    if deferred:
        console.print(
            f"[dim]deferred[/] {len(deferred)} claims that only `--full` decides: {_names(deferred)}",
            soft_wrap=True,
        )
    for reason, names in _grouped(results, "undecided").items():
        console.print(
            f"[yellow]undecided[/] {_names(names)}: {escape(reason)}", soft_wrap=True, highlight=False
        )
    for record in results.claims:
        if record.verdict == "failed":
            text = explain(record, ledger.claims[record.id], results.environment)
            console.print(f"\n[bold red]failed[/] {escape(text)}", soft_wrap=True, highlight=False)
    console.print(closing_line(results), soft_wrap=True, highlight=False)


def summary_table(results: Results) -> Table:
    """Return the table of the book's claims by verdict (rows, those that occur) and chapter (columns)."""
    counts: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for record in results.claims:
        if not record.ours:
            counts[record.id[:4]][record.verdict] += 1
    chapters = sorted(counts)
    total = sum(counts.values(), Counter[Verdict]())
    table = Table()
    table.add_column("claims")
    for chapter in chapters:
        table.add_column(chapter, justify="right")
    table.add_column("all", justify="right")
    for verdict in (v for v in VERDICTS if total[v] or v == "failed"):
        cells = [str(n) if n else "·" for n in (*(counts[c][verdict] for c in chapters), total[verdict])]
        table.add_row(verdict, *cells, style=COLOURS[verdict])
    table.add_section()
    table.add_row("all", *(str(counts[c].total()) for c in chapters), str(total.total()))
    return table


def closing_line(results: Results) -> str:
    """Sum a run up in one line; a run that verified nothing is no success."""
    counts = Counter(record.verdict for record in results.claims if not record.ours)
    ours = Counter(record.verdict for record in results.claims if record.ours)
    verified = sum(counts[v] for v in VERIFIED)
    parts = [f"{verified} of {counts.total()} claims verified, {counts['failed']} failed"]
    parts += [f"{counts[v]} {v}" for v in VERDICTS if v not in VERIFIED and v != "failed" and counts[v]]
    line = ", ".join(parts)
    if ours:
        line += f"; of our own {', '.join(f'{ours[v]} {v}' for v in VERDICTS if ours[v])}"
    nothing = all(record.verdict not in VERIFIED for record in results.claims)
    return line + (": nothing was verified, so the run is red" if nothing else "")


def _grouped(results: Results, verdict: Verdict) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for record in results.claims:
        if record.verdict == verdict:
            groups[record.reason].append(record.id)
    return groups


def _names(names: list[str], limit: int = 6) -> str:
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
