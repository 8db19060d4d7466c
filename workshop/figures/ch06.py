"""Figures of chapter 6: lengths of reviews, and the numbers of a sentence's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workshop.figures.kinds import NOTEBOOK
from workshop.figures.model import Cells, Chart, Marks, book_marks, numbers
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import percent, span

NOTEBOOK_BINS = (2.0, 126.0)  # lengths between which chapter 6 counts, as the notebook's figure does


@figure(
    "ch06.act01",
    "histogram.shares",
    title="Lengths of the training reviews",
    printed="ch06.act01.lengths",
)
def lengths(shares: Sequence[float], ends: tuple[float, float] = NOTEBOOK_BINS, printed: Any = None) -> Plot:
    """Draw the shares of reviews by length, in bins of one width, with those read off the notebook's figure.

    The first bin begins and the last one ends at `ends`, in words.

    Source: chapter 6, activity 6.01, Figure 6.29.
    """
    edges = np.linspace(*ends, len(shares) + 1)
    places = np.arange(len(shares))
    book = book_marks(places, printed, NOTEBOOK)
    marks = (Marks("bars", numbers(places), numbers(shares), "this run: share of the reviews"), *book)
    highest = int(np.argmax(shares))
    alt = (
        f"Lengths of the reviews from {ends[0]:g} to {ends[1]:g} words. The highest bin, from "
        f"{span(edges[highest : highest + 2])} words, has {percent(shares[highest])} of them."
    )
    for one in book:
        alt += f" In the authors' notebook it has {percent(one.y[highest])}."
    ticks = tuple(f"{edge:.0f}" for edge in (edges[:-1] + edges[1:]) / 2)
    return alt, (Chart(marks, x_label="words of a review", size="wide", ticks=ticks),), ""


_RESERVED = ("padding", "start", "unknown")  # what 0, 1 and 2 are in the reviews


@figure(
    "ch06.text05",
    "indices",
    title="A sentence as numbers",
    data=("imdb_word_index",),
    claims=("ch06.text05.indices", "ch06.text05.same_format"),
)
def sentence(indices: Mapping[str, Sequence[int]], ranks: Mapping[str, int]) -> Plot:
    """Show the numbers of a sentence, by the book's function and as trained, over the words that they are.

    `ranks` : word → rank, from 1, which is 3 less than its number in the reviews.

    Source: chapter 6, text on predictions for unseen data.
    """
    words = {rank + len(_RESERVED): word for word, rank in ranks.items()} | dict(enumerate(_RESERVED))
    read = {
        name: tuple((str(number), words.get(number, "–")) for number in numbers)
        for name, numbers in indices.items()
    }
    rows = (("the book’s", "book", read["returned"]), ("as trained", "run", read["as_trained"]))
    said = [f"{name} numbers are those of “{' '.join(word for _, word in its)}”" for name, _, its in rows]
    return f"{said[0]}; the numbers {said[1]}.".replace("the book", "The book"), (Cells(rows),), ""
