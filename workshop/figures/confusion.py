"""Confusion matrices: how many examples of each class are predicted as which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from workshop.figures.alt_text import percent, sentence
from workshop.figures.panels import BLUE, panels
from workshop.figures.registry import Plot

DARKEST = 0.45  # of a row's whole: numbers stay legible on it, on light and dark pages


def confusion_matrix(counts: Sequence[Sequence[int]], names: Sequence[str]) -> Iterator[Plot]:
    """Draw the matrix as a table, each cell with its count and share of its row, darker for more.

    `counts` is (classes, classes): rows are true, columns predicted, both in the order of `names`. Raises
    ValueError if it has another shape.

    Source: chapter 2, exercise 2.02; chapter 6, activity 6.01.
    """
    table = np.asarray(counts)
    size = len(names)
    if table.shape != (size, size):
        raise ValueError(f"a matrix of shape {table.shape} for {size} classes: give ({size}, {size})")
    sheet, ((panel,),) = panels(1, 1, width=4.8, height=0.8 + 0.8 * size)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    for (row, column), count in np.ndenumerate(table):
        share = shares[row, column]
        # bars, not an image: an image of a few cells is blurred by some viewers
        panel.bar(column, 1, 1, row - 0.5, color=BLUE, alpha=DARKEST * share, linewidth=0)
        panel.text(column, row, f"{count:,}\n{100 * share:.1f} %", ha="center", va="center")
    places = range(size)
    panel.set(
        xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), xlabel="predicted", ylabel="true", aspect="auto"
    )
    panel.set_xticks(places, names)
    panel.set_yticks(places, names, rotation=90, va="center")
    panel.tick_params(length=0)
    rows = [
        f"of {row.sum():,} {name}, "
        + ", ".join(f"{count:,} predicted {other}" for other, count in zip(names, row, strict=True))
        for name, row in zip(names, table, strict=True)
    ]
    yield "", f"{sentence('; '.join(rows))} {percent(np.trace(table) / table.sum())} of all are right.", sheet
