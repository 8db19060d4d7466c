"""Matplotlib's sheets of panels, and a sheet as inline SVG in the colours of the page around it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

# Drawn in these, then exchanged for the page's variables, which know light from dark.
INK, FAINT, PAPER = "#101010", "#909090", "#fdfdfd"
CONTENDERS = tuple(f"#c0c0{number:02x}" for number in range(8))
_VARIABLES = {
    INK: "ink",
    "#000000": "ink",
    FAINT: "faint",
    PAPER: "paper",
    **{c: f"c{n}" for n, c in enumerate(CONTENDERS)},
}
_STYLE = {
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.titlesize": 9,
    "figure.facecolor": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # what text is measured with; readers without it see their own
    "font.size": 9,
    "grid.color": FAINT,
    "grid.linewidth": 0.4,
    "legend.edgecolor": FAINT,
    "legend.facecolor": PAPER,
    "legend.fontsize": 8.5,
    "savefig.facecolor": "none",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def panels(
    rows: int, columns: int, *, height: float, width: float, **shared: Any
) -> tuple[Figure, np.ndarray]:
    """Return a new sheet, a Matplotlib figure, and its panels, an object array (rows, columns) of axes.

    `width` and `height` of a panel are in inches.
    `shared` : which panels share their axes, `sharex` and `sharey` as in Matplotlib. Raises
    ModuleNotFoundError if Matplotlib is not installed; its message names the command that installs it.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("matplotlib"):
            raise
        raise ModuleNotFoundError(
            "Matplotlib is not installed: pip install matplotlib", name="matplotlib"
        ) from None
    sheet = Figure(figsize=(columns * width, rows * height), layout="constrained")
    return sheet, sheet.subplots(rows, columns, squeeze=False, **shared)


@contextmanager
def page_style() -> Iterator[None]:
    """Draw and save figures in the page's style while this lasts; nothing of it stays."""
    import matplotlib as mpl

    with mpl.rc_context(_STYLE):
        yield


def to_svg(figure: Figure) -> str:
    """Return a figure as an SVG element, in its own colours; the same figure gives the same text."""
    import matplotlib as mpl

    buffer = io.StringIO()
    # text stays text, which is small and searchable, and ids are the same in each drawing
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "workshop"}):
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def inline(figure: Figure, name: str, alternative: str) -> str:
    """Return a figure as an SVG element with an alternative text.

    `name` begins its ids, so that no other plot on the page has the same.
    """
    text = re.sub(r' (id="|xlink:href="#)', rf" \1{name}-", to_svg(figure))
    text = text.replace("url(#", f"url(#{name}-")
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var(--{variable})")
    return text.replace("<svg", f'<svg role="img" aria-label="{escape(alternative)}"', 1)
