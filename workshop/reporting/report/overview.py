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
    FAILED,
    HOLDS,
    LIBRARIES,
    SUPPORTED,
    WORD_OF,
    WORDS,
    WRONG,
    Word,
    count,
    lacking,
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

    `book` : printed results in the ledger. `counts` : results of the run by word, in the order of lists.
    `sentence` : parts of a sentence, each with whether it is emphasised. `missed` : results without data, 0
    if they are few. `failed` : failures, our own included. `own` : claims of our own by word.
    """

    state: str
    missed: int
    total: int
    book: int
    decided: int
    failed: int
    failed_own: int
    counts: tuple[tuple[Word, int], ...]
    evidence: tuple[tuple[Evidence, int], ...]
    sentence: tuple[tuple[str, bool], ...]
    own: tuple[tuple[Word, int], ...]
    notes: tuple[str, ...]


def overview(results: Results, ledger: Ledger) -> Overview:
    """Return what the top of the page shows; all claims of the results must be in the ledger."""
    counts = count(results.claims)
    book = [record for record in results.claims if not record.ours]
    own = Counter(WORD_OF[record.verdict] for record in results.claims if record.ours)
    decided = sum(counts[word] for word in DECIDED)
    failed = counts[FAILED] + own[FAILED]
    worth = Counter(record.evidence for record in book if WORD_OF[record.verdict] in DECIDED)
    bases = bases_text(book)
    repeated = repeated_text(ledger.claims[record.id] for record in results.claims)
    return Overview(
        state=f"{failed} failed" if failed else "nothing disagrees" if decided else "nothing decided",
        missed=lacking(counts),
        total=len(book),
        book=sum(not claim.ours for claim in ledger.claims.values()),
        decided=decided,
        failed=failed,
        failed_own=own[FAILED],
        counts=tuple((word, counts[word]) for word in WORDS if counts[word]),
        evidence=tuple((name, worth[name]) for name in EVIDENCE if worth[name]),
        sentence=_sentence(counts, book, decided, own[FAILED], ledger),
        own=tuple((word, own[word]) for word in WORDS if own[word]),
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


def _sentence(
    counts: Mapping[Word, int], book: Sequence[Record], decided: int, failed_own: int, ledger: Ledger
) -> tuple[tuple[str, bool], ...]:
    whole = sum(not claim.ours for claim in ledger.claims.values())
    if len(book) == whole:
        in_book, in_notebook = printed_in(ledger.claims.values())
        of = f"the book's {in_book} printed results" + (
            f" and {in_notebook} of its notebook" if in_notebook else ""
        )
        parts = [(f"Of {of} this run decided {decided}", False)]
    else:
        noun = "result" if len(book) == 1 else "results"
        claims = [ledger.claims[record.id] for record in book]
        part = part_text(claims, ledger) if claims else "this run"
        verb = "was" if decided == 1 else "were"
        of = f"{decided} of the {len(book)} {noun} of {part} {verb} decided"
        parts = [(f"{of}; the book has {printed_in(ledger.claims.values())[0]}", False)]
    words = [word for word in (HOLDS, WRONG, CHANGED, SUPPORTED) if counts[word]]
    for number, word in enumerate(words):
        before = ": " if not number else ", and " if number == len(words) - 1 else ", "
        parts += [(before, False), (word.counted(counts[word]), word in (HOLDS, WRONG))]
    parts.append((". ", False))
    if lost := lost_line(book):
        parts += [(lost, True), (" ", False)]
    if waiting := waiting_text(book):
        parts += [(f"{waiting}. ", True)]
    if failed := counts[FAILED] + failed_own:
        disagree = "1 result disagrees" if failed == 1 else f"{failed} results disagree"
        alarm = f"{disagree}, and nothing recorded explains it."
        return ((alarm, True), (" ", False), *parts)
    if missed := lacking(counts):
        parts.append((f"{missed} could not be decided, because their data are not here. ", True))
    end = "Nothing disagrees without a known reason." if decided else "So this run shows nothing."
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
