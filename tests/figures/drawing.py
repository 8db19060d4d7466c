"""Helpers for tests of what figures show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workshop.figures.panels import ORANGE
from workshop.figures.printed import BOOK
from workshop.figures.registry import Plot


def legend(drawn: Any) -> list[str]:
    """Return the names in the legend of a Matplotlib figure."""
    (found,) = drawn.legends
    return [text.get_text() for text in found.get_texts()]


def crosses(panel: Any, label: str = BOOK) -> list[tuple[list[float], list[float]]]:
    """Return the positions and values of a panel's printed points, mark by mark."""
    return [
        ([*map(float, line.get_xdata())], [*map(float, line.get_ydata())])
        for line in panel.lines
        if line.get_label() == label and line.get_color() == ORANGE
    ]


def sheet(plots: Iterable[Plot]) -> Any:
    """Return the only Matplotlib figure that a function draws."""
    ((_, _, drawn),) = plots
    return drawn
