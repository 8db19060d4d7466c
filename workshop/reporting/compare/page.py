"""The comparison's page: one HTML file that loads nothing else and works from disk."""

from __future__ import annotations

from pathlib import Path

from workshop.files import write_atomically
from workshop.reporting.compare import sections
from workshop.reporting.compare.agreement import TITLES, count_text
from workshop.reporting.compare.model import Comparison
from workshop.reporting.html import render
from workshop.wording.words import WORDS

OPEN = ("unexplained", "failed", "explained", "moved")  # the other groups open with a click, or a link


def write_page(comparison: Comparison, path: Path) -> None:
    """Write the page, whole or not at all."""
    found = sections.sections(comparison)
    groups = {name: [row for s in found if s.group == name for row in s.rows] for name in sections.NOTES}
    columns, rows = sections.grid(comparison)
    facts, environments = sections.environment_rows(comparison)
    content = {
        "title": f"Comparison of {len(comparison.files)} runs",
        "labels": comparison.labels,
        "count": count_text(comparison.rows),
        "same": count_text(groups["same"]),
        "figures": [(name, groups[name]) for name in ("unexplained", "explained", "data", "moved")],
        "first": {section.group: section.key for section in reversed(found)},
        "newly_failed": comparison.newly_failed,
        "columns": columns,
        "grid": rows,
        "facts": facts,
        "environments": environments,
        "sections": found,
        "open": OPEN,
        "titles": TITLES,
        "verdicts": sections.verdict_rows(comparison),
        "timings": sections.timing_lines(comparison),
        "about": sections.about,
        "bisect": {row.id: sections.bisect_command(row, comparison) for row in comparison.rows},
        "cells": sections.cells,
        "lines": sections.lines,
        "count_text": count_text,
        "words": {"all": WORDS},
    }
    write_atomically(path, render("compare/compare.html.j2", content).encode())
