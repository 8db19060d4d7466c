"""Figures of chapter 6: lengths of reviews, trainings and a confusion matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from workshop.figures.alt_text import percent, span
from workshop.figures.confusion import confusion_matrix
from workshop.figures.curves import training_curves
from workshop.figures.panels import BARS, add_legend, panels
from workshop.figures.printed import CROSS, NOTEBOOK, PrintedLog, Value, numbers
from workshop.figures.registry import Plot, figure

NOTEBOOK_BINS = (2.0, 126.0)  # lengths between which chapter 6 counts, as the notebook's figure does
LIMITS = {"loss": (0.0, 0.8), "accuracy": (0.5, 1.0)}  # of all networks, so that they can be compared
EARLIER = "Training curves, RMSprop as Keras had it up to 2.10"

for _unit in ("ch06.ex01", "ch06.ex02", "ch06.ex03", "ch06.ex04", "ch06.ex05"):
    _curves = partial(training_curves, limits=LIMITS)
    figure(_unit, "history", title="Training curves", printed=PrintedLog(_unit))(_curves)
    figure(_unit, "earlier.history", title=EARLIER, printed=PrintedLog(_unit))(_curves)


@figure(
    "ch06.act01",
    "histogram.shares",
    title="Lengths of the training reviews",
    printed=Value("ch06.act01.lengths"),
)
def lengths(
    shares: Sequence[float], ends: tuple[float, float] = NOTEBOOK_BINS, printed: Any = None
) -> Iterator[Plot]:
    """Draw the shares of reviews by length, in bins of one width, with those read off the notebook's figure.

    The first bin begins and the last one ends at `ends`, in words. Raises ValueError if there are no bins, or
    they have no width.

    Source: chapter 6, activity 6.01, Figure 6.29.
    """
    if np.ndim(shares) != 1 or not len(shares) or not ends[0] < ends[1]:
        raise ValueError(
            f"{np.shape(shares)} shares from {ends[0]} to {ends[1]}: give one a bin, from left to right"
        )
    edges = np.linspace(*ends, len(shares) + 1)
    sheet, ((panel,),) = panels(1, 1, height=2.3)
    panel.bar(edges[:-1], shares, width=np.diff(edges), align="edge", label="this run", **BARS)
    book = numbers(printed, np.shape(shares))
    if book is not None:
        panel.plot((edges[:-1] + edges[1:]) / 2, book, label=NOTEBOOK, **CROSS)
    panel.set(xlabel="words of a review's sequence", ylabel="share of the reviews", xticks=np.round(edges))
    panel.tick_params(axis="x", labelrotation=45)
    add_legend(sheet)
    highest = int(np.argmax(shares))
    alt = (
        f"Lengths of the reviews from {ends[0]:g} to {ends[1]:g} words. The highest bin, from "
        f"{span(edges[highest : highest + 2])} words, has {percent(shares[highest])} of them."
    )
    if book is not None:
        alt += f" In the authors' notebook it has {percent(book[highest])}."
    yield "", alt, sheet


figure("ch06.act01", "history", title="Training curves", printed=PrintedLog("ch06.act01"))(
    partial(training_curves, limits=LIMITS)
)
figure(
    "ch06.act01",
    "confusion",
    title="Confusion matrix of the test reviews",
    printed=Value("ch06.act01.confusion"),
)(partial(confusion_matrix, names=("negative", "positive")))
