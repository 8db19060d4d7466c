"""The terminal's view of a run: verdicts by chapter, explanations of failures, remedies for missing data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workshop.ledger import Ledger
from workshop.reporting.describe import environment_line, explain
from workshop.reporting.formatting import bases_text, names_text, verdicts_text
from workshop.reporting.report.summary import decided_text, repeated_text
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
    """Print the summary of a run, and an explanation of each failed claim."""
    console.print(environment_line(results.environment), soft_wrap=True, highlight=False, markup=False)
    console.print(summary_table(results))
    _print_grouped(results, "unavailable", console)
    deferred = [r.id for r in results.claims if r.verdict == "deferred"]
    if deferred:
        console.print(
            f"[dim]deferred[/] {len(deferred)} claims that only `--full` decides: {names_text(deferred)}",
            soft_wrap=True,
        )
    _print_grouped(results, "undecided", console)
    for record in results.claims:
        if record.verdict == "failed":
            text = explain(record, ledger.claims[record.id], results.environment)
            console.print(f"\n[bold red]failed[/] {escape(text)}", soft_wrap=True, highlight=False)
    if bases := bases_text(results.claims):
        console.print(bases, soft_wrap=True, highlight=False)
    if repeated := repeated_text(ledger.claims[record.id] for record in results.claims):
        console.print(repeated, soft_wrap=True, highlight=False)
    console.print(closing_line(results), soft_wrap=True, highlight=False)


def summary_table(results: Results) -> Table:
    """Return how many claims of the book have each verdict (rows) in each chapter (columns)."""
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
    """Sum up a run in one line, and call a run that verified nothing red."""
    counts = Counter(record.verdict for record in results.claims if not record.ours)
    ours = Counter(record.verdict for record in results.claims if record.ours)
    line = f"{decided_text(results.claims)}, {counts['failed']} failed"
    rest = verdicts_text(counts, [v for v in VERDICTS if v not in VERIFIED and v != "failed"])
    line += f", {rest}" if rest else ""
    line += f"; of our own {verdicts_text(ours)}" if ours else ""
    nothing = all(record.verdict not in VERIFIED for record in results.claims)
    return line + (": nothing was verified, so the run is red" if nothing else "")


def _print_grouped(results: Results, verdict: Verdict, console: Console) -> None:
    """Print each reason for a verdict once, with the claims that it concerns."""
    groups: dict[str, list[str]] = defaultdict(list)
    for record in results.claims:
        if record.verdict == verdict:
            groups[record.reason].append(record.id)
    for reason, names in groups.items():
        text = f"[yellow]{verdict}[/] {names_text(names)}: {escape(reason)}"
        console.print(text, soft_wrap=True, highlight=False)
