"""A strip plot of a reference sample as SVG: a dot per recorded run, marks for book and today."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from workshop.figures.alt_text import four_digits
from workshop.reporting.formatting import median_and_range
from workshop.reporting.report.samples import Today, finite
from workshop.verification.results import NumberSummary

WIDTH, HEIGHT = 340, 66
_LEFT, _RIGHT = 8, WIDTH - 8
_TOP, _FLOOR = 22, 48  # of the dots
_GOLDEN = 0.6180339887  # spreads the dots of consecutive seeds

Interval = tuple[float, float]


@dataclass(frozen=True)
class Strip:
    """The strip of one number, in words and drawn."""

    name: str
    words: str
    notices: str
    svg: str


def strip(
    number: NumberSummary,
    marks: Mapping[str, Interval],
    today: Today | None,
    *,
    notices: str,
) -> Strip:
    """Draw the recorded runs of a number, today's, and marks by label, such as a printed value's interval."""
    words = "; ".join(_words(number, marks, today))
    label = f"{number.name}: {words}" if number.name else words
    return Strip(number.name, words, notices, _drawn(finite(number), marks, today, number.scale, label))


def _words(number: NumberSummary, marks: Mapping[str, Interval], today: Today | None) -> list[str]:
    known = finite(number)
    texts = [f"{label} {four_digits((low + high) / 2)}" for label, (low, high) in marks.items()]
    if today is not None:
        texts.append(f"today {median_and_range(today)}")
    runs = f"{len(number.runs)} recorded runs"
    if len(known):
        low, median, high = (four_digits(float(v)) for v in np.quantile(known, [0, 0.5, 1], method="nearest"))
        runs += f" {low} to {high}, median {median}"
    crashed = len(number.runs) - len(known)
    return [*texts, runs, *([f"{crashed} crashed, not drawn"] if crashed else [])]


def _drawn(
    known: np.ndarray[Any, Any],
    marks: Mapping[str, Interval],
    today: Today | None,
    scale: str,
    label: str,
) -> str:
    ends = [*known.tolist(), *(end for interval in marks.values() for end in interval)]
    ends += [] if today is None else [today.low, today.high]
    ends = [end for end in ends if math.isfinite(end)]
    if not len(known):
        return ""
    low, high = min(ends), max(ends)
    logarithmic = scale == "log" and low > 0 and high / low > 5

    def x_of(value: float) -> float:
        if low == high:
            return WIDTH / 2
        along = math.log(value / low) if logarithmic else value - low
        share = along / (math.log(high / low) if logarithmic else high - low)
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    def y_of(number: int) -> int:
        return round(_TOP + 3 + (number * _GOLDEN % 1) * (_FLOOR - _TOP - 6))

    dots = "".join(f"M{x_of(v):g} {y_of(i)}h0" for i, v in enumerate(known.tolist()))
    parts = [
        f'<svg class="strip" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" aria-label="{escape(label)}">',
        f'<path class="axis" d="M{_LEFT} {_FLOOR}H{_RIGHT}"/>',
        *_marks({label: (x_of(a), x_of(b)) for label, (a, b) in marks.items()}),
        f'<path class="runs" d="{dots}"/>',
    ]
    if today is not None:
        parts.append(_today(x_of(today.low), x_of(today.median), x_of(today.high)))
    parts.append(f'<text x="{_LEFT}" y="{HEIGHT - 5}">{four_digits(low)}</text>')
    if logarithmic:
        parts.append(f'<text x="{WIDTH / 2:g}" y="{HEIGHT - 5}" text-anchor="middle">log scale</text>')
    if low != high:
        parts.append(f'<text x="{_RIGHT}" y="{HEIGHT - 5}" text-anchor="end">{four_digits(high)}</text>')
    return "".join([*parts, "</svg>"])


def _today(low: float, median: float, high: float) -> str:
    y = _FLOOR + 3
    return (
        f'<path class="today" d="M{low:g} {y}H{high:g}"/>'
        f'<path class="today-median" d="M{median:g} {y - 4}l4 4l-4 4l-4 -4z"/>'
    )


def _marks(marks: Mapping[str, Interval]) -> list[str]:
    """Mark intervals with bars and labels above them; a label that would overlap another one is lower."""
    drawn, taken = [], list[float]()
    for label, (low, high) in marks.items():
        middle, width = (low + high) / 2, max(high - low, 2)
        y = 9 if all(abs(middle - other) > 40 for other in taken) else 18
        taken.append(middle)
        anchor = "start" if middle < 40 else "end" if middle > WIDTH - 40 else "middle"
        box = f'x="{middle - width / 2:g}" y="{_TOP - 2}" width="{width:g}" height="{_FLOOR - _TOP + 2}"'
        drawn.append(
            f'<rect class="mark {label}" {box}/>'
            f'<text x="{middle:g}" y="{y}" text-anchor="{anchor}">{label}</text>'
        )
    return drawn
