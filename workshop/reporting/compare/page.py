"""The comparison's page: one HTML file that loads nothing else and works from disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.files import write_atomically
from workshop.reporting.compare import agreement, causes, grid, tables
from workshop.reporting.compare.model import Comparison
from workshop.reporting.html import render


@dataclass(frozen=True)
class Section:
    """A table on the page; a `grid` has narrow columns, and a `closed` one opens with a click."""

    table: tables.Table
    grid: bool = False
    closed: bool = False


def write_page(comparison: Comparison, path: Path) -> None:
    """Write the page, whole or not at all."""
    content = _many(comparison) if len(comparison.files) > 2 else _two(comparison)
    write_atomically(path, render("compare/compare.html.j2", content).encode())


def _two(comparison: Comparison) -> dict[str, Any]:
    return {
        "title": f"Comparison of {', '.join(comparison.labels)}",
        "files": tables.file_lines(comparison),
        "closing": [tables.closing_line(comparison)],
        "undecided": [],
        "explanations": [],
        "sections": [
            *(Section(table) for table in tables.tables(comparison)),
            Section(tables.unchanged_table(comparison), closed=True),
        ],
    }


def _many(comparison: Comparison) -> dict[str, Any]:
    """Return counts, explanations of differences, and grids of claims × environments, differences first."""
    environments, *others = (
        grid.environments_table(comparison),
        tables.count_table(comparison),
        *tables.absent_tables(comparison),
        tables.timing_table(comparison),
    )
    return {
        "title": f"Comparison of {len(comparison.files)} environments",
        "files": [],
        "closing": agreement.sentences(comparison, causes.unexplained(comparison)),
        "undecided": agreement.undecided(comparison),
        "explanations": causes.explanations(comparison),
        "sections": [
            Section(environments),
            *(Section(table, grid=True) for table in grid.grid_tables(comparison, grid.OPEN)),
            *(Section(table) for table in others),
            *(Section(table, grid=True, closed=True) for table in grid.grid_tables(comparison, grid.CLOSED)),
        ],
    }
