"""A check on the terminal and as JSON; the words that the page has, too."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from workshop.checking.checks import Report, UnitCheck
from workshop.checking.judging import ValueJudgement
from workshop.ledger import Ledger, ledger
from workshop.ledger.values import for_json
from workshop.reporting.own_number import BEYOND
from workshop.reporting.screen import Screen
from workshop.statistics.own_number import State
from workshop.wording.numbers import counted
from workshop.wording.pairs import witness
from workshop.wording.words import STATE_WORDS

SCHEMA = "workshop-check/2"
_MOST_OFTEN = 5


def speaker(judgement: ValueJudgement) -> str:
    """Say who states what a value is compared with."""
    return witness(ledger().claims[judgement.claim])


def unit_lines(unit: UnitCheck) -> list[str]:
    """Say what is wrong with a unit's numbers together, and what may explain it; nothing if nothing is."""
    lines = []
    if not unit.learned:
        lines.append("Nothing was learned: the loss is the same in all epochs.")
    versions = (
        f" They were recorded with {unit.made}: another version may be the reason." if unit.made else ""
    )
    if unit.together in {"✘", "?"} and not unit.era and unit.p is not None:
        rarely = f"one honest run in {one_in(unit.p)}"
        far = f"farther from the recorded runs than any of them ({rarely}, the smallest p that they can give)"
        how = far if unit.smallest else f"as far from the recorded runs as {rarely}"
        lines.append(f"All its numbers together are {how}.{versions}")
    if unit.era:
        enough = unit.together == "✔"
        few = "" if enough else ", which are too few to say how rare they are"
        lines.append(f"All its numbers together are ordinary among the runs with {unit.made}{few}.")
    if unit.code == "same" and any(each.verdict in BEYOND for each in unit.judgements):
        lines.append(
            "Network and settings are the book's, as far as they were read; the numbers are beyond the runs. "
            f"Look at the data, and at the versions{f': theirs are {unit.made}' if unit.made else ''}."
        )
    if unit.edits:
        lines.append(f"The code is not the book's procedure: {'; '.join(unit.edits)}.")
    if unit.explanation is not None and (unit.explanation.mistake or not unit.edits):
        lines.append(unit.explanation.sentence)
    return lines


def one_in(p: float) -> int:
    """Return N of `one in N`, so that no more is claimed than the runs show."""
    return max(math.floor(1 / p + 1e-9), 1)


_COUNTED: Mapping[State, str] = {
    "✘": "wrong",
    "?": "beyond the recorded runs",
    "≠": "equal to a wrong print",
    "–": "not compared",
}


def headline(report: Report) -> str:
    """Say in a sentence how many results are as they should be, and what the others are."""
    if report.problem:
        return report.problem
    states = Counter(judgement.state for judgement in report.judgements)
    texts = [f"{states[state]} {words}" for state, words in _COUNTED.items() if states[state]]
    texts += ["unusual together"] if any(unit.together == "✘" for unit in report.units) else []
    texts += ["nothing was learned"] if not all(unit.learned for unit in report.units) else []
    texts += ["other code than the book's"] if any(unit.edits for unit in report.units) else []
    if report.errors:
        one = len(report.errors) == 1
        texts.append("1 error or warning" if one else f"{len(report.errors)} errors or warnings")
    if report.unread:
        texts.append(f"{counted(len(report.unread), 'line')} not read")
    if not states:
        return f"Nothing of the book was found in it{': ' if texts else ''}{', '.join(texts)}."
    first = f"{states['✔']} of {counted(sum(states.values()), 'result')} in order"
    return f"{', '.join([first, *texts])}."


def unmatched_text(report: Report) -> str:
    """Say how many cells with outputs were not compared with anything."""
    if not report.cells:
        return ""
    cells = counted(report.cells, "cell")
    return f"{report.unmatched} of {cells} with outputs were not matched with a result of the book."


def print_report(report: Report, ledger: Ledger, console: Console) -> None:
    """Print a check: a line for each result, sentences for those to look at, and errors of cells."""
    screen = Screen(console)
    screen.line((f"{report.name}: {headline(report)}", "bold"), wrapped=True)
    for unit in report.units:
        screen.line()
        screen.line((f"{unit.unit}  {ledger.units[unit.unit].title}", "bold"), wrapped=True)
        names = max(len(judgement.claim) - len(unit.unit) - 1 for judgement in unit.judgements)
        for judgement in unit.judgements:
            _print_judgement(judgement, names, screen)
        for line in unit_lines(unit):
            screen.paragraph(line, indent=2, style=STATE_WORDS[unit.state].colour)
    if report.errors:
        screen.line()
    for error in report.errors:
        screen.paragraph(f"cell {error.cell}: {error.sentence}", style="" if error.known else "dim")
    if text := unmatched_text(report):
        screen.line()
        screen.paragraph(text, style="dim")


def _print_judgement(judgement: ValueJudgement, names: int, screen: Screen) -> None:
    word, name = STATE_WORDS[judgement.state], judgement.claim.rpartition(".")[2]
    screen.line("  ", (f"{screen.sign(word)} {name:<{names}}", word.colour), f"  {judgement.verdict}")
    room = names + 6
    rows = [("yours", judgement.yours)]
    if judgement.verdict != "equals the printed value":
        rows.append((speaker(judgement), judgement.book))
    if judgement.runs:
        rows.append(("against", judgement.runs))
    together = ", ".join(f"{label} {text}" for label, text in rows)
    for line in screen.wrap(together, screen.width - room):
        screen.line(" " * room, (line, "dim"))
    if judgement.state != "✔":
        screen.paragraph(judgement.sentence, indent=room)


def print_class(reports: Sequence[Report], console: Console) -> None:
    """Print a line for each student's file, and what is most often off."""
    screen = Screen(console)
    width = max(len(report.name) for report in reports)
    for report in reports:
        word = STATE_WORDS[report.state]
        screen.line(
            (f"{screen.sign(word)} {screen.plain(report.name):<{width}}", word.colour),
            f"  {headline(report)}",
        )
    for text in most_often(reports):
        screen.paragraph(text)


def most_often(reports: Iterable[Report]) -> list[str]:
    """Say what is most often off, the most frequent first: differences of the code, and results."""
    units = [unit for report in reports for unit in report.units]
    code = Counter(f"{unit.unit}: {edit}" for unit in units for edit in unit.edits)
    off = Counter((each.claim, each.state) for unit in units for each in unit.judgements)
    words = {"✘": "is wrong", "?": "is beyond the recorded runs", "≠": "equals a wrong print"}
    texts = [(number, f"{edit} ({counted(number, 'file')}).") for edit, number in code.items()]
    texts += [
        (number, f"{claim} {words[state]} ({counted(number, 'file')}).")
        for (claim, state), number in off.items()
        if state in words
    ]
    return [text for _, text in sorted(texts, key=lambda pair: -pair[0])[:_MOST_OFTEN]]


def as_json(report: Report) -> dict[str, Any]:
    """Return what `--json` prints of a check."""
    return {
        "schema": SCHEMA,
        "name": report.name,
        "ok": report.ok,
        "state": report.state,
        "problem": report.problem,
        "cells": report.cells,
        "unmatched": report.unmatched,
        "results": [_row(judgement) for judgement in report.judgements],
        "units": [
            {
                "unit": unit.unit,
                "p": unit.p,
                "state": unit.state,
                "together": unit.together,
                "code": unit.code,
                "learned": unit.learned,
                "made": unit.made,
                "era": unit.era,
                "edits": list(unit.edits),
                "explanation": None if unit.explanation is None else asdict(unit.explanation),
            }
            for unit in report.units
        ],
        "unread": [asdict(line) for line in report.unread],
        "errors": [asdict(error) for error in report.errors],
    }


def _row(judgement: ValueJudgement) -> Mapping[str, Any]:
    row: Mapping[str, Any] = for_json({**asdict(judgement), "ok": judgement.ok})
    return row
