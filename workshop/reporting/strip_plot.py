"""A strip plot of a reference sample as SVG: a dot per recorded run, and marks for book, naive and this run.

It is drawn twice, wide and narrow, and the page shows the one that fits. One of several numbers is drawn
narrow only, because a page has hundreds of them. The number that a reader types is drawn by
`reader_number.js.j2`, for which the ends of the axis are attributes of the drawing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from workshop.verification.results import NumberSummary
from workshop.wording.numbers import four_digits
from workshop.wording.pairs import Today, median_and_range

WIDTHS = {"wide": 640, "narrow": 360}
MARGIN = 14  # on both sides of the axis
_FLOOR, _HIGHEST = 124, 58  # of the stacked dots
_DOT = 6  # width of a column of dots
_ROWS = (28, 42, 56)  # of the labels above the dots; the typed number's is above them
_LETTER = 6.6  # width of a letter, at most
_TICKS = {"wide": 6, "narrow": 4}

Interval = tuple[float, float]


@dataclass(frozen=True)
class Strip:
    """The strip of one number, in words and drawn."""

    name: str
    words: str
    notices: str
    svg: str


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high` on a drawing of some width: with ticks a `step` apart, or logarithmic."""

    low: float
    high: float
    width: int
    step: float | None

    def x(self, value: float) -> float:
        """Return the place of a value; one that is outside is drawn at the end."""
        if self.step is None:
            share = math.log(value / self.low) / math.log(self.high / self.low) if value > 0 else 0.0
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(MARGIN + min(max(share, 0.0), 1.0) * (self.width - 2 * MARGIN), 1)

    def ticks(self, most: int) -> list[float]:
        """Return round numbers from end to end, at least two and not many more than `most`."""
        if self.step is not None:
            count = round((self.high - self.low) / self.step)
            return [float(f"{self.low + i * self.step:.9g}") for i in range(count + 1)]
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
            found = [float(f"{d}e{p}") for p in powers for d in digits]
            found = [tick for tick in found if self.low <= tick <= self.high]
            if len(found) >= min(most, 4) - 1:
                break
        return found[:: math.ceil(len(found) / (most + 1))]


def strip(
    number: NumberSummary, marks: Mapping[str, Interval], today: Today | None, *, notices: str
) -> Strip:
    """Draw the recorded runs of a number, today's, and marks by label, such as a printed value's interval."""
    runs = [run for run in number.runs if run is not None]
    words = "; ".join(_words(number, runs, marks, today))
    label = escape(f"{number.name}: {words}" if number.name else words)
    sizes = [size for size in WIDTHS if size == "narrow" or not number.name] if runs else []
    drawn = [_drawn(size, runs, marks, today, number, label) for size in sizes]
    return Strip(number.name, words, notices, "".join(drawn))


def _words(
    number: NumberSummary, known: Sequence[float], marks: Mapping[str, Interval], today: Today | None
) -> list[str]:
    texts = [f"{label} {four_digits((low + high) / 2)}" for label, (low, high) in marks.items()]
    if today is not None:
        texts.append(f"this run {median_and_range(today)}")
    runs = f"{len(number.runs)} recorded runs"
    if len(known):
        low, median, high = (four_digits(float(v)) for v in np.quantile(known, [0, 0.5, 1], method="nearest"))
        runs += f" {low} to {high}, median {median}"
    crashed = len(number.runs) - len(known)
    return [*texts, runs, *([f"{crashed} crashed, not drawn"] if crashed else [])]


def _drawn(
    size: str,
    known: Sequence[float],
    marks: Mapping[str, Interval],
    today: Today | None,
    number: NumberSummary,
    label: str,
) -> str:
    ends = [*known, *(end for interval in marks.values() for end in interval)]
    ends += [] if today is None else [today.low, today.high]
    axis = _axis([end for end in ends if math.isfinite(end)], number.scale, WIDTHS[size], _TICKS[size])
    height = _FLOOR + (54 if today is not None else 38)
    axis_data = (
        f'data-low="{axis.low:.9g}" data-high="{axis.high:.9g}" data-margin="{MARGIN}" data-floor="{_FLOOR}"'
    )
    return "".join(
        [
            f'<svg class="strip {size}" role="img" viewBox="0 0 {axis.width} {height}" {axis_data} ',
            f'data-scale="{"log" if axis.step is None else "linear"}" aria-label="{label}">',
            *_marks(marks, axis),
            _dots(known, axis),
            *_ticks(axis, _TICKS[size]),
            *([] if today is None else _today(today, axis)),
            _text(axis.width - MARGIN, height - 4, f"● {len(number.runs)} recorded runs", "end", "key"),
            "</svg>",
        ]
    )


def _axis(ends: Sequence[float], scale: str, width: int, most: int) -> Axis:
    low, high = min(ends), max(ends)
    if scale == "log" and low > 0 and high / low > 5:
        room = (high / low) ** 0.04
        return Axis(low / room, high * room, width, None)
    if low == high:
        low, high = low - (abs(low) / 20 or 1), high + (abs(high) / 20 or 1)
    step = _step(low, high, most)
    return Axis(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, width, step)


def _step(low: float, high: float, most: int) -> float:
    """Return a step of 1, 2 or 5 times a power of ten that divides a range into at most `most`."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * digit for digit in (1, 2, 5, 10) if power * digit >= rough * (1 - 1e-9))


def _text(x: float, y: float, words: str, anchor: str = "middle", kind: str = "") -> str:
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{kind}>{escape(words)}</text>'


def _dots(known: Sequence[float], axis: Axis) -> str:
    """Stack the runs in columns: a dashed line whose dashes have no length is a row of round dots."""
    columns = Counter(round((axis.x(value) - MARGIN) / _DOT) for value in known)
    apart = min(_DOT, (_FLOOR - _HIGHEST - 6) / max(1, max(columns.values()) - 1))
    path = "".join(
        f"M{MARGIN + column * _DOT} {_FLOOR - 4}v-{(count - 1) * apart + 0.1:.4g}"
        for column, count in sorted(columns.items())
    )
    return f'<path class="runs" stroke-dasharray="0 {apart:.4g}" d="{path}"/>'


def _ticks(axis: Axis, most: int) -> list[str]:
    at = axis.ticks(most)
    path = "".join(f"M{axis.x(tick):g} {_FLOOR}v4" for tick in at)
    drawn = [f'<path class="axis" d="M{MARGIN} {_FLOOR}H{axis.width - MARGIN}{path}"/>']
    for tick in at:
        x = axis.x(tick)
        anchor = "start" if x < MARGIN + 20 else "end" if x > axis.width - MARGIN - 20 else "middle"
        place = {"start": 2, "end": axis.width - 2}.get(anchor, x)
        drawn.append(_text(place, _FLOOR + 17, four_digits(tick), anchor))
    return drawn


def _today(today: Today, axis: Axis) -> list[str]:
    low, middle, high = (axis.x(value) for value in (today.low, today.median, today.high))
    y, words = _FLOOR + 30, f"this run {four_digits(today.median)}"
    is_right = high + 10 + _LETTER * len(words) < axis.width
    return [
        f'<path class="today" d="M{low:g} {y}H{high:g}M{low:g} {y - 4}v8M{high:g} {y - 4}v8"/>',
        f'<path class="today-median" d="M{middle:g} {y - 5}l5 5l-5 5l-5 -5z"/>',
        _text(high + 8 if is_right else low - 8, y + 4, words, "start" if is_right else "end", "today-text"),
    ]


def _marks(marks: Mapping[str, Interval], axis: Axis) -> list[str]:
    """Mark intervals by a band and a line, labels that would overlap are in different rows."""
    drawn = list[str]()
    taken: dict[int, list[Interval]] = {row: [] for row in _ROWS}
    for label, (low, high) in marks.items():
        left, x, right = axis.x(low), axis.x((low + high) / 2), axis.x(high)
        words = f"{label} {four_digits((low + high) / 2)}"
        half = _LETTER * len(words) / 2
        place = min(max(x, half + 2), axis.width - half - 2)
        span = (place - half, place + half)
        row = next(
            (row for row in _ROWS if all(span[1] < a or span[0] > b for a, b in taken[row])), _ROWS[-1]
        )
        taken[row].append(span)
        if right > left:
            box = f'x="{left:g}" y="{_HIGHEST}" width="{max(right - left, 2):g}" height="{_FLOOR - _HIGHEST}"'
            drawn.append(f'<rect class="band {label}" {box}/>')
        drawn += [
            f'<path class="mark {label}" d="M{x:g} {row + 4}V{_FLOOR}"/>',
            _text(place, row, words, "middle", label),
        ]
    return drawn
