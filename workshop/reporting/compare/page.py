"""The comparison's page: one HTML file that asks for nothing else, and works from disk."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, StrictUndefined

from workshop.reporting.compare import tables
from workshop.reporting.compare.model import Comparison
from workshop.verification.store import write_atomically

TEMPLATE = Path(__file__).with_name("compare.html.j2")


def write_page(comparison: Comparison, path: Path) -> None:
    """Write the page, whole or not at all."""
    write_atomically(path, page(comparison).encode())


def page(comparison: Comparison) -> str:
    """Return the page's HTML."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text("utf-8")).render(
        labels=[file.label for file in comparison.files],
        files=tables.file_lines(comparison),
        closing=tables.closing_line(comparison),
        tables=tables.tables(comparison),
        unchanged=tables.unchanged_table(comparison),
    )
