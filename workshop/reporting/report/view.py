"""The chapters of the page as plain data: units, and their claims as rows of columns and details."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.figures.model import Figure
from workshop.ledger import Claim, Ledger, Unit
from workshop.ledger.values import is_number
from workshop.reporting.book_calls import book_calls
from workshop.reporting.describe import (
    basis_rows,
    command,
    decided_by,
    ledger_rows,
    margin_text,
    reader_rows,
    unit_rows,
    why,
)
from workshop.reporting.own_number import OwnNumber, own_numbers
from workshop.reporting.report.columns import ValueCell, columns
from workshop.reporting.report.missing_data import missing_for
from workshop.reporting.report.sample_view import Sample, sample_of
from workshop.reporting.sample_rows import would_be_noticed
from workshop.reporting.samples import run_numbers
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import Verdict
from workshop.wording.pairs import TESTED_AS, measured_text
from workshop.wording.places import label, title
from workshop.wording.words import CHANGED, DECIDED, FAILED, WORD_OF, WORDS, WRONG, Word

_LONG = 1500  # characters of a value in the details
_MOST_NUMBERS = 8  # that a claim without recorded runs offers to compare
_DETAILS = ("finding", "repeats", "kind", "needs")
NOT_HOLDING = (FAILED, WRONG, CHANGED)

Rows = tuple[tuple[str, str], ...]
# names of the functions of each unit by file
Code = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class ClaimRow:
    """A claim: its verdict in this run, its columns, and its details.

    `notices` : the smallest change that its check notices, in a word or two and in full. `missing` says which
    data it needs that are not here, and how to get them. `rows` are for each reader, `details` for the
    curious.
    """

    claim: Claim
    word: Word
    verdict: Verdict
    basis: str
    book: ValueCell
    run: ValueCell
    notices: tuple[str, str]
    missing: str
    rows: Rows
    details: Rows
    sample: Sample | None
    numbers: Mapping[str, OwnNumber]
    command: str


@dataclass(frozen=True)
class Counted:
    """How many of the book's results have each word; our own are in no count."""

    counts: Mapping[Word, int]

    @property
    def total(self) -> int:
        """All results."""
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        """Results that the run decided."""
        return sum(self.counts[word] for word in DECIDED)

    @property
    def against(self) -> tuple[tuple[Word, int], ...]:
        """How many failed, are wrong in print, or were changed by later versions."""
        return tuple((word, self.counts[word]) for word in NOT_HOLDING if self.counts[word])

    @property
    def not_holding(self) -> int:
        """All of these."""
        return sum(number for _, number in self.against)

    @property
    def text(self) -> str:
        """The counts in words, e.g. `1 book wrong, 13 holds`."""
        return ", ".join(f"{self.counts[word]} {word.name}" for word in WORDS if self.counts[word])


@dataclass(frozen=True)
class UnitRows:
    """A unit of the run: its name and title as in the book, page and code, figures and claims.

    `calls` : the book's own calls as text to paste, "" if there are none.
    """

    unit: Unit
    label: str
    title: str
    rows: Sequence[tuple[str, str]]
    calls: str
    figures: Sequence[Figure]
    claims: tuple[ClaimRow, ...]

    @property
    def counted(self) -> Counted:
        """How many results have each word."""
        return Counted(Counter(row.word for row in self.claims if not row.claim.ours))

    @property
    def strip(self) -> ClaimRow | None:
        """The claim whose recorded runs open the unit: one printed number, of the last evaluation."""
        numbers = [
            row
            for row in self.claims
            if is_number(row.claim.printed) and row.sample is not None
            if not row.claim.ours and [s.name for s in row.sample.strips] == [""]
        ]
        evaluated = [row for row in numbers if {"test", "eval"} & {*row.claim.name.split("_")}]
        return next(iter(evaluated[-1:] or numbers), None)

    @property
    def failed(self) -> bool:
        """Whether a claim failed."""
        return any(row.word is FAILED for row in self.claims)


@dataclass(frozen=True)
class ChapterRows:
    """A chapter and its units in the book's order."""

    id: str
    title: str
    units: tuple[UnitRows, ...]

    @property
    def number(self) -> int:
        """Its number in the book."""
        return int(self.id[2:])

    @property
    def claims(self) -> tuple[ClaimRow, ...]:
        """The rows of the book's claims."""
        return tuple(row for unit in self.units for row in unit.claims if not row.claim.ours)

    @property
    def counted(self) -> Counted:
        """How many results have each word."""
        return Counted(Counter(row.word for row in self.claims))


def chapters(
    results: Results, ledger: Ledger, figures: Mapping[str, Sequence[Figure]], code: Code | None = None
) -> tuple[ChapterRows, ...]:
    """Return the chapters and units that the results have claims of, in the book's order."""
    records: dict[str, dict[str, Record]] = defaultdict(dict)
    for record in results.claims:
        records[record.unit][record.id] = record
    found = []
    for chapter in ledger.chapters:
        units = tuple(
            UnitRows(
                unit,
                label(unit.id, ledger),
                title(unit),
                unit_rows(unit, (code or {}).get(unit.id, {})),
                book_calls()[unit.id].text if unit.id in book_calls() else "",
                figures.get(unit.id, ()),
                tuple(
                    claim_row(claim, records[unit.id][claim.id], ledger, results.environment)
                    for claim in unit.claims
                    if claim.id in records[unit.id]
                ),
            )
            for unit in chapter.units
            if unit.id in records
        )
        found += [ChapterRows(chapter.id, chapter.title, units)] if units else []
    return tuple(found)


def claim_row(claim: Claim, record: Record, ledger: Ledger, environment: Mapping[str, Any]) -> ClaimRow:
    """Return the row of a claim; `environment` is that of the run."""
    book, run = columns(claim, record)
    ran = record.measured is not None
    sees, notices = would_be_noticed(claim, record.notices, record.sample) if ran else ("", "")
    missing, numbers = missing_for(claim, record), run_numbers(claim, record)
    said = ledger_rows(claim, _LONG)
    measured = "" if record.measured is None else measured_text(record.measured, _LONG, numbers.named)
    rows = (
        *reader_rows(claim, ledger),
        *((name, said.get(name, "")) for name in ("statement", TESTED_AS)),
        ("missing", missing if missing != record.reason else ""),
        ("why", "" if missing or claim.finding else why(claim, record.verdict, record.reason)),
        ("decided by", decided_by(claim)),
        ("evidence", ". ".join(filter(None, (said.get("evidence", ""), notices)))),
    )
    details = (
        *((name, said.get(name, "")) for name in ("printed", "correct", "notebook")),
        ("measured", measured),
        *((f"  {label}", measured_text(value, _LONG, {})) for label, value in record.beside.items()),
        ("margin", "" if record.margin is None else margin_text(record.margin)),
        *basis_rows(record.basis),
        *((name, said.get(name, "")) for name in _DETAILS),
        ("verdict", f"{record.verdict}: {record.reason}"),
        ("rule", record.rule),
        ("seeds", ", ".join(map(str, record.seeds))),
        ("computing", f"{record.seconds:.2g} s, shared by the unit's claims" if record.seconds else ""),
    )
    own = own_numbers(claim, ledger, record.sample, record.measured, record.beside)
    return ClaimRow(
        claim,
        WORD_OF[record.verdict],
        record.verdict,
        record.basis,
        book,
        run,
        (sees, notices),
        missing,
        tuple(row for row in rows if row[1]),
        tuple(row for row in details if row[1]),
        sample_of(claim, record.sample, numbers),
        own if claim.rule.needs_sample or len(own) <= _MOST_NUMBERS else {},
        command(claim, environment),
    )
