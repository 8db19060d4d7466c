"""Figures of chapter 4: words that stand together, and weights of terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workshop.figures.model import Chart, Marks, numbers
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import span


@figure(
    "ch04.act02",
    "adjacent",
    title="Words and pairs in Alice",
    claims=("ch04.act02.mad_hatter_together",),
    later=True,
)
def pairs(counts: Mapping[str, Mapping[str, int]]) -> Plot:
    """Draw how often each pair of words stands together, next to the words of the pair that never does.

    Source: chapter 4, activity 4.02.
    """
    bars = {
        name.replace("_", " "): number
        for pair, its in counts.items()
        for name, number in [*(its.items() if not its["together"] else ()), (pair, its["together"])]
        if name != "together"
    }
    chart = Chart(
        (Marks("bars", numbers(range(len(bars))), numbers([*bars.values()]), "times in the text"),),
        ticks=tuple(bars),
    )
    said = "; ".join(f"{name} {number}" for name, number in bars.items())
    return f"How often words stand in the text: {said}.", (chart,), ""


@figure(
    "ch04.ex04",
    "scalar",
    title="IDF, and entries of the matrix",
    claims=("ch04.ex04.below_one_reason",),
    later=True,
)
def weights(weighted: Any) -> Plot:
    """Draw the IDF of each term, and its entries after the rows were divided by their lengths.

    `weighted` has `idf` (terms,), `matrix` (sentences, terms), and the terms' columns as `vocabulary`.

    Source: chapter 4, exercise 4.04.
    """
    rows, columns = np.nonzero(weighted.matrix)
    entries, terms = weighted.matrix[rows, columns], sorted(weighted.vocabulary, key=weighted.vocabulary.get)
    places = np.arange(len(terms))
    marks = (
        Marks("chance", numbers([0, len(terms) - 1]), (1.0, 1.0), "1"),
        Marks("real", numbers(places), numbers(weighted.idf), "IDF of a term"),
        Marks("made", numbers(columns), numbers(entries), "entry, divided by its row’s length"),
    )
    alt = (
        f"The IDF of a term is {span(weighted.idf)}, above 1. The entries of the matrix are {span(entries)}."
    )
    return alt, (Chart(marks, "IDF and entries by term", y_ends=(0.0, 1.0), ticks=tuple(terms)),), ""
