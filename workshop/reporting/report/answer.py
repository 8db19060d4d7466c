"""The answer with which an exercise opens: its main result in this run, and what became of the book's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from workshop.reporting.report.view import ClaimRow, UnitRows, ValueCell
from workshop.statistics.own_number import place_number
from workshop.values import brief, is_number, is_summary_of_layers
from workshop.wording.words import condition_text

_LONG = 160  # characters of a value that the answer leaves to the table below it
_WORTH = ("measured", "data", "built", "statement", "setting", "printed", "")
# by the key of the verdict's word, what follows on a value of this run; of a sentence of the book; of neither
_OF_VALUE = {
    "holds": "The book's {book} {placed}.",
    "wrong": "The book's {book} is wrong.",
    "changed": "With {versions} it is no longer the book's {book}.",
    "supported": "That is on substitute data, and supports the book's {book}.",
    "open": "These runs can't decide whether the book's {book} is such a run.",
    "no-data": "That is on substitute data, and says nothing of the book's {book}.",
    "failed": "The book has {book}, and nothing recorded explains the difference.",
}
_OF_SENTENCE = {
    "holds": "This run agrees.",
    "wrong": "This run refutes it.",
    "changed": "With {versions} this is no longer so.",
    "supported": "This run agrees, on substitute data.",
    "open": "These runs can't decide it.",
    "failed": "This run disagrees, and nothing recorded explains why.",
    "no-data": "The data that could decide it are not here.",
}
_NO_RUN = {
    "holds": "Other printed numbers agree with it.",
    "wrong": "It is wrong.",
    "changed": "With {versions} it is another.",
    "supported": "Substitute data support it.",
    "open": "Nothing here can decide it.",
    "deferred": "Only the long training decides it.",
    "no-data": "What it needs is not here.",
    "not-testable": "No run can test it.",
    "failed": "It fails here, and nothing recorded explains why.",
}


def opening(unit: UnitRows) -> str:
    """Return the answer with which an exercise opens, "" without a result."""
    row = main_row(unit.claims, unit.strip, unit.unit.main)
    return "" if row is None else answer(row)


def main_row(rows: Sequence[ClaimRow], strip: ClaimRow | None, named: str) -> ClaimRow | None:
    """Return what an exercise is about: the named result, that of its strip, or the last of most worth."""
    book = [row for row in rows if not row.ours]
    main = [row for row in book if row.claim.name == named] or ([strip] if strip else [])
    best = min((_WORTH.index(row.claim.evidence or "") for row in book), default=0)
    ranked = [row for row in book if (row.claim.evidence or "") == _WORTH[best]]
    return next(iter([*main, *ranked[::-1]]), None)


def answer(row: ClaimRow) -> str:
    """Say in two sentences what a result is in this run, and what that means for the book's."""
    claim, key = row.claim, row.word.key
    book, run = _text(row.book), _text(row.run)
    sentence = claim.statement if isinstance(claim.printed, str | Mapping) else ""
    facts = {
        "book": book,
        "placed": _placed(row),
        "versions": condition_text(claim.finding.when) if claim.finding else "",
    }
    if sentence or claim.printed is None:
        ran = (run or row.run.same) and not row.run.note.startswith("right,")
        ends = _NO_RUN | (_OF_SENTENCE if ran else {})
        return f"The book says: “{sentence or book}”. {ends[key].format_map(facts)}"
    comma = "," * (", " in re.sub(r"\(.*?\)", "", claim.what))
    subject = f"{claim.what[0].upper()}{claim.what[1:]}{comma} {_verb(claim.what)}"
    if is_summary_of_layers(claim.printed):
        subject = "The network has"
    if key in {"holds", "supported"} and (row.run.same or (run and is_summary_of_layers(claim.printed))):
        value = f"{book * (len(book) <= _LONG)}{' on substitute data' * (key == 'supported')}".strip()
        return f"{subject} {value}{', ' * bool(value)}as in the book."
    if key == "changed" and not is_number(claim.printed):
        return f"{subject} no longer what the book prints, with {facts['versions']}."
    if row.run.note.startswith("right,"):
        return f"{subject} {book} in the book. Other printed numbers contradict it: {run}."
    if not run or key not in _OF_VALUE:
        return f"{subject} {book} in the book. {_NO_RUN[key].format_map(facts)}"
    note = row.run.note.partition(";")[0].replace("seeds", "runs")
    where = f" in the {note}" if note.startswith(("median", "first")) else ""
    return f"{subject} {run}{where}. {_OF_VALUE[key].format_map(facts)}"


def _verb(what: str) -> str:
    """Return the verb of what a claim is of: its noun stands before the first preposition."""
    noun = re.split(r" (?:of|for|in|on|at|after|to|with|along|as|that)\b|[,:(]", what)[0]
    if noun.lower().startswith("what "):
        return "is"
    many = re.search(r" and |\b(?:two|three|four|five|ten)\b", noun.lower())
    return "are" if many or (noun.endswith("s") and not noun.endswith(("ss", "us", "is"))) else "is"


def _text(cell: ValueCell) -> str:
    """Write a value of a column in one line, without how many of its words are in print."""
    text = ", ".join(f"{name} {value}".strip() for name, value in cell.lines)
    return re.sub(r"^\d+ of \d+ words: ", "", " ".join(text.split()))


def _placed(row: ClaimRow) -> str:
    """Say where a printed number that depends on a seed lies among the recorded runs."""
    number = row.numbers.get("")
    if number is None or not number.runs or not is_number(row.claim.printed):
        return "agrees"
    others = replace(number, printed=None, right=None, error=False, guess=None, others=())
    placed = place_number(brief(row.claim.printed), others)
    if placed.answer == "an ordinary run":
        return "is an ordinary run"
    if placed.answer == "at the edge of the runs":
        return f"is near the edge of the {placed.n} recorded runs"
    return f"is {placed.side} all {placed.n} recorded runs" if placed.side else "agrees"
