"""`workshop show`: a claim, a unit or a chapter, the answer first."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from rich.console import Console

from workshop.ledger import Chapter, Claim, Ledger, Unit
from workshop.ledger.names import texts_after
from workshop.reporting.book_calls import book_calls
from workshop.reporting.describe import (
    EVIDENCE,
    decided_by,
    environment_line,
    why,
)
from workshop.reporting.sample_rows import recorded_rows, strip_lines, would_be_noticed
from workshop.reporting.screen import Screen
from workshop.reporting.terminal import BOOK, NOT_RUN, ResultRow, print_rows, unit_heading
from workshop.statistics.own_number import Placed
from workshop.values import brief, for_json, is_number, plain
from workshop.verification.results import LastRecord, Notices, SampleSummary
from workshop.verification.verdicts import BASES
from workshop.wording.numbers import capital, four_digits
from workshop.wording.pairs import measured_text, pair_of, stated_rows
from workshop.wording.places import label, place, title
from workshop.wording.words import CHANGED, DECIDED, STATE_WORDS, WRONG

Rows = Sequence[tuple[str, str]]
# by claim and name of a number, what the recorded runs gave
Recorded = Mapping[str, Mapping[str, Sequence[float]]]

_ROOM = 400  # characters of a value
_MOST_RANGES = 4


def print_claim(
    claim: Claim,
    ledger: Ledger,
    console: Console,
    *,
    last: LastRecord | None,
    sample: SampleSummary | None = None,
    notices: Notices | None = None,
    code: Mapping[str, Sequence[str]] | None = None,
    verbose: bool = False,
) -> None:
    """Print what is known of a claim: verdict and values, then what they rest on.

    `last` is its record of the last run here. With `verbose` it follows as YAML, with the ledger's entry.
    """
    screen = Screen(console)
    word = ResultRow(claim, last).word
    head = f"{screen.sign(word)} {word.name}"
    screen.line((head, f"bold {word.colour}"), "   ", (claim.id, "bold"))
    unit = ledger.units[claim.unit]
    own = "a check of the suite's own, " if claim.ours else ""
    screen.paragraph(capital(claim.what), indent=2)
    screen.paragraph(f"{own}{place(claim, ledger)}, {unit.id}: {title(unit)}", indent=2, style="dim")
    screen.line()
    screen.rows(_value_rows(claim, last))
    numbers = sample.numbers if sample is not None else ()
    if len(numbers) == 1 and any(run is not None for run in numbers[0].runs):
        screen.line()
        naive = None if last is None else last.beside.get("naive")
        marks = {"this run": last and last.measured, "naive": naive and naive.measured}
        _print_strip(numbers[0].runs, {"book": claim.printed, **marks}, screen)
    first = ledger.first_of(claim)
    if first.reader is not None and word in {WRONG, CHANGED, NOT_RUN}:
        screen.line()
        screen.paragraph(f"{first.reader.title}.", indent=2, style=f"bold {word.colour}")
        screen.paragraph(first.reader.sentence, indent=2)
        if first is claim:
            screen.rows([("Right", first.reader.right), ("Proof", first.reader.proof)])
        else:
            screen.rows([("Same as", f"{first.id}, which has the proof")])
    if last is not None and (reason := why(claim, last.verdict, last.reason, sample)):
        screen.line()
        screen.rows([("Why", reason)])
    screen.line()
    screen.rows(_basis(claim, last, sample, notices, code or {}))
    if verbose:
        screen.line()
        for line in _in_full(claim, last, sample, notices, screen.width - 2).splitlines():
            screen.line(f"  {line}")
    screen.line()
    if last is None:
        screen.rows([("Decide it", f"workshop verify {claim.id}")])
    elif claim.rule.needs_sample:
        screen.rows([("Is yours normal?", f"workshop show {claim.id} --mine NUMBER")])


def print_answer(placed: Placed, lines: Sequence[str], console: Console) -> None:
    """Print the answer on a reader's own number: sign and first line, then the other lines."""
    screen = Screen(console)
    word = STATE_WORDS[placed.state]
    first, *others = screen.wrap(lines[0], screen.width - 2)
    screen.line((f"{screen.sign(word)} {first}", word.colour))
    for line in [*others, *lines[1:]]:
        screen.paragraph(line, indent=2)


def _value_rows(claim: Claim, last: LastRecord | None) -> list[tuple[str, str]]:
    """Return what the book says, the notebook's value, this run's and the naive baseline's."""
    (who, stated), *others = stated_rows(claim, _ROOM)
    pair = pair_of(claim, last)
    book, run = pair.in_full(_ROOM)
    rows = [(who, stated if pair.in_words else book), *others]
    if claim.notebook is not None and claim.source != "notebook":
        same = claim.notebook == claim.printed
        rows.append(("notebook", "prints the same" if same else brief(claim.notebook, _ROOM)))
    if last is None:
        rows.append(("this run", "not verified on this machine yet"))
    elif run:
        rows.append(("this run", run))
        rows += [("", f"on a substitute for {line}") for line in last.substitutes]
    for name, value in ({} if last is None else last.beside).items():
        rows.append((name, measured_text(value, _ROOM)))
    return rows


def _basis(
    claim: Claim,
    last: LastRecord | None,
    sample: SampleSummary | None,
    notices: Notices | None,
    code: Mapping[str, Sequence[str]],
) -> list[tuple[str, str]]:
    """Return what a verdict is worth, what decides it and what it needs."""
    rows = []
    if claim.evidence is not None:
        rows.append(("Evidence", f"{claim.evidence}: {EVIDENCE[claim.evidence]}"))
    if noticed := would_be_noticed(claim, notices, sample)[1]:
        rows.append(("", noticed))
    rows.append(("Decided by", decided_by(claim)))
    if last is not None and last.basis:
        rows.append(("Runs", BASES[last.basis]))
    rows += recorded_rows(sample)
    rows.append(("Needs", ", ".join(claim.needs) or "no data"))
    rows += [("Code", f"{', '.join(names)}, {file}") for file, names in code.items()]
    if claim.same_as:
        rows.append(("Repeats", claim.same_as))
    if last is not None:
        environment = last.environment
        facts = environment_line(environment, ("tensorflow", "keras", "python", "device"))
        rows.append(("Run on", f"{environment.get('date', '')[:10]}, {facts}"))
    return rows


def _in_full(
    claim: Claim, last: LastRecord | None, sample: SampleSummary | None, notices: Notices | None, width: int
) -> str:
    """Write the claim's ledger entry, its last record and where its recorded runs come from, as YAML."""
    import yaml  # only here, because it takes a third of a short command

    runs = {
        number.name: [run for run in number.runs if run is not None]
        for number in (() if sample is None else sample.numbers)
    }
    record = {} if last is None else plain(replace(last, sample=None, notices=None, numbers={}))
    parts = {
        "ledger": claim.model_dump(exclude_defaults=True) | {"rule": claim.rule.text()},
        "record": {name: value for name, value in record.items() if value not in (None, "", [], {})},
        "sample": {} if sample is None else {"problem": sample.problem, "units": plain(sample.units)},
        "least, median and greatest": {n: [min(r), median(r), max(r)] for n, r in runs.items() if r},
        "notices": plain(notices),
    }
    filled = {name: for_json(part) for name, part in parts.items() if part}
    return yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=width)


def print_unit(
    unit: Unit,
    ledger: Ledger,
    console: Console,
    latest: Mapping[str, LastRecord],
    *,
    code: Mapping[str, Sequence[str]],
    data: Rows = (),
    recorded: Recorded | None = None,
    verbose: bool = False,
) -> None:
    """Print a unit: what it does, where its code and data are, its results with the last verdicts, pitfalls.

    Before the first run, `recorded` has the numbers of its claims' recorded runs, which are shown instead.
    """
    screen = Screen(console)
    screen.ends((unit_heading(unit, ledger), "bold"), f"{unit.id}, chapter {int(unit.id[2:4])}")
    screen.line()
    screen.paragraph(unit.procedure, indent=2)
    screen.line()
    # the recorded runs of the result that answers a unit: of its last single number
    single = [claim for claim in unit.claims if len((recorded or {}).get(claim.id, ())) == 1]
    single = [claim for claim in single if is_number(claim.printed)]
    if recorded and single:
        (runs,) = recorded[single[-1].id].values()
        screen.paragraph(capital(single[-1].what), indent=2)
        _print_strip(runs, {"book": single[-1].printed}, screen)
        screen.line()
    number = label(unit.id, ledger)
    rows: list[tuple[str, str]] = []
    if number.startswith("Exercise"):
        rows.append(("In Python", f'workshop.exercise("{number.split()[1]}")'))
    elif number.startswith("Activity"):
        rows.append(("In Python", f'workshop.activity("{number.split()[1]}")'))
    if unit.id in book_calls():
        rows.append(("To paste", f"workshop show {unit.id} --code"))
        rows.append(("Notebook", f"workshop notebook {unit.id}"))
    rows += [("Code", f"{', '.join(names)}, {file}") for file, names in code.items()]
    rows += [("Solution", f"p. {unit.solution_page}")] if unit.solution_page else []
    screen.rows([*rows, *data])
    screen.line()
    shown = [claim for claim in unit.claims if verbose or not claim.ours or all(c.ours for c in unit.claims)]
    listed = [_row(claim, latest, recorded or {}) for claim in shown]
    print_rows(sorted(listed, key=lambda row: row.record is None and row.word is not WRONG), screen)
    if len(shown) < len(unit.claims):
        hidden = len(unit.claims) - len(shown)
        screen.line((f"and {hidden} of the suite's own checks: workshop show {unit.id} --verbose", "dim"))
    texts = {"Pitfalls": unit.pitfalls}
    if verbose and unit.editor is not None:
        texts["Editor's notes"] = unit.editor
    for heading, text in texts.items():
        screen.line()
        screen.line((heading, "bold"))
        for part in text.splitlines():
            lead = re.match(r" *(?:(?:-|\d+\.) )?", part)
            assert lead is not None
            screen.beside(f"  {lead[0]}", text=part[lead.end() :])
    for text in texts_after(unit.id, ledger):
        if number in ledger.units[text].title:
            screen.line()
            screen.line(f"then its training: {label(text, ledger)}", (f"   workshop show {text}", "dim"))


def _print_strip(runs: Sequence[float | None], marks: Mapping[str, Any], screen: Screen) -> None:
    """Draw the recorded runs of a number, with what the book and others give for it."""
    *drawing, words = strip_lines(runs, marks, screen.width - 8) or [""]
    for line in drawing:
        screen.line("    ", line)
    if words:
        screen.paragraph(words, indent=4)


def print_chapter(
    chapter: Chapter, ledger: Ledger, console: Console, latest: Mapping[str, LastRecord]
) -> None:
    """Print a line for each exercise of a chapter, with how many of its results were decided how."""
    screen = Screen(console)
    screen.line((f"{BOOK}, chapter {chapter.chapter}: {chapter.title}", "bold"))
    screen.line()
    names = [label(unit.id, ledger) for unit in chapter.units]
    ids, labels = max(len(unit.id) for unit in chapter.units), max(map(len, names))
    tallies = []  # how many results the last runs decided, and how many are wrong in print
    for unit in chapter.units:
        rows = [_row(claim, latest) for claim in unit.claims if not claim.ours]
        words = Counter(row.word for row in rows)
        wrong = f"{words[WRONG]} wrong · " if words[WRONG] else ""
        of = f"{sum(words[word] for word in DECIDED)} of " if any(row.record for row in rows) else ""
        tallies.append(f"{wrong if of else ''}{of}{len(rows)}")
    counts = max(map(len, tallies))
    room = screen.width - ids - labels - counts - 6
    for unit, name, tally in zip(chapter.units, names, tallies, strict=True):
        heading, *others = screen.wrap(title(unit), room)
        if others:
            heading = screen.wrap(title(unit), room - 3)[0] + " .."
        screen.line(
            (f"{unit.id:<{ids}}", "dim"),
            f"  {name:<{labels}}  {heading:<{room}}  ",
            (tally.rjust(counts), "dim"),
        )
    screen.line()
    screen.line((f"One of them: workshop show {chapter.units[0].id}", "dim"))


def _row(claim: Claim, latest: Mapping[str, LastRecord], recorded: Recorded | None = None) -> ResultRow:
    last = latest.get(claim.id)
    if last is None:
        return ResultRow(claim, recorded=ranges(claim, (recorded or {}).get(claim.id, {})))
    return ResultRow(claim, last)


def ranges(claim: Claim, numbers: Mapping[str, Sequence[float]]) -> str:
    """Write the least and the greatest printed number of the recorded runs; "" of many, which are a log."""
    texts = {}
    for name, runs in numbers.items():
        known = [run for run in runs if math.isfinite(run)]
        if known and claim.prints(name):
            low, high = four_digits(min(known)), four_digits(max(known))
            texts[name] = low if low == high else f"{low} to {high}"
    if not 0 < len(texts) <= _MOST_RANGES:
        return ""
    named = all(name and not name.startswith("[") for name in texts)
    return ", ".join(f"{name} {text}" if named else text for name, text in texts.items())
