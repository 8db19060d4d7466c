"""A check in words: exercises and what is most often wrong, on the terminal, as JSON, and for the pages."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from workshop.checking.checks import Report, UnitCheck
from workshop.checking.judging import ValueJudgement
from workshop.files import write_atomically
from workshop.ledger import ledger
from workshop.ledger.rules import SampledRule
from workshop.reporting.own_number import BEYOND
from workshop.reporting.screen import Screen
from workshop.statistics.own_number import WORST, State
from workshop.values import for_json
from workshop.wording.numbers import capital, counted, listed
from workshop.wording.pairs import witness
from workshop.wording.places import label, title
from workshop.wording.words import FAILED, NO_DATA, STATE_WORDS, Word

SCHEMA = "workshop-check/2"
_MOST_OFTEN = 6
_MOST_TO_LOOK_AT = 3
_SHORT = 16  # characters of a value in a column
_OFF: tuple[State, ...] = ("✘", "?", "≠")
# what one result does, and what several do
_DO: Mapping[State, tuple[str, str]] = {
    "✘": ("differs", "differ"),
    "?": ("is unusual", "are unusual"),
    "≠": ("equals a wrong print", "equal a wrong print"),
    "✔": ("fits", "fit"),
    "–": ("not compared", "not compared"),
}
# names of claims that say what the data are
_DATA = re.compile(r"(^|_)(n|rows?|columns?|shapes?|sizes?|split|total|head)(_|$)")
_LEARN = (
    "the order of the labels",
    "the last layer and its activation",
    "loss, optimizer and rate in `compile`",
)


@dataclass(frozen=True)
class Reason:
    """What may be the reason why numbers differ, in a sentence, and what to look at."""

    says: str
    look: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """An exercise in words.

    `number` is `5.03`, `Activity 2.01` or `After 5.03`. `second` : what is wrong, in a line. `lines` : what
    else is to be said. `look` : a few things to look at. `worst` : the result that is farthest off.
    """

    unit: UnitCheck
    number: str
    title: str
    second: str
    lines: tuple[str, ...]
    look: tuple[str, ...]
    worst: ValueJudgement

    @property
    def word(self) -> Word:
        """The state in words."""
        return STATE_WORDS[self.unit.state]

    @property
    def tally(self) -> str:
        """How many results are what, the worst first."""
        states = Counter(judgement.state for judgement in self.unit.judgements)
        return ", ".join(_do(state, states[state]) for state in WORST if states[state])


def _do(state: State, number: int) -> str:
    return f"{number} {_DO[state][number != 1]}"


def number_of(unit: str) -> str:
    """Return an exercise's name without what is plain: `5.03`, `Activity 2.01`, `After 5.03`."""
    return label(unit, ledger()).removeprefix("Exercise ")


def what(judgement: ValueJudgement) -> str:
    """Say what a result is of."""
    return capital(ledger().claims[judgement.claim].what)


def speaker(judgement: ValueJudgement) -> str:
    """Say who states what a value is compared with."""
    return witness(ledger().claims[judgement.claim])


def cards(report: Report) -> list[Card]:
    """Return the exercises of a report, the worst first."""
    return sorted(map(card, report.units), key=lambda one: WORST.index(one.unit.state))


def card(unit: UnitCheck) -> Card:
    """Return an exercise in words."""
    reasons = causes(unit)
    order = ["✘", "≠", "?", "✔", "–"] if unit.equals_error else WORST
    worst = min(unit.judgements, key=lambda judgement: order.index(judgement.state))
    lines = [reason.says for reason in reasons]
    if worst.state in {"✘", "?"} and unit.state in {"✘", "?"}:
        which = what(worst), worst.part, worst.yours if len(worst.yours) <= 12 else ""
        lines += [f"{', '.join(filter(None, which))}. {worst.lines[0]}"]
        lines += worst.lines[1:] if not reasons else ()
    lines += _together(unit)
    if worst.state == "≠":
        lines += [worst.lines[0], f"{what(worst)}: {' '.join(worst.lines[1:])}"]
    look = [text for reason in reasons for text in reason.look]
    if unit.state in {"✘", "?"} and worst.state not in {"✘", "?"} and not look:
        look.append("another run: train once more with another seed or none")
        look += [f"the versions: our runs were made with {unit.made}"] if unit.made else []
    look += unit.pitfalls
    first, *others = lines or [_fits(unit)]
    number, name = number_of(unit.unit), title(ledger().units[unit.unit])
    return Card(unit, number, name, first, tuple(others), tuple(look[:_MOST_TO_LOOK_AT]), worst)


def causes(unit: UnitCheck) -> list[Reason]:
    """Return what may be the reason why a unit's numbers differ, the likeliest first."""
    reasons = []
    for judgement in unit.judgements:
        claim = ledger().claims[judgement.claim]
        is_data = claim.needs and not isinstance(claim.rule, SampledRule) and _DATA.search(claim.name)
        if judgement.state == "✘" and is_data:
            says = f"{claim.what}: {judgement.yours}, in the book {judgement.book}"
            reasons.append(Reason(f"Other data: {says}.", (f"the data: {says}",)))
    for edit in unit.edits:
        kind = "data" if edit.startswith("an epoch has") else "code"
        reasons.append(Reason(f"Other {kind}: {edit}.", (f"the {kind}: {edit}",)))
    if not unit.learned:
        reasons.append(Reason("It learned nothing: no epoch is better than guessing.", _LEARN))
    return reasons


def _fits(unit: UnitCheck) -> str:
    """Say why an exercise is fine, or was not compared."""
    verdicts = Counter(
        each.verdict.replace("at the edge of the runs", "an ordinary run") for each in unit.judgements
    )
    if unit.state == "–":
        return unit.judgements[0].sentence
    texts = {"an ordinary run": "ordinary", "equals the printed value": "equal to the print"}
    parts = [
        f"{n} {texts.get(verdict, verdict)}" for verdict, n in verdicts.items() if verdict != "not compared"
    ]
    return f"{capital(', '.join(parts))}."


def _together(unit: UnitCheck) -> list[str]:
    """Say what all numbers of an exercise are together; nothing if they are ordinary."""
    lines: list[str] = []
    if unit.equals_error:
        return lines
    if unit.together in {"✘", "?"} and not unit.era and unit.p is not None:
        its = "Taken together, these numbers are" if unit.numbers > 1 else "This number is"
        far = f"farther out than all {unit.runs}" if unit.smallest else f"as far out as {_often(unit.p)}"
        lines.append(f"{its} {far} runs.")
    if unit.outside and unit.state in {"✔", "?"}:
        of = f"{unit.outside} of {counted(unit.numbers, 'number')} {'is' if unit.outside == 1 else 'are'}"
        lines.append(f"{of} just outside the runs, as in {_often(unit.as_often)} honest runs.")
    if unit.era:
        few = "" if unit.together == "✔" else ", which are too few to say how rare they are"
        lines.append(f"All its numbers together are ordinary among the runs with {unit.made}{few}.")
    if unit.code == "same" and unit.state != "✔" and any(each.verdict in BEYOND for each in unit.judgements):
        lines.append("The code looks like the book's, yet the numbers lie outside the runs.")
    return lines


def _often(share: float) -> str:
    """Write a share of runs: `4 of 10`, `1 of 64`; `none of our` for none."""
    if not share:
        return "none of our"
    return f"{10 * share:.0f} of 10" if share > 0.15 else f"1 of {1 / share:.0f}"


def headline(report: Report) -> str:
    """Say in a sentence how many results are fine."""
    if report.problem:
        return report.problem
    if report.not_run:
        return "This notebook was not run: no cell has an output"
    states = Counter(judgement.state for judgement in report.judgements)
    n = sum(states.values()) - states["–"]
    if not n:
        return "Nothing of the book was compared" if states else "Nothing of the book was found in it"
    if states["✔"] == n and (whole := as_a_whole(report)):
        return _whole_text(whole)
    if n == 1:
        return "The one result " + next("is fine" if s == "✔" else _DO[s][0] for s in states if s != "–")
    if states["✔"] == n:
        return f"{'Both results' if n == 2 else f'All {n} results'} are fine"
    return f"{states['✔']} of {n} results are fine"


def second_line(report: Report) -> str:
    """Say what the others are, what else is wrong with a file, and which exercises need a look."""
    if report.not_run:
        return "Run all cells, save it, and check it again."
    states = Counter(judgement.state for judgement in report.judgements)
    look = [one.number.lower() for one in cards(report) if one.unit.state in {"✘", "?"}]
    alone = sum(states.values()) - states["–"] == 1  # the first line says what it is
    texts = [
        _do(state, states[state]) for state in (*_OFF, "–") if states[state] and (state == "–" or not alone)
    ]
    failed = sum(error.failed for error in report.errors)
    texts += [f"{counted(failed, 'cell')} failed"] if failed else []
    texts += [counted(len(report.errors) - failed, "warning")] if len(report.errors) > failed else []
    if (whole := as_a_whole(report)) and _whole_text(whole) != headline(report):
        texts.append(_whole_text(whole))
    elif whole:
        texts.insert(0, _do("✔", states["✔"]))
    if report.unread:
        texts.append(f"{counted(len(report.unread), 'line')} not read")
    said = [f"{capital(', '.join(texts))}."] if texts else []
    if look:
        names = listed(look if len(look) < 5 else [*look[:3], f"{len(look) - 3} more"])
        said.append(f"Look at {names}.")
    return " ".join(said)


def _whole_text(exercises: int) -> str:
    return f"{counted(exercises, 'exercise')} {_DO['✘'][exercises != 1]} overall"


def as_a_whole(report: Report) -> int:
    """Return how many exercises differ of which no single result does."""
    return sum(
        unit.state == "✘" and all(each.state != "✘" for each in unit.judgements) for unit in report.units
    )


def unmatched_text(report: Report) -> str:
    """Say how many cells with outputs were not compared with anything."""
    if not report.cells:
        return ""
    if not report.unmatched:
        return "Every cell with outputs was matched."
    have = "has" if report.unmatched == 1 else "have"
    return f"{report.unmatched} of {counted(report.cells, 'cell')} with outputs {have} no result of the book."


# A class


@dataclass(frozen=True)
class Often:
    """What is off in several files: the exercise, what it is, in how many files, and its state."""

    number: str
    says: str
    files: int
    state: State


def grid_of(reports: Iterable[Report]) -> dict[str, list[UnitCheck | None]]:
    """Return the exercises that any file of a class has in the book's order, each in all that can be read."""
    by_unit = [{unit.unit: unit for unit in report.units} for report in reports if not report.left_out]
    return {
        name: [its.get(name) for its in by_unit]
        for name in ledger().units
        if any(name in its for its in by_unit)
    }


def off_and_missing(column: Sequence[UnitCheck | None]) -> tuple[int, int]:
    """Return in how many files an exercise differs, and in how many it was not found."""
    return sum(each is not None and each.state == "✘" for each in column), column.count(None)


def off_in(unit: UnitCheck) -> int:
    """Return how many results have the state of their exercise, 0 where it is that of all together."""
    return sum(judgement.state == unit.state for judgement in unit.judgements)


def most_often(reports: Iterable[Report]) -> list[Often]:
    """Return what is most often off, the most frequent first: causes, and else results."""
    counts = Counter(
        (unit.unit, *reason)
        for report in reports
        for unit in report.units
        for reason in dict.fromkeys(_reasons(unit))
    )
    several = [pair for pair in counts.items() if pair[1] > 1] or [*counts.items()]
    ranked = sorted(several, key=lambda pair: -pair[1])[:_MOST_OFTEN]
    return [Often(number_of(unit), says, n, state) for (unit, says, state), n in ranked]


def _reasons(unit: UnitCheck) -> Iterable[tuple[str, State]]:
    """Yield what is off in words that other files may have, too."""
    likely = causes(unit)
    yield from ((cause.says, "✘") for cause in likely)
    for judgement in unit.judgements:
        if judgement.state == "≠":
            yield f"Equals a wrong print. {judgement.lines[1]}", "≠"
        elif not likely and judgement.verdict in BEYOND:
            yield f"{what(judgement)}: beyond the recorded runs.", judgement.state
        elif not likely and judgement.state in _OFF:
            yield f"{what(judgement)}. {judgement.lines[0]}", judgement.state


def not_listed(report: Report) -> str:
    """Say why a list has no exercise of a file; "" if it has one."""
    nothing = "" if report.units else f"{report.name}: nothing of the book was found in it."
    return f"{report.left_out.removesuffix('.')}." if report.left_out else nothing


def stops(report: Report) -> str:
    """Say where a notebook stopped with an error; "" if it did not."""
    failed = next((error for error in report.errors if error.failed), None)
    return "" if failed is None else f"{report.name} stops in cell {failed.cell}. {failed.sentence}"


# The terminal


def print_report(report: Report, console: Console) -> None:
    """Print a check: what needs a look, the worst first, then what is fine in a line."""
    screen = Screen(console)
    run = " · read, not run" if report.cells else ""
    screen.line((f"{report.name}{run}", "dim"), wrapped=True)
    screen.line((f"{headline(report)}.", "bold"), f" {second_line(report)}", wrapped=True)
    all_cards = cards(report)
    if report.cells:
        for one in all_cards:
            if one.unit.state in _OFF:
                _print_card(one, screen)
    else:
        _print_numbers(report, screen)
    fitting = [one for one in all_cards if one.unit.state == "✔" and report.cells]
    if fitting:
        screen.line()
        text = " · ".join(f"{one.number} {one.tally}".replace(" ", "\u00a0") for one in fitting)
        for line in screen.wrap(f"{screen.sign(fitting[0].word)} {text}", screen.width):
            screen.line((line.replace("\u00a0", " "), fitting[0].word.colour))
    for one in fitting:
        if one.unit.outside:
            screen.paragraph(f"{one.number}: {one.second}", indent=2)
    left = sum(judgement.state == "–" for judgement in report.judgements)
    if report.errors:
        screen.line()
    for error in report.errors:
        screen.row(f"Cell {error.cell}", error.sentence, indent=0, style="" if error.known else "dim")
    if left or report.cells:
        screen.line()
        parts = [f"{counted(left, 'result')} not compared."] if left else []
        text = " ".join([*parts, unmatched_text(report)]).strip()
        sign = f"{screen.sign(NO_DATA)} " if left or report.unmatched else ""
        screen.paragraph(f"{sign}{text}", style="dim")


def _print_card(one: Card, screen: Screen) -> None:
    screen.line()
    n, off = len(one.unit.judgements), off_in(one.unit)
    right = f"{off} of {n} {_DO[one.unit.state][off != 1]}" if off else one.tally
    heading = screen.wrap(f"{screen.sign(one.word)} {one.number}  {one.title}", screen.width)
    if len(heading) == 1:
        screen.ends((heading[0], one.word.colour), right)
    else:
        screen.line((heading[0], one.word.colour))
        for line in heading[1:]:
            screen.ends(("  " + line, one.word.colour), right)
    screen.paragraph(one.second, indent=4)
    # results by column; what has no room there is below its name
    shown = [judgement for judgement in one.unit.judgements if judgement.state in _OFF]
    names = [judgement.claim.rpartition(".")[2] for judgement in shown]
    width = max(map(len, names), default=0)
    yours = max((len(each.yours) for each in shown if len(each.yours) <= _SHORT), default=0)
    for judgement, name in zip(shown, names, strict=True):
        mine, book = judgement.yours, f"{speaker(judgement)} {judgement.book}"
        start = ("      ", (f"{name:<{width}}", STATE_WORDS[judgement.state].colour), "  ")
        if width + max(yours, len(mine)) + len(book) + 10 <= screen.width:
            screen.line(*start, f"{mine:<{yours}}", (f"  {book}", "dim"))
            continue
        screen.line(*start)
        for text, style in ((f"yours {mine}", ""), (book, "dim")):
            for line in screen.wrap(text, screen.width - 8):
                screen.line(" " * 8, (line, style))
    for line in one.lines:
        screen.paragraph(line, indent=4)
    if one.unit.state == "≠":
        screen.row("The proof", f"workshop show {_short_name(one.worst.claim)}", indent=4)
    elif one.look and not (one.unit.learned and causes(one.unit)):  # causes are above
        for place, text in enumerate(one.look):
            screen.row("" if place else "Look at", text, indent=4)


def _print_numbers(report: Report, screen: Screen) -> None:
    """Print the numbers of a file: each with its answer."""
    rows = [(each, _short_name(each.claim)) for each in report.judgements]
    rows = sorted(rows, key=lambda row: WORST.index(row[0].state))
    if rows:
        screen.line()
    names = max((len(name) for _, name in rows), default=0)
    room = max((len(each.yours) for each, _ in rows if len(each.yours) <= _SHORT), default=0)
    for each, name in rows:
        word = STATE_WORDS[each.state]
        start = f"{screen.sign(word)} {name:<{names}}  {each.yours:<{room}}  "
        if screen.width - len(start) < 24:
            screen.line((start, word.colour))
            screen.paragraph(each.sentence, indent=4)
            continue
        screen.beside((start, word.colour), text=each.sentence)
    for unit in report.units:
        looks = [f"Look at: {text}" for text in unit.pitfalls]
        for line in [cause.says for cause in causes(unit)] + _together(unit) + looks:
            screen.paragraph(f"{number_of(unit.unit)}: {line}")


def _short_name(claim: str) -> str:
    """Return a claim's id as people write it: `5.04.test_rmse`, `2.act01.eval_loss`."""
    chapter, _, rest = claim.removeprefix("ch").lstrip("0").partition(".")
    return f"{chapter}.{rest.removeprefix('ex')}"


def is_class(reports: Sequence[Report]) -> bool:
    """Whether an exercise is in several files, as in a class; in a reader's folder, each is in one."""
    return any(len(its) - its.count(None) > 1 for its in grid_of(reports).values())


def print_list(reports: Sequence[Report], console: Console) -> None:
    """Print a reader's own folder: a line for each exercise, with its sign, its file and a sentence."""
    screen = Screen(console)
    rows = [(screen.plain(each.name), one) for each in reports for one in map(card, each.units)]
    order = [*ledger().units]
    rows.sort(key=lambda pair: order.index(pair[1].unit.unit))
    screen.line((f"{counted(len(reports), 'file')}, {counted(len(rows), 'exercise')}", "bold"))
    screen.line()
    numbers = max((len(one.number) for _, one in rows), default=0)
    names = min(max((len(name) for name, _ in rows), default=0), screen.width // 3)
    for name, one in rows:
        short = name if len(name) <= names else f"{name[: names - 1]}…"
        start = f"{screen.sign(one.word)} {one.number:<{numbers}}  {short:<{names}}  "
        screen.beside((start, one.word.colour), text=one.second, least=20)
    for text in [text for report in reports if (text := not_listed(report) or stops(report))]:
        screen.paragraph(text)


def print_class(reports: Sequence[Report], console: Console) -> None:
    """Print a class: files by exercises with a sign and a count, and what is most often wrong."""
    screen = Screen(console)
    grid = grid_of(reports)
    read = sum(not report.left_out for report in reports)
    missing = sum(its.count(None) for its in grid.values())
    found = f"{read * len(grid) - missing} of {read * len(grid)} found"
    screen.line((f"{counted(len(reports), 'file')}, {counted(len(grid), 'exercise')}: {found}", "bold"))
    names = [screen.plain(report.name.removesuffix(".ipynb")) for report in reports]
    first = min(max(9, *map(len, names)) + 2, max(screen.width // 3, 16))
    column = max([4, *map(len, map(_short, grid))]) + 1
    room = max((screen.width - first) // column, 1)
    below = [text for report in reports if (text := stops(report))]
    for start in range(0, max(len(grid), 1), room):
        part = {unit: grid[unit] for unit in [*grid][start : start + room]}
        screen.line()
        screen.line(" " * first + "".join(f"{_short(unit):<{column}}" for unit in part))
        rows = zip(*part.values(), strict=True)
        for report, name in zip(reports, names, strict=True):
            head = f"{name if len(name) < first else name[: first - 3] + '…':<{first}}"
            if report.not_run:
                screen.line(head, ("".join(f"{'·':<{column}}" for _ in part), "dim"))
                below += [] if start else [not_listed(report)]
            elif not report.problem:
                signs: list[tuple[str, str]] = []
                for unit in next(rows, ()):
                    if unit is None:
                        signs.append((f"{'·':<{column}}", "dim"))
                        continue
                    word, off = STATE_WORDS[unit.state], off_in(unit) if unit.state in _OFF else 0
                    signs.append((f"{screen.sign(word)}{off or '':<{column - 1}}", word.colour))
                screen.line(head, *signs)
            elif not start:
                why = f"{screen.sign(FAILED)} {report.problem.removeprefix(f'{report.name}: ')}"
                screen.line(head, (why[: screen.width - first], FAILED.colour))
                below += [report.problem] if len(why) > screen.width - first else []
        screen.line(" " * first + "".join(f"{'─' * (column - 1)} " for _ in part))
        counts = [off_and_missing(its) for its in part.values()]
        for place, text in enumerate(("differ", "not found")):
            screen.line(f"{text:<{first}}" + "".join(f"{n[place] or '':<{column}}" for n in counts))
    often = most_often(reports)
    if often:
        screen.line()
        screen.line(("What is most often wrong", "bold"))
    for one in often:
        files = f"{one.files} of {len(reports)}"
        screen.row(files, f"{one.number}: {one.says}", indent=2, style=STATE_WORDS[one.state].colour)
    for text in below:
        screen.paragraph(text)


def _short(unit: str) -> str:
    """Return a unit's name as the head of a narrow column: `5.03`, `a2.1`, `t5.7`."""
    chapter, _, rest = _short_name(unit).partition(".")
    number = rest.lstrip("abcdefghijklmnopqrstuvwxyz")
    return f"{chapter}.{rest}" if rest == number else f"{rest[0]}{chapter}.{int(number)}"


_FORMULA = re.compile(r"((?:^|[;|\t])\s*)(?=[=+\-@＝＋－＠])")
_COLUMNS = ("file", "exercise", "found", "fits", "unusual", "differs", "cause")


def write_csv(reports: Sequence[Report], path: Path) -> None:
    """Write a line for each file and exercise that any file has, for a table of grades, whole or not at all.

    `found`, `fits`, `unusual` and `differs` count results; `cause` says what is off. A file that can't be
    read has one line. No cell is a formula, because files are named by others.
    """
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    table.writerow(_COLUMNS)
    grid = grid_of(reports)
    columns = [iter(its) for its in grid.values()]
    for report in reports:
        if report.left_out:
            why = "not run" if report.not_run else report.problem
            table.writerow(map(_no_formula, (report.name, "", 0, 0, 0, 0, why)))
            continue
        for name, unit in zip(grid, map(next, columns), strict=True):
            states = Counter[str]() if unit is None else Counter(each.state for each in unit.judgements)
            cause = "not found" if unit is None else card(unit).second if unit.state != "✔" else ""
            counts = states.total(), states["✔"], states["?"], states["✘"]
            table.writerow(map(_no_formula, (report.name, number_of(name), *counts, cause)))
    write_atomically(path, text.getvalue().encode("utf-8-sig"))


def _no_formula(cell: object) -> object:
    """Return a cell of which no spreadsheet makes a formula, also where it separates cells by another sign.

    Some read full-width signs, too.
    """
    return _FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell


def as_json(report: Report) -> dict[str, Any]:
    """Return what `--json` prints of a check."""
    return {
        "schema": SCHEMA,
        "name": report.name,
        "ok": report.ok,
        "state": report.state,
        "problem": report.problem,
        "not_run": report.not_run,
        "cells": report.cells,
        "unmatched": report.unmatched,
        "results": [
            for_json(
                {
                    **{name: its for name, its in vars(each).items() if name != "typed"},
                    "placed": {name: asdict(placed) for name, placed in each.placed.items()},
                    "sentence": each.sentence,
                    "ok": each.ok,
                }
            )
            for each in report.judgements
        ],
        "units": [
            {name: its for name, its in vars(unit).items() if name != "judgements"} | {"state": unit.state}
            for unit in report.units
        ],
        "unread": [asdict(line) for line in report.unread],
        "errors": [asdict(error) for error in report.errors],
    }
