"""The pages of a check: one notebook as folded exercises with their strips, or a class as a grid."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.checking import views
from workshop.checking.checks import Report, UnitCheck, book
from workshop.checking.judging import ValueJudgement
from workshop.figures.model import Yardstick
from workshop.reporting.html import render
from workshop.reporting.samples import placed
from workshop.reporting.strip_plot import DrawnStrip, Interval, strip
from workshop.statistics.own_number import WORST
from workshop.wording.numbers import counted, four_digits
from workshop.wording.places import title
from workshop.wording.words import STATE_WORDS, WORDS

_LINES = 3  # that are said of an opened cell


def report_page(*reports: Report) -> str:
    """Return the page of one file, or of a reader's folder in which each exercise names its file, as HTML."""
    report = reports[0]
    if len(reports) != 1:
        report = Report(
            f"{len(reports)} files",
            tuple(unit for one in reports for unit in one.units),
            tuple(error for one in reports for error in one.errors),
            cells=sum(one.cells for one in reports),
            unmatched=sum(one.unmatched for one in reports),
        )
    states = Counter(judgement.state for judgement in report.judgements)
    all_cards, second = views.cards(report), views.second_line(report)
    if left_out := sum(bool(views.not_listed(one)) for one in reports if one is not report):
        second = f"{second} {counted(left_out, 'file')} left out.".strip()
    content = {
        "title": f"{report.name}, checked",
        "report": report,
        "headline": views.headline(report),
        "second": second,
        "compared": sum(states.values()) - states["–"],
        "unusual": states["?"],
        "differ": states["✘"],
        "as_a_whole": views.as_a_whole(report),
        "groups": [
            (text, its) for text, signs in _GROUPS if (its := [c for c in all_cards if c.unit.state in signs])
        ],
        "files": {unit.unit: one.name for one in reports for unit in one.units} if len(reports) > 1 else {},
        "figures": {card.unit.unit: _figure(card) for card in all_cards},
        "notices": _notices(reports),
        "unmatched": views.unmatched_text(report),
        "what": views.what,
        "speaker": views.speaker,
        "state_words": STATE_WORDS,
        "words": {"all": WORDS},
    }
    return render("check.html.j2", content)


def _notices(reports: Sequence[Report]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return an id, a heading and rows of: files left out, lines not read, cells with errors."""
    left_out, lines, cells = [], [], []
    for report in reports:
        file = f"{report.name}: " if len(reports) > 1 else ""
        if file and (why := views.not_listed(report)):
            left_out.append((report.name, why.removeprefix(file)))
        lines += [(f"{file}{one.where}", one.why) for one in report.unread]
        cells += [(f"{file}cell {one.cell}", one.sentence) for one in report.errors]
    rows = {
        ("files-title", "Files that were left out"): left_out,
        ("lines-title", "Lines that were not read"): lines,
        ("cells-title", "Errors and warnings of cells"): cells,
    }
    return [(*head, its) for head, its in rows.items() if its]


_GROUPS = (("", "✘?≠"), ("As it should be", "✔"), ("Not compared", "–"))


@dataclass(frozen=True)
class CardFigure:
    """A strip, and what its number is."""

    caption: str
    strip: DrawnStrip


def _figure(card: views.Card) -> CardFigure | None:
    """Draw the number of an exercise that is farthest off, or its last one, among the recorded runs."""
    drawn = [(judgement, name) for judgement in card.unit.judgements for name in _drawable(judgement)]
    if not drawn:
        return None
    judgement, name = min(reversed(drawn), key=lambda pair: _rank(*pair))
    drawing = _strip(judgement.claim, name, [judgement.numbers[name]], narrow=False)
    return CardFigure(_caption(judgement.claim, name), drawing)


def _rank(judgement: ValueJudgement, name: str) -> int:
    return WORST.index(judgement.placed[name].state if name in judgement.placed else "–")


def _drawable(judgement: ValueJudgement) -> list[str]:
    return [name for name, value in judgement.numbers.items() if math.isfinite(value)]


def _strip(name: str, number: str, yours: Sequence[float], *, narrow: bool) -> DrawnStrip:
    """Draw the recorded runs of a number, its print and what guessing gives, and a reader's."""
    against = book().of(book().ledger.claims[name])
    claim, sample = against.claim, book().summaries.of(against.claim)
    assert sample is not None
    (runs,) = (one for one in sample.numbers if one.name == number)
    printed = placed(claim, claim.documented)
    marks: dict[Yardstick, Interval] = {claim.source: printed[number]} if number in printed else {}
    guess = against.numbers[number].guess if number in against.numbers else None
    if guess is not None and guess[0] <= yours[0] <= guess[1]:
        marks["guessing"] = guess[:2]
    return strip(runs, marks, None, yours=yours, narrow=narrow)


def class_page(reports: Sequence[Report]) -> str:
    """Return the page of a class as HTML: a row for each file, a column for each exercise that any has."""
    grid = views.grid_of(reports)
    read = [report for report in reports if not report.left_out]
    counts = {unit: views.off_and_missing(its) for unit, its in grid.items()}
    states = Counter(each.state for its in grid.values() for each in its if each is not None)
    content: dict[str, Any] = {
        "title": "A class, checked",
        "files": len(reports),
        "states": states,
        "found": sum(states.values()),
        "cells": len(read) * len(grid),
        "columns": [_column(unit) for unit in grid],
        "rows": [(one, [its[row] for its in grid.values()]) for row, one in enumerate(read)],
        "left_out": [report for report in reports if report.left_out],
        "counts": [*counts.values()],
        "often": views.most_often(reports),
        "missing": sorted(
            ((views.number_of(unit), n) for unit, (_, n) in counts.items() if n), key=lambda pair: -pair[1]
        )[:5],
        "stops": [text for report in reports if (text := views.stops(report))],
        "data": _cells(grid),
        "off_in": views.off_in,
        "state_words": STATE_WORDS,
        "words": {"all": WORDS},
    }
    return render("class.html.j2", content)


def _column(unit: str) -> tuple[str, str, str]:
    """Return the head of a column: a word above the number, the number, and the title."""
    number = views.number_of(unit)
    word, _, rest = number.rpartition(" ")
    return word, rest, title(book().ledger.units[unit])


def _class_strip(units: Sequence[UnitCheck]) -> tuple[str, str, DrawnStrip] | None:
    """Draw the number of an exercise that most files have off, or its last one: its claim, name and strip."""
    ranks: dict[tuple[str, str], list[int]] = {}
    numbers: dict[tuple[str, str], list[float]] = {}
    for judgement in (each for unit in units for each in unit.judgements):
        for name in _drawable(judgement):
            key = judgement.claim, name
            ranks.setdefault(key, []).append(_rank(judgement, name))
            numbers.setdefault(key, []).append(judgement.numbers[name])
    if not ranks:
        return None
    off = {key: sum(rank < WORST.index("✔") for rank in its) for key, its in ranks.items()}
    claim, name = max(reversed(ranks), key=lambda key: off[key] if off[key] > 1 else 0)
    its = numbers[claim, name]
    return claim, name, _strip(claim, name, its if len(its) > 1 else [*its, *its], narrow=True)


def _cells(grid: Mapping[str, Sequence[UnitCheck | None]]) -> dict[str, Any]:
    """Return what the cells say when they are opened: texts by their places, and each exercise's strip."""
    texts: dict[str, int] = {}
    cells, figures = [], []
    for column in grid.values():
        claim, name, drawn = _class_strip([each for each in column if each is not None]) or ("", "", None)
        its: list[Any] = []
        for each in column:
            if each is None:
                its.append(None)
                continue
            card = views.card(each)
            said = [texts.setdefault(text, len(texts)) for text in (card.second, *card.lines[: _LINES - 1])]
            mine = next(
                (j.numbers.get(name, math.inf) for j in each.judgements if j.claim == claim), math.inf
            )
            its.append([said, four_digits(mine) if math.isfinite(mine) else ""])
        cells.append(its)
        figures.append(None if drawn is None else [_caption(claim, name), drawn.words, drawn.svg])
    return {"texts": [*texts], "cells": cells, "figures": figures}


def _caption(claim: str, name: str) -> str:
    return f"{book().ledger.claims[claim].what}{'' if not name or name.startswith('[') else f', {name}'}"
