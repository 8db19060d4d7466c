"""The report's page: one HTML file that asks for nothing else, and works from disk."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from workshop.files import write_atomically
from workshop.reporting.bench import tables
from workshop.reporting.bench.history import History
from workshop.reporting.bench.plots import Plot

TEMPLATE = Path(__file__).with_name("report.html.j2")


def write_page(history: History, plots: list[Plot], without_plots: str, path: Path) -> None:
    """Write the page, whole or not at all; `without_plots` says why there are no plots, if so."""
    write_atomically(path, page(history, plots, without_plots).encode())


def page(history: History, plots: list[Plot], without_plots: str = "") -> str:
    """Return the page's HTML."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["grouped"] = _grouped
    goals = tables.goal_table(history.newest)
    agreement, moved = tables.agreement_tables(history)
    return environment.from_string(TEMPLATE.read_text("utf-8")).render(
        run=history.newest,
        date=tables.date(history.newest),
        environment=tables.environment_line(history.newest),
        limits=tables.limits_line(history.newest),
        left_out=tables.left_out_lines(history),
        first=[table for table in (goals, moved) if table],
        reading=tables.READING,
        paths=tables.path_tables(history.newest),
        last=[*([agreement] if agreement else []), tables.run_table(history)],
        sections=[
            (section, [(plot.caption, Markup(plot.svg)) for plot in group])  # noqa: S704  # our own SVG
            for section, group in groupby(plots, lambda plot: plot.section)
        ],
        without_plots=without_plots,
    )


def _grouped(rows: tuple[tables.Row, ...]) -> list[tuple[str, list[tables.Row]]]:
    """Return rows that follow each other with the same heading together; jinja's own `groupby` sorts."""
    return [(group, list(together)) for group, together in groupby(rows, lambda row: row.group)]
