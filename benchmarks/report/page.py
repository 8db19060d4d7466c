"""The page of benchmarks: one HTML file that loads nothing else and works from disk."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from benchmarks.report import tables
from benchmarks.report.history import History
from benchmarks.report.plots import Plot
from workshop.files import write_atomically
from workshop.reporting.html import render


def write_page(history: History, plots: list[Plot], without_plots: str, path: Path) -> None:
    """Write the page, whole or not at all; `without_plots` is the reason where there are no plots."""
    run = history.newest
    goals = tables.goal_table(run)
    agreement, moved = tables.agreement_tables(history)
    content = {
        "title": f"Benchmarks of {tables.date(run)}",
        "run": run,
        "environment": tables.environment_line(run),
        "limits": tables.limits_line(run),
        "left_out": tables.left_out_lines(history),
        "first": [table for table in (goals, moved, tables.creep_table(history)) if table],
        "reading": tables.READING,
        "paths": tables.path_tables(run),
        "last": [*([agreement] if agreement else []), tables.run_table(history)],
        "sections": [(section, list(group)) for section, group in groupby(plots, lambda plot: plot.section)],
        "without_plots": without_plots,
    }
    write_atomically(
        path, render("report.html.j2", content, folder=Path(__file__).parent, grouped=_grouped).encode()
    )


def _grouped(rows: tuple[tables.Row, ...]) -> list[tuple[str, list[tables.Row]]]:
    """Return consecutive rows of one heading together; Jinja's own `groupby` sorts."""
    return [(group, list(together)) for group, together in groupby(rows, lambda row: row.group)]
