"""The top of the page: whether all is well, and how many results have each verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import escape

from workshop.ledger import Claim, Ledger
from workshop.ledger.model import Evidence
from workshop.reporting.describe import EVIDENCE, bases_text, lost_line, memory_text, waiting_text
from workshop.verification.results import Record, Results
from workshop.wording.numbers import capital, counted
from workshop.wording.places import part_text, printed_in
from workshop.wording.words import (
    CHANGED,
    COMPUTING,
    DECIDED,
    HOLDS,
    LIBRARIES,
    SUPPORTED,
    WORD_OF,
    WRONG,
    Tally,
    tally,
)

# marks in a page, which no text has, for what depends on time and memory: when it was run, and all facts
WHEN, FACTS = "\0when\0", "\0facts\0"
# bars of the mark that says what a verdict is worth; the least is that of what ran nothing or read a setting
MARKS: Mapping[Evidence, int] = {
    "measured": 4, "data": 3, "built": 2, "statement": 1, "setting": 0, "printed": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Overview:
    """What a run says of the book, without claims of our own unless a name says so.

    `run` : how many results have each word. `book` : printed results in the ledger. `sentence` : parts of a
    sentence, each with whether it is emphasised.
    """

    run: Tally
    state: str
    book: int
    evidence: tuple[tuple[Evidence, int], ...]
    sentence: tuple[tuple[str, bool], ...]
    notes: tuple[str, ...]


def overview(results: Results, ledger: Ledger) -> Overview:
    """Return what the top of the page shows; all claims of the results must be in the ledger."""
    run = tally(results.claims)
    book = [record for record in results.claims if not record.ours]
    worth = Counter(record.evidence for record in book if WORD_OF[record.verdict] in DECIDED)
    bases = bases_text(book)
    repeated = repeated_text(ledger.claims[record.id] for record in results.claims)
    held = "nothing disagrees" if run.decided else "nothing decided"
    return Overview(
        run,
        state=f"{run.failed} failed" if run.failed else held,
        book=sum(not claim.ours for claim in ledger.claims.values()),
        evidence=tuple((name, worth[name]) for name in EVIDENCE if worth[name]),
        sentence=_sentence(run, book, ledger),
        notes=tuple(capital(note) for note in (bases and f"decided: {bases}", repeated) if note),
    )


def repeated_text(claims: Iterable[Claim]) -> str:
    """Say how many claims repeat another one, and how many only the authors' notebook shows; "" if none."""
    book = [claim for claim in claims if not claim.ours]
    repeated = sum(claim.same_as is not None for claim in book)
    notebook = sum(claim.source == "notebook" for claim in book)
    parts = [f"printed a second time: {repeated}"] if repeated else []
    parts += [f"printed in the authors' notebook only: {notebook}"] if notebook else []
    return "; ".join(parts)


def _sentence(run: Tally, book: Sequence[Record], ledger: Ledger) -> tuple[tuple[str, bool], ...]:
    in_book, in_notebook = printed_in(ledger.claims.values())
    if run.total == in_book + in_notebook:
        of = f"the book's {in_book} printed results"
        of += f" and {in_notebook} of its notebook" if in_notebook else ""
        parts = [(f"Of {of} this run decided {run.decided}", False)]
    else:
        noun = "result" if run.total == 1 else "results"
        part = part_text([ledger.claims[record.id] for record in book], ledger) if book else "this run"
        verb = "was" if run.decided == 1 else "were"
        of = f"{run.decided} of the {run.total} {noun} of {part} {verb} decided"
        parts = [(f"{of}; the book has {in_book}", False)]
    words = [word for word in (HOLDS, WRONG, CHANGED, SUPPORTED) if run.counts[word]]
    for number, word in enumerate(words):
        before = ": " if not number else ", and " if number == len(words) - 1 else ", "
        parts += [(before, False), (word.counted(run.counts[word]), word in (HOLDS, WRONG))]
    parts.append((". ", False))
    if lost := lost_line(book):
        parts += [(lost, True), (" ", False)]
    if waiting := waiting_text(book):
        parts += [(f"{waiting}. ", True)]
    if run.failed:
        disagree = "1 result disagrees" if run.failed == 1 else f"{run.failed} results disagree"
        alarm = f"{disagree}, and nothing recorded explains it."
        return ((alarm, True), (" ", False), *parts)
    if run.missed:
        parts.append((f"{run.missed} could not be decided, because their data are not here. ", True))
    end = "Nothing disagrees without a known reason." if run.decided else "So this run shows nothing."
    return (*parts, (end, True))


def when_and_with(environment: Mapping[str, Any]) -> str:
    """Write the day and the TensorFlow of a run, as far as they are known."""
    try:
        day = date.fromisoformat(str(environment.get("date", ""))[:10])
        text = f" on {day.day} {day:%B %Y}"
    except ValueError:
        text = ""
    version = str(environment.get("tensorflow", "")).rpartition(".")[0]
    return f"{text} with TensorFlow {version}" if version else text


def facts(environment: Mapping[str, Any]) -> str:
    """Write versions and machine of a run on one line."""
    names = [f"{LIBRARIES[name]} {environment[name]}" for name in COMPUTING if name in environment]
    threads = environment.get("threads")
    machine = [str(environment.get("device", "")).upper()]
    if threads:
        machine.append(counted(threads, "thread"))
    if memory := memory_text(environment):
        machine.append(memory)
    profile = f"{environment.get('profile', 'default')} profile"
    day = str(environment.get("date", ""))[:10]
    return " · ".join([*names, ", ".join(machine), profile, *([day] if day else [])])


def stamped(html: str, environment: Mapping[str, Any]) -> str:
    """Return a page with what depends on the time and memory of its run, in the places of the marks."""
    html = html.replace(WHEN, escape(when_and_with(environment)), 1)
    return html.replace(FACTS, escape(facts(environment)), 1)
