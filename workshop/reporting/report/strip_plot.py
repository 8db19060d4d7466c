"""A small strip of a reference sample as SVG: a dot a recorded run, and marks for book, witness and today."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

from workshop.figures.alt_text import digits
from workshop.reporting.report.samples import Today, finite
from workshop.statistics.hypothesis_tests import Numbers, Scale

WIDTH, HEIGHT = 340, 66
_LEFT, _RIGHT = 8, WIDTH - 8
_TOP, _FLOOR = 22, 48  # between them the dots lie
_GOLDEN = 0.6180339887  # neighbours in the order of the seeds come to lie far apart

Interval = tuple[float, float]


@dataclass(frozen=True)
class Strip:
    """The strip of one number, and the same in words."""

    name: str
    words: str
    notices: str
    svg: str


def strip(
    name: str,
    values: Numbers,
    marks: Mapping[str, Interval],
    today: Today | None,
    *,
    notices: str,
    scale: Scale | None,
) -> Strip:
    """Draw a number's recorded runs, today's, and marks by label, such as what a printed value stands for."""
    words = "; ".join(_words(values, marks, today))
    label = f"{name}: {words}" if name else words
    return Strip(name, words, notices, _drawn(values, marks, today, scale, label))


def _words(values: Numbers, marks: Mapping[str, Interval], today: Today | None) -> list[str]:
    known = finite(values)
    told = [f"{label} {digits((low + high) / 2)}" for label, (low, high) in marks.items()]
    if today is not None and today.low == today.high:
        told.append(f"today {digits(today.median)}")
    elif today is not None:
        told.append(f"today {digits(today.median)} ({digits(today.low)} to {digits(today.high)})")
    runs = f"{len(values)} recorded runs"
    if len(known):
        low, median, high = (digits(float(v)) for v in np.quantile(known, [0, 0.5, 1], method="nearest"))
        runs += f" {low} to {high}, median {median}"
    crashed = len(values) - len(known)
    return [*told, runs, *([f"{crashed} crashed, not drawn"] if crashed else [])]


def _drawn(
    values: Numbers, marks: Mapping[str, Interval], today: Today | None, scale: Scale | None, label: str
) -> str:
    known = finite(values)
    ends = [*known.tolist(), *(end for interval in marks.values() for end in interval)]
    ends += [] if today is None else [today.low, today.high]
    ends = [end for end in ends if math.isfinite(end)]
    if not len(known):
        return ""
    low, high = min(ends), max(ends)
    logarithmic = scale == "log" and low > 0 and high / low > 5

    def place(value: float) -> float:
        if low == high:
            return WIDTH / 2
        along = math.log(value / low) if logarithmic else value - low
        share = along / (math.log(high / low) if logarithmic else high - low)
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    def height(number: int) -> int:
        return round(_TOP + 3 + (number * _GOLDEN % 1) * (_FLOOR - _TOP - 6))

    dots = "".join(f"M{place(v):g} {height(i)}h0" for i, v in enumerate(known.tolist()))
    parts = [
        f'<svg class="strip" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" aria-label="{escape(label)}">',
        f'<path class="axis" d="M{_LEFT} {_FLOOR}H{_RIGHT}"/>',
        *_marks({label: (place(a), place(b)) for label, (a, b) in marks.items()}),
        f'<path class="runs" d="{dots}"/>',
    ]
    if today is not None:
        parts.append(_of_today(place(today.low), place(today.median), place(today.high)))
    parts.append(f'<text x="{_LEFT}" y="{HEIGHT - 5}">{digits(low)}</text>')
    if logarithmic:
        parts.append(f'<text x="{WIDTH / 2:g}" y="{HEIGHT - 5}" text-anchor="middle">log scale</text>')
    if low != high:
        parts.append(f'<text x="{_RIGHT}" y="{HEIGHT - 5}" text-anchor="end">{digits(high)}</text>')
    return "".join([*parts, "</svg>"])


def _of_today(low: float, median: float, high: float) -> str:
    y = _FLOOR + 3
    return (
        f'<path class="today" d="M{low:g} {y}H{high:g}"/>'
        f'<path class="today-median" d="M{median:g} {y - 4}l4 4l-4 4l-4 -4z"/>'
    )


def _marks(marks: Mapping[str, Interval]) -> list[str]:
    """Mark intervals by bars, with their labels on top; one that would overlap another stands lower."""
    drawn, taken = [], list[float]()
    for label, (low, high) in marks.items():
        middle, width = (low + high) / 2, max(high - low, 2)
        y = 9 if all(abs(middle - other) > 40 for other in taken) else 18
        taken.append(middle)
        anchor = "start" if middle < 40 else "end" if middle > WIDTH - 40 else "middle"
        place = f'x="{middle - width / 2:g}" y="{_TOP - 2}" width="{width:g}" height="{_FLOOR - _TOP + 2}"'
        drawn.append(
            f'<rect class="mark {label}" {place}/>'
            f'<text x="{middle:g}" y="{y}" text-anchor="{anchor}">{label}</text>'
        )
    return drawn
