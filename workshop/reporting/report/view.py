"""The chapters of the page as plain data: units, and their claims as rows of columns and details."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.figures.model import Figure, Yardstick
from workshop.ledger import Claim, Ledger, Unit
from workshop.reporting.book_calls import book_calls
from workshop.reporting.describe import (
    EVIDENCE,
    command,
    decided_by,
    margin_text,
    place_text,
    reader_rows,
    unit_rows,
    why,
)
from workshop.reporting.own_number import OwnNumber, own_numbers
from workshop.reporting.report.missing_data import missing_for
from workshop.reporting.sample_rows import would_be_noticed
from workshop.reporting.samples import naive, placed
from workshop.reporting.strip_plot import DrawnStrip, strip
from workshop.values import brief, for_json, is_number
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import BASES, Verdict
from workshop.wording.numbers import four_digits
from workshop.wording.pairs import TESTED_AS, measured_text, pair_of, side_by_side, today
from workshop.wording.places import label, title
from workshop.wording.words import WORD_OF, Tally, Word, condition_text, tally

_ROOM = 64  # characters of a value in its column
_NUMBERS = 6  # the most named values that have a line each
_NAMED = 24  # characters of each of them
_OLD = "These results have no recorded runs: run `workshop verify --json` again with this version."
_LARGE = 14  # characters of a value in large figures; a longer one is smaller
_LONG = 1500  # characters of a value in the details
_MOST_NUMBERS = 8  # that a claim without recorded runs offers to compare

Lines = tuple[tuple[str, str], ...]
# names of the functions of each unit by file
Code = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class ValueCell:
    """A value in its column: a line for each of its numbers, with a name or "", and a small note below."""

    lines: Lines = ()
    note: str = ""
    same: bool = False


@dataclass(frozen=True)
class Sample:
    """A claim's reference sample: what it shows, its strips, and where it comes from."""

    sentences: tuple[str, ...]
    strips: tuple[DrawnStrip, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class ClaimRow:
    """A claim: its verdict in this run, its columns, and its details.

    `notices` : the smallest change that its check notices, in a word or two and in full. `missing` says which
    data it needs that are not here, and how to get them. `rows` are for each reader, `details` for the
    curious.
    """

    claim: Claim
    verdict: Verdict
    basis: str
    book: ValueCell
    run: ValueCell
    notices: tuple[str, str]
    missing: str
    rows: Lines
    details: Lines
    sample: Sample | None
    numbers: Mapping[str, OwnNumber]
    command: str

    @property
    def word(self) -> Word:
        """The verdict in a reader's word."""
        return WORD_OF[self.verdict]

    @property
    def ours(self) -> bool:
        """Whether it is a claim of our own."""
        return self.claim.ours


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
    def counted(self) -> Tally:
        """How many results have each word."""
        return tally(self.claims)

    @property
    def strip(self) -> ClaimRow | None:
        """The claim whose recorded runs open the unit: one printed number, of the last evaluation."""
        numbers = [
            row
            for row in self.claims
            if is_number(row.claim.printed) and row.sample is not None
            if not row.ours and [s.name for s in row.sample.strips] == [""]
        ]
        evaluated = [row for row in numbers if {"test", "eval"} & {*row.claim.name.split("_")}]
        return next(iter(evaluated[-1:] or numbers), None)


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
    def counted(self) -> Tally:
        """How many results have each word."""
        return tally(row for unit in self.units for row in unit.claims)


def chapters(
    results: Results, ledger: Ledger, figures: Mapping[str, Sequence[Figure]], code: Code | None = None
) -> tuple[ChapterRows, ...]:
    """Return the chapters and units that the results have claims of, in the book's order."""
    records: dict[str, dict[str, Record]] = defaultdict(dict)
    for record in results.claims:
        records[record.unit][record.id] = record
    rows = []
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
        rows += [ChapterRows(chapter.id, chapter.title, units)] if units else []
    return tuple(rows)


def claim_row(claim: Claim, record: Record, ledger: Ledger, environment: Mapping[str, Any]) -> ClaimRow:
    """Return the row of a claim; `environment` is that of the run."""
    book, run = columns(claim, record)
    sees = notices = ""
    if record.measured is not None:
        sees, notices = would_be_noticed(claim, record.notices, record.sample)
    missing, finding = missing_for(claim, record), claim.finding
    evidence = claim.evidence and f"{claim.evidence}: {EVIDENCE[claim.evidence]}"
    versions = f" with {condition_text(finding.when)}" if finding is not None and finding.when else ""
    rows = (
        *reader_rows(claim, ledger),
        ("statement", claim.statement),
        ("test", claim.test),
        (TESTED_AS, _long(claim.own)),
        ("missing", missing if missing != record.reason else ""),
        ("why", "" if missing or claim.finding else why(claim, record.verdict, record.reason, record.sample)),
        ("decided by", decided_by(claim)),
        ("evidence", ". ".join(filter(None, (evidence, notices)))),
    )
    details = (
        ("printed", _long(claim.printed, place_text(claim))),
        ("correct", _long(claim.correct)),
        ("notebook", _long(claim.notebook, " (authors' notebook)")),
        ("measured", "" if record.measured is None else measured_text(record, _LONG)),
        *((f"  {label}", measured_text(value, _LONG)) for label, value in record.beside.items()),
        ("margin", "" if record.margin is None else margin_text(record.margin)),
        ("basis", BASES[record.basis] if record.basis else ""),
        ("finding", finding and f"{finding.verdict}{versions}: {finding.reason}"),
        ("repeats", claim.same_as),
        ("kind", claim.kind + (f", in {claim.measured_in}" if claim.measured_in else "")),
        ("needs", ", ".join(claim.needs) or "nothing"),
        ("verdict", f"{record.verdict}: {record.reason}"),
        ("rule", record.rule),
        ("seeds", ", ".join(map(str, record.seeds))),
        ("computing", f"{record.seconds:.2g} s, shared by the unit's claims" if record.seconds else ""),
    )
    own = own_numbers(claim, ledger, record.sample, record)
    return ClaimRow(
        claim,
        record.verdict,
        record.basis,
        book,
        run,
        (sees, notices),
        missing,
        tuple((label, text) for label, text in rows if text),
        tuple((label, text) for label, text in details if text),
        sample_of(claim, record),
        own if claim.rule.needs_sample or len(own) <= _MOST_NUMBERS else {},
        command(claim, environment),
    )


def _long(value: Any, note: str = "") -> str:
    return "" if value is None else brief(value, _LONG) + note


# What the book says, what the run gives, and the recorded runs


def columns(claim: Claim, record: Record) -> tuple[ValueCell, ValueCell]:
    """Return what the book says and what the run gives; the note of what another says is who says it."""
    pair = pair_of(claim, record)
    stated, run = pair.written(_ROOM)
    if isinstance(pair.book, str):  # a sentence is whole
        stated = pair.book
    printed = for_json(claim.documented if claim.printed is None else claim.printed)
    # a few short values that are printed under names have a line each
    few = pair.run is not None and isinstance(printed, Mapping) and 1 < len(printed) <= _NUMBERS
    names = [str(name) for name in printed] if few and all(map(_fits, printed.values())) else []
    named, values = [], pair.value
    if isinstance(values, Mapping):
        named = [values.get(name) for name in names]
        named = named if all(value is not None and _fits(value) for value in named) else []
    elif isinstance(values, list) and len(values) == len(names) and all(map(is_number, values)):
        named = values
    note = "; ".join(
        filter(
            None, (pair.note, *(f"on a substitute: {line.partition(': ')[2]}" for line in record.substitutes))
        )
    )
    if pair.run is None:
        right = ValueCell()
        if record.verdict == "corrected" and claim.correct is not None:  # other printed values decide it
            mended = brief(claim.correct, _ROOM)
            if claim.tested_as is None:
                stated, mended = side_by_side(claim.documented, claim.correct, _ROOM)
            right = ValueCell((("", mended),), "right, from other printed values")
    elif pair.same or (not run and not named and record.verdict == "reproduced"):
        right = ValueCell((), note, same=True)
    elif named:
        right = ValueCell(tuple(zip(names, (brief(value, _NAMED) for value in named), strict=True)), note)
    else:
        instead = claim.reader.right if claim.reader is not None else "as the verdict says"
        right = ValueCell((("", run or instead),), note)
    left: Lines = (("", stated),)
    if names and (named or pair.same) and not pair.in_words:
        left = tuple((name, brief(printed[name], _NAMED)) for name in names)
    return ValueCell(left, "" if pair.label == "book" else pair.label), right


def _fits(value: Any) -> bool:
    return isinstance(value, float) or len(brief(value, _NAMED + 1)) <= _NAMED


def sample_of(claim: Claim, record: Record) -> Sample | None:
    """Return a stochastic claim's sample, or a line on why there is none; None for other claims."""
    sample = record.sample
    if not claim.rule.needs_sample:
        return None
    if sample is None or sample.problem:
        return Sample((), (), (_OLD if sample is None else sample.problem,))
    stated = placed(claim, claim.documented)
    printed: dict[Yardstick, dict[str, tuple[float, float]]] = {} if claim.ours else {claim.source: stated}
    printed["correct"] = placed(claim, claim.correct)
    if claim.source == "book" and (notebook := placed(claim, claim.notebook)) != stated:
        printed["notebook"] = notebook
    measured = today(record)
    baseline = {name: one.median for name, one in naive(record).items()}
    marks = {**printed, "naive": {name: (value, value) for name, value in baseline.items()}}
    strips = tuple(
        strip(
            number,
            {name: at[number.name] for name, at in marks.items() if number.name in at},
            measured.get(number.name),
        )
        for number in sample.numbers
    )
    sentences = []
    for name, value in baseline.items():
        if name in measured and value > 0:
            median = measured[name].median
            whose = f"{name}: this" if name else "This"
            sentences.append(
                f"{whose} run's median is {four_digits(median)}, and the naive forecast gives "
                f"{four_digits(value)}. That is {four_digits(median / value)} times as much."
            )
    fewest = min(len(number.runs) for number in sample.numbers)
    recorded = f"{fewest} runs, recorded {sample.dates}{' with ' + sample.made if sample.made else ''}"
    substitutes = sorted({line for unit in sample.units for line in unit.substitutes})
    lines = (recorded, *sample.shows, *(f"on a substitute: {line}" for line in substitutes))
    return Sample(tuple(sentences), strips, lines)


# The alarm


@dataclass(frozen=True)
class FailureRow:
    """A failed claim: where it is, the book's value and the run's, why it failed, and two commands.

    `large` : whether both values are short enough for large figures.
    """

    claim: Claim
    label: str
    book: ValueCell
    run: ValueCell
    large: bool
    why: str
    again: str
    since: str


def failures(results: Results, ledger: Ledger) -> list[FailureRow]:
    """Return the failed claims in the book's order, our own last."""
    failed = [record for record in results.claims if record.verdict == "failed"]
    rows = []
    for record in sorted(failed, key=lambda record: record.ours):
        claim, missed = ledger.claims[record.id], min(record.margin or 0.0, 0.0)
        cells = columns(claim, record)
        rows.append(
            FailureRow(
                claim,
                label(claim.unit, ledger),
                *cells,
                all(len(c.lines) < 2 and all(len(text) <= _LARGE for _, text in c.lines) for c in cells),
                f"Missed by {four_digits(-missed)}: {record.rule}" if missed else record.reason,
                command(claim, results.environment),
                f"workshop bisect {claim.id}",
            )
        )
    return rows
