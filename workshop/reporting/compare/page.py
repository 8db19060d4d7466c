"""The comparison's page: one HTML file that asks for nothing else, and works from disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from workshop.files import write_atomically
from workshop.reporting.compare import agreement, causes, grid, tables
from workshop.reporting.compare.model import Comparison

TEMPLATE = Path(__file__).with_name("compare.html.j2")


@dataclass(frozen=True)
class Section:
    """A table on the page; a `matrix` has narrow columns, and what is `closed` opens by a click."""

    table: tables.Table
    matrix: bool = False
    closed: bool = False


def write_page(comparison: Comparison, path: Path) -> None:
    """Write the page, whole or not at all."""
    write_atomically(path, page(comparison).encode())


def page(comparison: Comparison) -> str:
    """Return the page's HTML."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    content = _of_many(comparison) if len(comparison.files) > 2 else _of_two(comparison)
    return environment.from_string(TEMPLATE.read_text("utf-8")).render(content)


def _of_two(comparison: Comparison) -> dict[str, Any]:
    return {
        "title": f"Comparison of {', '.join(tables.labels_of(comparison))}",
        "files": tables.file_lines(comparison),
        "closing": [tables.closing_line(comparison)],
        "undecided": [],
        "stories": [],
        "sections": [
            *(Section(table) for table in tables.tables(comparison)),
            Section(tables.unchanged_table(comparison), closed=True),
        ],
    }


def _of_many(comparison: Comparison) -> dict[str, Any]:
    """Return counts, since when and why verdicts differ, and claims × environments, what differs first."""
    told = [
        grid.environments_table(comparison),
        tables.count_table(comparison),
        *tables.lacking_tables(comparison),
        tables.timing_table(comparison),
    ]
    return {
        "title": f"Comparison of {len(comparison.files)} environments",
        "files": [],
        "closing": agreement.sentences(comparison, causes.unexplained(comparison)),
        "undecided": agreement.undecided(comparison),
        "stories": causes.stories(comparison),
        "sections": [
            *(Section(table) for table in told[:1]),
            *(Section(table, matrix=True) for table in grid.matrix_tables(comparison, grid.OPEN)),
            *(Section(table) for table in told[1:]),
            *(
                Section(table, matrix=True, closed=True)
                for table in grid.matrix_tables(comparison, grid.CLOSED)
            ),
        ],
    }
