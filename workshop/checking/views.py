"""A check on the terminal and as JSON; the words that the page has, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from workshop.checking.checks import Report, UnitCheck
from workshop.checking.judging import EQUAL, OTHER, UNUSUAL, Judgement, one_in
from workshop.ledger import Ledger, ledger
from workshop.ledger.values import for_json
from workshop.reporting.screen import Screen
from workshop.wording.numbers import counted
from workshop.wording.pairs import witness
from workshop.wording.words import FAILED, HOLDS, NO_DATA, OPEN, Word

SCHEMA = "workshop-check/1"
_MOST_OFTEN = 5


def word_of(judgement: Judgement) -> Word:
    """Return the word whose sign and colour a judgement has."""
    if not judgement.ok:
        return FAILED
    return (
        OPEN
        if judgement.verdict in {UNUSUAL, OTHER}
        else NO_DATA
        if judgement.verdict == "not compared"
        else HOLDS
    )


def speaker(judgement: Judgement) -> str:
    """Say who states what a value is compared with."""
    return witness(ledger().claims[judgement.claim])


def verdict_text(judgement: Judgement) -> str:
    """Write a verdict, with how often an honest run is so far out."""
    if judgement.verdict == OTHER:
        return "not this exercise's procedure"
    if judgement.verdict == UNUSUAL and judgement.p is not None:
        return f"unusual (one in {one_in(judgement.p)})"
    return judgement.verdict


def unit_lines(unit: UnitCheck) -> list[str]:
    """Say what is unusual about a unit's numbers together, and what may explain it; nothing if nothing is."""
    lines = []
    if unit.unusual and unit.p is not None:
        how = f"One honest run in {one_in(unit.p)} is so far from the recorded runs" if unit.p <= 0.01 else ""
        lines.append(f"Its numbers are unusual together. {how}." if how else "Its numbers are unusual.")
        lines[-1] += (
            f" They were recorded with {unit.made}: another version may be the reason." if unit.made else ""
        )
    if unit.era and not unit.unusual:
        lines.append(f"Its numbers are ordinary for {unit.made}, and would be unusual for later versions.")
    if unit.edits:
        lines.append(f"The code is not the book's procedure: {'; '.join(unit.edits)}.")
    if unit.explanation is not None and (unit.explanation.mistake or not unit.edits):
        lines.append(unit.explanation.sentence)
    return lines


def headline(report: Report) -> str:
    """Say in a sentence what was checked, and how many results to look at."""
    if report.problem:
        return report.problem
    judgements = report.judgements
    if not judgements and not report.errors:
        return "Nothing of the book was found in it."
    bad = sum(not judgement.ok for judgement in judgements)
    units = len(report.units)
    where = "1 exercise or text" if units == 1 else f"{units} exercises and texts"
    texts = [f"{bad} to look at"] if bad else []
    texts += ["unusual together"] if not bad and any(unit.unusual for unit in report.units) else []
    texts += ["other code than the book's"] if any(unit.edits for unit in report.units) else []
    if report.errors:
        one = len(report.errors) == 1
        texts.append("1 error or warning" if one else f"{len(report.errors)} errors or warnings")
    return f"{counted(len(judgements), 'result')} of {where}: {', '.join(texts or ['nothing unusual'])}."


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
            screen.paragraph(line, indent=2, style=FAILED.colour if not unit.ok else "")
    if report.errors:
        screen.line()
    for error in report.errors:
        screen.paragraph(f"cell {error.cell}: {error.sentence}", style="" if error.known else "dim")
    if text := unmatched_text(report):
        screen.line()
        screen.paragraph(text, style="dim")


def _print_judgement(judgement: Judgement, names: int, screen: Screen) -> None:
    word, name = word_of(judgement), judgement.claim.rpartition(".")[2]
    screen.line("  ", (f"{screen.sign(word)} {name:<{names}}", word.colour), f"  {verdict_text(judgement)}")
    room = names + 6
    rows = (
        [("yours", judgement.yours)]
        if judgement.verdict == EQUAL
        else [("yours", judgement.yours), (speaker(judgement), judgement.book)]
    )
    if judgement.runs:
        rows.append(("against", judgement.runs))
    together = ", ".join(f"{label} {text}" for label, text in rows)
    for line in screen.wrap(together, screen.width - room):
        screen.line(" " * room, (line, "dim"))
    if word is not HOLDS:
        screen.paragraph(judgement.sentence, indent=room)


def print_class(reports: Sequence[Report], console: Console) -> None:
    """Print a line for each student's file, and what is most often off."""
    screen = Screen(console)
    width = max(len(report.name) for report in reports)
    for report in reports:
        word = HOLDS if report.ok and report.units else NO_DATA if not report.units else FAILED
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
    off = Counter(each.claim for unit in units for each in unit.judgements if not each.ok)
    texts = [(number, f"{edit} ({counted(number, 'file')}).") for edit, number in code.items()]
    texts += [(number, f"{claim} is off ({counted(number, 'file')}).") for claim, number in off.items()]
    return [text for _, text in sorted(texts, key=lambda pair: -pair[0])[:_MOST_OFTEN]]


def as_json(report: Report) -> dict[str, Any]:
    """Return what `--json` prints of a check."""
    return {
        "schema": SCHEMA,
        "name": report.name,
        "ok": report.ok,
        "problem": report.problem,
        "cells": report.cells,
        "unmatched": report.unmatched,
        "results": [_row(judgement) for judgement in report.judgements],
        "units": [
            {
                "unit": unit.unit,
                "p": unit.p,
                "unusual": unit.unusual,
                "made": unit.made,
                "era": unit.era,
                "edits": list(unit.edits),
                "explanation": None if unit.explanation is None else asdict(unit.explanation),
            }
            for unit in report.units
        ],
        "errors": [asdict(error) for error in report.errors],
    }


def _row(judgement: Judgement) -> Mapping[str, Any]:
    row: Mapping[str, Any] = for_json({**asdict(judgement), "text": verdict_text(judgement)})
    return row
