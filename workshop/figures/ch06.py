"""Figures of chapter 6: lengths of reviews, trainings and a confusion matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from workshop.figures.alt_text import four_digits, percent, span
from workshop.figures.confusion import confusion_matrix
from workshop.figures.curves import training_curves
from workshop.figures.panels import BLUE, panels
from workshop.figures.registry import Plot, figure

NOTEBOOK_BINS = (2.0, 126.0)  # lengths between which chapter 6 counts, as the notebook's figure does
EARLIER = "Training curves, RMSprop as Keras had it up to 2.10"

for _unit in ("ch06.ex01", "ch06.ex02", "ch06.ex03", "ch06.ex04", "ch06.ex05"):
    figure(_unit, "history", title="Training curves")(training_curves)
    figure(_unit, "earlier.history", title=EARLIER)(training_curves)


@figure("ch06.act01", "histogram.shares", title="Lengths of the training reviews")
def lengths(shares: Sequence[float], ends: tuple[float, float] = NOTEBOOK_BINS) -> Iterator[Plot]:
    """Draw the shares of reviews by length, in bins of one width.

    The first bin begins and the last one ends at `ends`, in words. Raises ValueError if there are no bins, or
    they have no width.

    Source: chapter 6, activity 6.01, Figure 6.29.
    """
    if np.ndim(shares) != 1 or not len(shares) or not ends[0] < ends[1]:
        raise ValueError(
            f"{np.shape(shares)} shares from {ends[0]} to {ends[1]}: give one a bin, from left to right"
        )
    edges = np.linspace(*ends, len(shares) + 1)
    sheet, ((panel,),) = panels(1, 1, width=4.8, height=3.2)
    panel.bar(edges[:-1], shares, width=np.diff(edges), align="edge", color=BLUE, edgecolor="black")
    panel.set(xlabel="words of a review's sequence", ylabel="share of the reviews", xticks=np.round(edges))
    panel.tick_params(axis="x", labelrotation=45)
    highest = int(np.argmax(shares))
    alt = (
        f"Shares of the reviews in {len(shares)} bins from {four_digits(ends[0])} to "
        f"{four_digits(ends[1])} words: {', '.join(percent(share) for share in shares)}; the highest bin is "
        f"from {span(edges[highest : highest + 2])} words."
    )
    yield "", alt, sheet


figure("ch06.act01", "history", title="Training curves")(training_curves)
_matrix = partial(confusion_matrix, names=("negative", "positive"))
figure("ch06.act01", "confusion", title="Confusion matrix of the test reviews")(_matrix)
