"""Confusion matrices: how many examples of each class are predicted as which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from workshop.figures.alt_text import percent
from workshop.figures.panels import BLUE, add_legend, panels
from workshop.figures.printed import BOOK, CROSS, numbers
from workshop.figures.registry import Plot
from workshop.wording.numbers import listed

DARKEST = 0.25  # of a row's whole: numbers and crosses stay legible on it, on light and dark pages


def confusion_matrix(
    counts: Sequence[Sequence[int]], names: Sequence[str], printed: Any = None
) -> Iterator[Plot]:
    """Draw the matrix as a table, each cell with its count and share of its row, darker for more.

    The printed counts are below, next to a cross. `counts` is (classes, classes): rows are true, columns
    predicted, both in the order of `names`. Raises ValueError if it has another shape.

    Source: chapter 2, exercise 2.02; chapter 6, activity 6.01.
    """
    table = np.asarray(counts)
    size = len(names)
    if table.shape != (size, size):
        raise ValueError(f"a matrix of shape {table.shape} for {size} classes: give ({size}, {size})")
    book = numbers(printed, table.shape)
    sheet, ((panel,),) = panels(1, 1, height=0.9 + 0.7 * size)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    for (row, column), count in np.ndenumerate(table):
        share = shares[row, column]
        # bars, not an image: an image of a few cells is blurred by some viewers
        panel.bar(column, 1, 1, row - 0.5, color=BLUE, alpha=DARKEST * share, linewidth=0)
        place = row if book is None else row - 0.15
        panel.text(column, place, f"{count:,}\n{100 * share:.1f} %", ha="center", va="center")
        if book is not None:
            panel.plot([column - 0.27], [row + 0.28], label=BOOK, **CROSS)
            panel.text(column - 0.18, row + 0.28, f"{book[row, column]:,.0f}", va="center_baseline")
    places = range(size)
    panel.set(
        xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), xlabel="predicted", ylabel="true", aspect="auto"
    )
    panel.set_xticks(places, names)
    panel.set_yticks(places, names, rotation=90, va="center")
    panel.tick_params(length=0)
    if book is not None:
        add_legend(sheet)
    yield "", _alt(table, names) + ("" if book is None else _printed_alt(table, book)), sheet


def _alt(table: np.ndarray, names: Sequence[str]) -> str:
    rows = [f"{table[place, place]:,} of {table[place].sum():,} {name}" for place, name in enumerate(names)]
    right = percent(np.trace(table) / table.sum())
    return f"{right} of {table.sum():,} predictions are right: {listed(rows)}."


def _printed_alt(table: np.ndarray, book: np.ndarray) -> str:
    if np.array_equal(book, table):
        return " The book prints the same counts."
    right = listed([f"{count:,.0f}" for count in np.diag(book)])
    return f" In the book {right} are right, {percent(np.trace(book) / book.sum())}."
