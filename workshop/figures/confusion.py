"""Confusion matrices: how many examples of each class were taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from workshop.figures.panels import panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHADE = "#1f5fa8"
DARKEST = 0.45  # of a row's whole: numbers stay legible on it, on light and dark pages


def confusion_matrix(counts: Sequence[Sequence[int]], names: Sequence[str], *, title: str = "") -> Figure:
    """Return the matrix as a table, each cell with its count and share of its row, darker for more.

    Parameters
    ----------
    counts : (classes, classes); rows are true, columns predicted.
    names : of the classes, in that order.
    title : above the table, if any.

    Raises
    ------
    ValueError
        If the matrix is not square, or has not as many rows as there are names.

    Source: chapter 2, exercise 2.02; chapter 6, activity 6.01.
    """
    numbers = np.asarray(counts)
    size = len(names)
    if numbers.shape != (size, size):
        raise ValueError(f"a matrix of shape {numbers.shape} for {size} classes: give ({size}, {size})")
    figure, ((panel,),) = panels(1, 1, width=4.8, height=0.8 + 0.8 * size, title=title)
    shares = numbers / np.maximum(numbers.sum(axis=1, keepdims=True), 1)
    for (row, column), count in np.ndenumerate(numbers):
        share = shares[row, column]
        # bars, not an image: an image of a few cells is blurred by some viewers
        panel.bar(column, 1, 1, row - 0.5, color=SHADE, alpha=DARKEST * share, linewidth=0)
        panel.text(column, row, f"{count:,}\n{100 * share:.1f} %", ha="center", va="center")
    places = range(size)
    panel.set(
        xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), xlabel="predicted", ylabel="true", aspect="auto"
    )
    panel.set_xticks(places, names)
    panel.set_yticks(places, names, rotation=90, va="center")
    panel.tick_params(length=0)
    return figure
