"""Figures as HTML: their charts as SVG, tables as tables. Text has at least 11 pixels where it is narrowest.

A wide drawing is made twice, and `STYLE` shows the one that fits. The number that a reader types into a page
is drawn on a strip by `own_number.js.j2`, for which the ends of the axis are attributes of the drawing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from workshop.figures.model import Cells, Chart, Figure, Images, Layers, Marks, Matrix, Part, Rank, Strip
from workshop.wording.numbers import four_digits

_SIZES = {"panel": (360, 210), "wide": (720, 250), "small": (180, 112)}
_LETTER, _BOLD = 7.0, 7.9  # width of a letter, at most
_APART = 14  # lines of text
_AREAS, _DOTS = ("range", "half", "era"), ("real", "made")
MARGIN = 12  # on both sides of a strip's axis
_FLOOR, _HIGHEST, _DOT = 138, 72, 6  # of the stacked dots, and the width of their columns
_REACH = 4  # how many widths of all else a reader's number may be outside and still be on the axis
_ROWS = (28, 42, 56, 70)  # of the labels above the dots; the typed number's is above them

_COMMAND = re.compile(r"workshop [a-z]+(?: --[a-z]+)*(?: [\w.]*\w)?")

STYLE = Path(__file__).with_suffix(".css").read_text("utf-8")


def html(figure: Figure) -> str:
    """Return a figure as HTML, without its title; "" if it has no parts."""
    if not figure.parts:
        return ""
    parts, first = figure.parts, figure.parts[0]
    if len(parts) == 1 and isinstance(first, Chart) and first.size == "panel":  # as wide as its card
        parts = (replace(first, size="wide"),)
    tables = any(isinstance(part, _TABLES) for part in figure.parts)
    label = "" if tables else f' role="img" aria-label="{escape(f"{figure.title}: {figure.alt}")}"'
    note = f'<p class="f-note">{_words(figure.note)}</p>' if figure.note else ""
    return f'{_key(parts)}<div class="f-parts"{label}>{"".join(map(draw, parts))}</div>{note}'


def draw(part: Part) -> str:
    """Return a part of a figure as HTML."""
    return _DRAW[type(part)](part)


def _words(text: str) -> str:
    """Return text as HTML, in which no command is broken."""
    return _COMMAND.sub(r'<span class="f-command">\g<0></span>', escape(text))


def _part(content: str, size: str, title: str = "", note: str = "") -> str:
    title = f"<b>{escape(title)}</b>" if title else ""
    note = f"<small>{_words(note)}</small>" if note else ""
    return f'<div class="f-part f-{size}">{title}{content}{note}</div>'


_SAMPLES = {  # in the key; of other looks a line
    **dict.fromkeys((*_AREAS, "bars"), "M1 1H23V11H1z"),
    **dict.fromkeys(_DOTS, "M4 8h0M12 4h0M20 7h0"),
    "book": "M8 2l8 8m0-8l-8 8",
    "notebook": "M7 6h10m-5-5v10",
}


def _key(parts: Sequence[Part]) -> str:
    """Return the key of what has a name, each name once, the book's last."""
    looks = {m.name: m.look for part in parts if isinstance(part, Chart) for m in part.marks if m.name}
    items = []
    for name, look in sorted(looks.items(), key=lambda entry: entry[1] in ("book", "notebook")):
        median = '<path class="median" d="M1 6H23"/>' if look == "half" else ""
        drawn = f'<path class="{look}" d="{_SAMPLES.get(look, "M0 6H24")}"/>{median}'
        sample = f'<svg class="f-part" viewBox="0 0 24 12" aria-hidden="true">{drawn}</svg>'
        items.append(f"<li>{sample}{escape(name)}</li>")
    return f'<ul class="f-key" aria-hidden="true">{"".join(items)}</ul>' if items else ""


def _svg(width: float, height: float, kind: str, content: Iterable[str]) -> str:
    wide = "" if width == _SIZES["panel"][0] else f' style="--f-wide: {width:g}"'
    return f'<svg{kind}{wide} viewBox="0 0 {width:g} {height:g}" aria-hidden="true">{"".join(content)}</svg>'


def _text(x: float, y: float, words: str, anchor: str = "middle", kind: str = "") -> str:
    kind = f' class="{kind}"' if kind else ""
    anchor = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:g}" y="{y:g}"{anchor}{kind}>{escape(words)}</text>'


def _wide(words: str, letter: float = _LETTER) -> float:
    return letter * len(words)


# Axes


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high` that goes from one place of a drawing to another.

    Its ticks are a `step` apart; None for a logarithmic one.
    """

    low: float
    high: float
    start: float
    end: float
    step: float | None

    def at(self, value: float) -> float:
        """Return the place of a value; one that is outside is drawn at the end."""
        if self.step is None:
            share = math.log(value / self.low) / math.log(self.high / self.low) if value > 0 else 0.0
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)

    def ticks(self, most: int) -> list[float]:
        """Return round numbers from end to end, at least two and not many more than `most`."""
        if self.step is not None:
            first = math.ceil(self.low / self.step - 1e-9)
            last = math.floor(self.high / self.step + 1e-9)
            return [float(f"{i * self.step:.9g}") for i in range(first, last + 1)]
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
            ticks = [float(f"{d}e{p}") for p in powers for d in digits]
            ticks = [tick for tick in ticks if self.low <= tick <= self.high]
            if len(ticks) >= min(most, 4) - 1:
                break
        return ticks[:: math.ceil(len(ticks) / (most + 1))]


def axis(
    values: Iterable[float],
    start: float,
    end: float,
    most: int,
    *,
    log: bool,
    whole: bool,
    legal: tuple[float, float] = (-math.inf, math.inf),
) -> Axis:
    """Return an axis for all values that are finite; it does not go beyond what is `legal`.

    `whole` : it ends at its first and last tick.
    """
    known = [value for value in values if math.isfinite(value) and not (log and value <= 0)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if log and low > 0 and high / low > 5:
        room = (high / low) ** 0.04
        return Axis(low / room, high * room, start, end, None)
    if low == high:
        low, high = low - (abs(low) / 20 or 1), high + (abs(high) / 20 or 1)
    rough = (high - low) / most  # the step is 1, 2 or 5 times a power of ten
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * digit for digit in (1, 2, 5, 10) if power * digit >= rough * (1 - 1e-9))
    if whole:
        low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return Axis(max(low, legal[0]), min(high, legal[1]), start, end, step)


# Charts


def _chart(chart: Chart) -> str:
    sizes = ("wide", "panel") if chart.size == "wide" else (chart.size,)
    return _part("".join(_drawn(chart, size) for size in sizes), chart.size, chart.title, chart.note)


def _drawn(chart: Chart, size: str) -> str:
    width, height = _SIZES[size]
    small, bars = size == "small", any(marks.look == "bars" for marks in chart.marks)
    ends = [marks for marks in chart.marks if marks.end and not small]
    last = max((marks.x[-1] for marks in ends), default=0.0)
    inside = [marks for marks in ends if marks.x[-1] < last]  # called at their last point
    ends = [marks for marks in ends if marks.x[-1] == last]
    xs = [x for marks in chart.marks for x in marks.x] + [*(chart.x_ends or ())]
    ys = [y for marks in chart.marks for y in (*marks.y, *marks.low)] + [*(chart.y_ends or ())]
    ys += [0.0] if bars else []
    floor = height - (6 if small else 36 if chart.x_label else 22)
    up = axis(ys, floor, 18 if chart.splits else 9, 4, log=chart.log, whole=chart.log or bars)
    if not small and up.step is not None:  # the highest and lowest values keep off the edges
        room = (up.high - up.low) * (0 if bars else 0.03)
        up = Axis(up.low - room, up.high + room, up.start, up.end, up.step)
    ticks = [] if small else up.ticks(4)
    left = 6 if small else 8 + max(_wide(four_digits(tick)) for tick in ticks)
    right = width - (6 if small else 14)
    right -= max([0.0, *(_wide(marks.end, _BOLD) - 4 for marks in ends)])
    low, high = min(xs), max(xs)
    low, high = (low - 0.6, high + 0.6) if bars else (low, high) if low < high else (low - 1, high + 1)
    most = max(2, int((right - left) / (_wide(f"{high:,.0f}") + 18)))
    along = axis((low, high), left, right, most, log=False, whole=False)
    if along.step is not None and along.step < 1 and all(x == int(x) for x in xs):
        along = Axis(along.low, along.high, left, right, 1)
    drawn = []
    if small:
        drawn.append(f'<path class="axis" d="M1 1H{width - 1}V{height - 1}H1z"/>')
    else:
        drawn.append(
            f'<path class="grid" d="{"".join(f"M{left:g} {up.at(t):g}H{right:g}" for t in ticks)}"/>'
        )
        drawn += [_text(left - 6, up.at(t) + 4, four_digits(t), "end") for t in ticks]
        named = enumerate(chart.ticks) if chart.ticks else ((t, f"{t:,.10g}") for t in along.ticks(6))
        drawn += _x_labels(named, along, floor + 16, width)
        if chart.x_label:
            drawn.append(_text(right, height - 4, chart.x_label, "end"))
    for x, name in chart.splits:
        drawn.append(f'<path class="split" d="M{along.at(x):g} 4V{floor}"/>')
        drawn.append(_text(along.at(x) + 4, 13, name, "start"))
    drawn += [_layer(marks, along, up, floor) for marks in chart.marks]
    drawn += _end_labels(ends, up, right + 8)
    for marks in inside:  # on the side that the line does not come from
        rises = len(marks.y) < 2 or marks.y[-1] >= marks.y[-2]
        x, y = along.at(marks.x[-1]), up.at(_last(marks)) + (-7 if rises else 17)
        side = "end" if x > _wide(marks.end, _BOLD) else "start"
        drawn.append(_text(x - 7 if side == "end" else x + 7, y, marks.end, side, marks.look))
    return _svg(width, height, ' class="f-w"' if size == "wide" else "", drawn)


def _x_labels(named: Iterable[tuple[float, str]], along: Axis, y: float, width: float) -> list[str]:
    """Return the labels of an axis from left to right; one that would touch the one before it is left out."""
    drawn, free = list[str](), -math.inf
    for tick, words in named:
        half = _wide(words) / 2
        x = min(max(along.at(tick), half + 1), width - half - 1)
        if x - half > free:
            drawn.append(_text(x, y, words))
            free = x + half + 3
    return drawn


def _last(marks: Marks) -> float:
    return next((y for y in reversed(marks.y) if math.isfinite(y)), 0.0)


def _end_labels(ends: Sequence[Marks], up: Axis, x: float) -> list[str]:
    """Write what lines are called at their ends, so far apart that no two meet."""
    ends = sorted(ends, key=_last, reverse=True)
    places = [up.at(_last(marks)) + 4 for marks in ends]
    for at in range(1, len(places)):
        places[at] = max(places[at], places[at - 1] + _APART)
    over = max(0.0, places[-1] - up.start - 4) if places else 0.0
    for at in reversed(range(len(places))):
        places[at] = min(places[at], up.start + 4 - (len(places) - 1 - at) * _APART) if over else places[at]
    return [_text(x, y, m.end, "start", m.look) for m, y in zip(ends, places, strict=True)]


def _layer(marks: Marks, along: Axis, up: Axis, floor: float) -> str:
    points = [(along.at(x), up.at(y)) for x, y in zip(marks.x, marks.y, strict=True) if math.isfinite(y)]
    if marks.look in _AREAS:
        under = [(along.at(x), up.at(y)) for x, y in zip(marks.x, marks.low, strict=True)]
        path = f"M{_joined(points)}L{_joined(reversed(under))}z"
    elif marks.look in _DOTS:
        path = "".join(f"M{x:g} {y:g}h0" for x, y in points)
    elif marks.look == "book":
        path = "".join(f"M{x - 4:g} {y - 4:g}l8 8m0-8l-8 8" for x, y in points)
    elif marks.look == "notebook":
        path = "".join(f"M{x - 5:g} {y:g}h10m-5-5v10" for x, y in points)
    elif marks.look == "bars":
        half = 0.4 * abs(along.at(1) - along.at(0))
        path = "".join(f"M{x - half:g} {floor}V{y:g}h{2 * half:g}V{floor}z" for x, y in points)
    elif len(points) == 1:
        path = f"M{points[0][0] - 4:g} {points[0][1]:g}h8"
    else:
        pieces: list[list[tuple[float, float]]] = [[]]  # a line without its gaps
        for x, y in zip(marks.x, marks.y, strict=True):
            if math.isfinite(y):
                pieces[-1].append((along.at(x), up.at(y)))
            elif pieces[-1]:
                pieces.append([])
        path = "".join(f"M{_joined(piece)}" for piece in pieces if piece)
    few = " few" if marks.look in _DOTS and len(points) < 40 else ""
    return f'<path class="{marks.look}{few}" d="{path}"/>'


def _joined(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g} {y:g}" for x, y in points)


# Strips


def _strip(strip: Strip) -> str:
    sizes = ("panel",) if strip.narrow else ("wide", "panel")
    return _part("".join(_strip_drawn(strip, size) for size in sizes), "panel" if strip.narrow else "wide")


def _strip_drawn(strip: Strip, size: str) -> str:
    width = _SIZES[size][0]
    ends = [*strip.runs, *(end for _, interval in strip.marks for end in interval), *(strip.today or ())]
    most = 4 if size == "panel" else 8
    room = _REACH * (max(ends) - min(ends))
    ends += [one for one in strip.yours if min(ends) - room <= one <= max(ends) + room]
    least = -math.inf if strip.scale == "identity" else 0.0
    greatest = math.inf if strip.scale != "logit" else 1.0 if max(strip.runs, default=0) <= 1 else 100.0
    along = axis(
        ends, MARGIN, width - MARGIN, most, log=strip.scale == "log", whole=True, legal=(least, greatest)
    )
    ticks = along.ticks(most)
    path = "".join(f"M{along.at(tick):g} {_FLOOR}v4" for tick in ticks)
    ran, rows = ([], 0) if strip.today is None else _today(strip.today, along, width)
    height = _FLOOR + 38 + 16 * rows
    data = (
        f' class="strip{" f-w" if size == "wide" else ""}" data-low="{along.low:.9g}" '
        f'data-high="{along.high:.9g}" data-margin="{MARGIN}" data-floor="{_FLOOR}" '
        f'data-scale="{"log" if along.step is None else "linear"}"'
    )
    drawn = [
        *([_yours(strip.yours[0], along, width)] if len(strip.yours) == 1 else []),
        *_strip_marks(dict(strip.marks), along, width),
        _stacks(strip.runs, along),
        f'<path class="axis" d="M{MARGIN} {_FLOOR}H{width - MARGIN}{path}"/>',
        *_x_labels(((tick, four_digits(tick)) for tick in ticks), along, _FLOOR + 17, width),
        *ran,
        _text(width - MARGIN, height - 4, f"{len(strip.runs)} recorded runs, a dot each", "end"),
    ]
    return _svg(width, height, data, drawn)


def _stacks(runs: Sequence[float], along: Axis) -> str:
    """Stack the runs in columns: a dashed line whose dashes have no length is a row of round dots."""
    columns = Counter(round((along.at(value) - MARGIN) / _DOT) for value in runs)
    apart = min(_DOT, (_FLOOR - _HIGHEST - 6) / max(1, max(columns.values(), default=1) - 1))
    path = "".join(
        f"M{MARGIN + column * _DOT} {_FLOOR - 4}v-{(count - 1) * apart + 0.1:.4g}"
        for column, count in sorted(columns.items())
    )
    return f'<path class="runs" stroke-dasharray="0 {apart:.4g}" d="{path}"/>'


def _today(today: tuple[float, float, float], along: Axis, width: float) -> tuple[list[str], int]:
    """Draw the range and the median of this run, and return how many rows that takes."""
    low, middle, high = (along.at(value) for value in (today[1], today[0], today[2]))
    y, words = _FLOOR + 30, f"this run {four_digits(today[0])}"
    wide, rows = _wide(words, _BOLD), 1
    if high + 10 + wide < width:
        label = _text(high + 8, y + 4, words, "start", "run")
    elif low - 10 - wide > 0:
        label = _text(low - 8, y + 4, words, "end", "run")
    else:
        label = _text(min(max(middle, wide / 2 + 2), width - wide / 2 - 2), y + 18, words, "middle", "run")
        rows = 2
    drawn = [
        f'<path class="run" d="M{low:g} {y}H{high:g}M{low:g} {y - 4}v8M{high:g} {y - 4}v8"/>',
        f'<path class="today-median" d="M{middle:g} {y - 5}l5 5l-5 5l-5 -5z"/>',
    ]
    return [*drawn, label], rows


def _yours(value: float, along: Axis, width: float) -> str:
    """Mark a reader's number as the page's script does, by an arrow at the end if it is outside."""
    x, words = along.at(value), f"yours {four_digits(value)}"
    words = f"← {words}" if value < along.low else f"{words} →" if value > along.high else words
    share = (x - MARGIN) / (width - 2 * MARGIN)
    anchor = "end" if share > 0.85 else "start" if share < 0.15 else "middle"
    return f'<g class="me"><path d="M{x:g} 14V{_FLOOR}"/>{_text(x, 10, words, anchor)}</g>'


def _strip_marks(marks: Mapping[str, tuple[float, float]], along: Axis, width: float) -> list[str]:
    """Mark intervals by a band and a line; labels that would overlap are in different rows."""
    drawn = list[str]()
    taken: dict[int, list[tuple[float, float]]] = {row: [] for row in _ROWS}
    for label, (low, high) in marks.items():
        left, x, right = along.at(low), along.at((low + high) / 2), along.at(high)
        words = f"{label} {four_digits((low + high) / 2)}"
        half = _wide(words, _BOLD) / 2
        place = min(max(x, half + 2), width - half - 2)
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


# Images and tables


def _images(images: Images) -> str:
    return "".join(
        _part(
            # the first bytes of a JPEG file
            f'<img src="data:image/{"jpeg" if image.startswith("/9j/") else "png"};base64,{image}" alt="">',
            "sheet" if len(images.images) > 2 else "panel",
            title,
            note,
        )
        for title, image, note in images.images
    )


def _rank(rank: Rank) -> str:
    """Draw the book's words in their order, joined with bars that count the runs which have them."""
    ordered = ["book’s order"] + [f"{place} {word}" for place, word in enumerate(rank.book, 1)]
    left = 8 + max(_wide(words, _BOLD) for words in ordered)
    start = left + 44
    bar = start + 8 + max(_wide(word, _BOLD if word in rank.book else _LETTER) for word, _ in rank.counts)
    end, top = bar + 110, 26
    most = rank.runs or max(value for _, value in rank.counts)
    rows = {word: top + 18 * place for place, (word, _) in enumerate(rank.counts)}
    drawn = [
        _text(left - 6, 12, "book’s order", "end", "book"),
        _text(start, 12, f"in how many of {rank.runs} runs" if rank.runs else "cosine", "start", "run"),
    ]
    counts = dict(rank.counts)
    for place, word in enumerate(rank.book):
        y = top + 18 * place
        drawn.append(_text(left - 6, y + 4, ordered[place + 1], "end", "book"))
        if word in rows:
            rare = " rare" if rank.runs and counts[word] < rank.runs / 2 else ""
            middle = (left + start - 4) / 2
            curve = f"M{left:g} {y}C{middle:g} {y} {middle:g} {rows[word]} {start - 4:g} {rows[word]}"
            drawn.append(f'<path class="book{rare}" d="{curve}"/>')
    for word, count in rank.counts:
        y, of_book = rows[word], word in rank.book
        box = f'x="{bar:g}" y="{y - 5}" width="{110 * count / most:.4g}" height="10"'
        drawn += [
            _text(start, y + 4, word, "start", "book" if of_book else ""),
            f'<rect class="word{"" if of_book else "s"}" {box}/>',
            _text(end + 5, y + 4, f"{count:g}" if rank.runs else f"{count:.3f}", "start"),
        ]
    height = top + 18 * max(len(rank.counts), len(rank.book))
    return _part(_svg(end + 46, height, "", drawn), "rank")


@cache
def _tables() -> Any:
    """Return the macros of the template of tables, which escapes what is put in."""
    from jinja2 import Environment  # a notebook without a figure needs none

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = lambda n: f"{n:,.0f}" if n == int(n) else four_digits(n)
    return environment.from_string(Path(__file__).with_name("tables.html.j2").read_text("utf-8")).module


_TABLES = (Matrix, Cells, Layers)
_DRAW: Mapping[type, Callable[..., str]] = {
    Chart: _chart,
    Strip: _strip,
    Images: _images,
    Rank: _rank,
    **{kind: lambda its: str(getattr(_tables(), its.kind)(its)) for kind in _TABLES},
}
