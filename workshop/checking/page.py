"""The pages of a check: one reader's results with their numbers on the strips, or a class as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.checking import views
from workshop.checking.checks import Report, UnitCheck, book
from workshop.checking.judging import ValueJudgement
from workshop.figures.model import Yardstick
from workshop.files import write_atomically
from workshop.ledger import Ledger
from workshop.reporting.html import render
from workshop.reporting.samples import placed
from workshop.reporting.strip_plot import Strip, strip
from workshop.wording.places import label
from workshop.wording.words import STATE_WORDS, Word

_MOST_STRIPS = 8  # of one claim; a log of a thousand epochs has no more than these


@dataclass(frozen=True)
class GridRow:
    """A result on the page: the judgement, its word, who states the other value, and the numbers' strips."""

    judgement: ValueJudgement
    word: Word
    who: str
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class NotebookSection:
    """A unit on the page."""

    unit: UnitCheck
    title: str
    lines: tuple[str, ...]
    rows: tuple[GridRow, ...]


def write_report(report: Report, ledger: Ledger, path: Path) -> None:
    """Write the page of one notebook or list of numbers, whole or not at all."""
    write_atomically(path, report_page(report, ledger).encode())


def report_page(report: Report, ledger: Ledger) -> str:
    """Return the page of one notebook or list of numbers as HTML."""
    content = {
        "title": f"{report.name}, checked",
        "report": report,
        "headline": views.headline(report),
        "unmatched": views.unmatched_text(report),
        "sections": [_section(unit, ledger) for unit in report.units],
    }
    return render("check.html.j2", content)


def _section(unit: UnitCheck, ledger: Ledger) -> NotebookSection:
    rows = tuple(
        GridRow(
            each,
            STATE_WORDS[each.state],
            views.speaker(each),
            _strips(each, ledger),
        )
        for each in unit.judgements
    )
    title = f"{_label(unit.unit, ledger)}: {ledger.units[unit.unit].title.rpartition(': ')[2]}"
    return NotebookSection(unit, title, tuple(views.unit_lines(unit)), rows)


def _strips(judgement: ValueJudgement, ledger: Ledger) -> tuple[Strip, ...]:
    """Draw the recorded runs of a result's numbers, the printed ones, and the reader's."""
    claim = ledger.claims[judgement.claim]
    sample = book().summaries.of(claim) if judgement.numbers else None
    if sample is None:
        return ()
    printed = placed(claim, claim.documented)
    mine = {name: value for name, value in judgement.numbers.items() if math.isfinite(value)}
    drawn = [number for number in sample.numbers if number.name in mine][:_MOST_STRIPS]
    return tuple(
        strip(
            number,
            _marks(claim.source, printed.get(number.name), mine[number.name]),
            None,
            notices="",
        )
        for number in drawn
    )


def _marks(source: Yardstick, printed: tuple[float, float] | None, mine: float) -> Mapping[Yardstick, Any]:
    return ({} if printed is None else {source: printed}) | {"yours": (mine, mine)}


def write_class(reports: Sequence[Report], ledger: Ledger, path: Path) -> None:
    """Write the page of a class, whole or not at all."""
    write_atomically(path, class_page(reports, ledger).encode())


def class_page(reports: Sequence[Report], ledger: Ledger) -> str:
    """Return the page of a class as HTML: a row for each file, a column for each exercise that any has."""
    there = {unit.unit for report in reports for unit in report.units}
    units = [unit for unit in ledger.units if unit in there]
    content: dict[str, Any] = {
        "title": "A class, checked",
        "columns": [(_label(unit, ledger), ledger.units[unit].title) for unit in units],
        "rows": [
            (report, views.headline(report), [_cell(report, unit) for unit in units]) for report in reports
        ],
        "most_often": views.most_often(reports),
    }
    return render("class.html.j2", content)


def _label(unit: str, ledger: Ledger) -> str:
    """Return an exercise's short name; a text has none that other chapters have not, too."""
    return unit if ".text" in unit else label(unit, ledger)


@dataclass(frozen=True)
class GridCell:
    """An exercise of one student: a class of colour, a short text, and what is off in words."""

    key: str
    text: str
    about: str


def _cell(report: Report, name: str) -> GridCell:
    unit = next((unit for unit in report.units if unit.unit == name), None)
    if unit is None:
        return GridCell("absent", "·", "")
    off = [judgement for judgement in unit.judgements if judgement.state not in {"✔", "–"}]
    lines = [*views.unit_lines(unit), *(f"{each.claim.rpartition('.')[2]}: {each.sentence}" for each in off)]
    word = STATE_WORDS[unit.state]
    wrong = sum(judgement.state == unit.state for judgement in unit.judgements)
    return GridCell(word.key, f"{wrong or ''} {unit.state}".strip(), " ".join(lines))
