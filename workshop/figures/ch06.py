"""Figures of chapter 6: lengths of reviews; training curves lie in `curves`, its matrix in `confusion`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from workshop.figures.panels import panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def lengths_histogram(shares: Sequence[float], ends: tuple[float, float], *, title: str = "") -> Figure:
    """Return the shares of reviews by length, in bins of one width.

    Parameters
    ----------
    shares : of all reviews in each bin, (bins,).
    ends : the first bin's left edge and the last one's right edge, in words.
    title : above the panel, if any.

    Raises
    ------
    ValueError
        If there are no bins, or they have no width.

    Source: chapter 6, activity 6.01, Figure 6.29.
    """
    if np.ndim(shares) != 1 or not len(shares) or not ends[0] < ends[1]:
        raise ValueError(
            f"{np.shape(shares)} shares from {ends[0]} to {ends[1]}: give one a bin, from left to right"
        )
    edges = np.linspace(*ends, len(shares) + 1)
    figure, ((panel,),) = panels(1, 1, width=4.8, height=3.2, title=title)
    panel.bar(edges[:-1], shares, width=np.diff(edges), align="edge", color="#1f5fa8", edgecolor="black")
    panel.set(xlabel="words of a review's sequence", ylabel="share of the reviews", xticks=np.round(edges))
    panel.tick_params(axis="x", labelrotation=45)
    return figure
