"""pandas' plots, read instead of drawn: pandas takes this module as its plotting backend."""

from __future__ import annotations

from typing import Any

from ._data import Line, line


def plotted(table: Any) -> Line:
    """Return the line that the book's call plots; pandas decides which column goes on which axis."""
    drawn: Line = table.plot("Date", "Close", backend=plot.__module__)  # a digest follows names
    return drawn


def plot(data: Any, **call: Any) -> Line:
    """Return the line of y over x. pandas calls this function of its backend with the columns' names."""
    return line(data[call["x"]].tolist(), data[call["y"]].to_numpy())
