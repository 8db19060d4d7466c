"""Helpers for tests of what figures show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workshop.figures.registry import Plot


def sheet(plots: Iterable[Plot]) -> Any:
    """Return the only Matplotlib figure that a function draws."""
    ((_, _, drawn),) = plots
    return drawn
