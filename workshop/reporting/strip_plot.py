"""The strip of a number's recorded runs: a dot a run, marks for book, naive and this run, and its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workshop.figures import model
from workshop.figures.drawing import draw
from workshop.verification.results import NumberSummary
from workshop.wording.numbers import four_digits
from workshop.wording.pairs import Today, median_and_range

Interval = tuple[float, float]


@dataclass(frozen=True)
class DrawnStrip:
    """The strip of one number, in words and drawn."""

    name: str
    words: str
    svg: str


def strip(
    number: NumberSummary,
    marks: Mapping[model.Yardstick, Interval],
    today: Today | None,
    *,
    yours: Sequence[float] = (),
    narrow: bool | None = None,
) -> DrawnStrip:
    """Draw the recorded runs of a number, today's, and marks by label, such as a printed value's interval.

    `yours` : a reader's number, which is drawn; the axis has room for it, and for each of several, if they
    are not too far from all else. One of several numbers is drawn `narrow` only if nothing else is asked for,
    because a page has hundreds of them.
    """
    runs = [run for run in number.runs if run is not None]
    drawn = ""
    if runs:
        ran = None if today is None else (today.median, today.low, today.high)
        drawn = draw(
            model.Strip(
                model.numbers(runs, 6),
                tuple(marks.items()),
                ran,
                number.scale,
                bool(number.name) if narrow is None else narrow,
                tuple(yours),
            )
        )
    words = [f"yours {four_digits(one)}" for one in yours[:1]]
    words += [f"{label} {four_digits((low + high) / 2)}" for label, (low, high) in marks.items()]
    words += [] if today is None else [f"this run {median_and_range(today)}"]
    ended = ""
    if runs:
        low, median, high = (four_digits(float(v)) for v in np.quantile(runs, [0, 0.5, 1], method="nearest"))
        ended = f" {low} to {high}, median {median}"
    words.append(f"{len(number.runs)} recorded runs{ended}")
    crashed = len(number.runs) - len(runs)
    words += [f"{crashed} crashed, not drawn"] if crashed else []
    return DrawnStrip(number.name, "; ".join(words), drawn)
