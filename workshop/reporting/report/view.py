"""The content of the page as plain data: chapters, units, and their claims as rows of text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.figures.registry import Figure
from workshop.ledger import Claim, Ledger, Unit
from workshop.ledger.values import brief
from workshop.reporting.describe import (
    basis_rows,
    command,
    ledger_rows,
    margin_text,
    measured_rows,
    reader_rows,
    unit_rows,
)
from workshop.reporting.formatting import measured_text, rounded, side_by_side, verdicts_text
from workshop.reporting.report.missing_data import missing_for
from workshop.reporting.report.samples import (
    Today,
    by_name,
    is_summary,
    made_with,
    naive,
    placed,
    today,
)
from workshop.reporting.report.strip_plot import Strip, strip
from workshop.reporting.sample_rows import noticed, notices_lines
from workshop.verification.results import Record, Results, SampleSummary
from workshop.verification.verdicts import VERDICTS, Basis, Verdict

_SHORT, _LONG = 44, 1500
_LAST = ("finding", "note", "repeats", "evidence", "kind", "needs")
_OLD = "These results have no recorded runs: run `workshop verify --json` again with this version."

# names of the functions of each unit by file
Code = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Sample:
    """A claim's reference sample on the page: where it comes from, its strips, its numbers for the script."""

    lines: tuple[str, ...]
    strips: tuple[Strip, ...]
    made: str
    values: Mapping[str, Sequence[float | None]]  # None where a run crashed
    naive: Mapping[str, float]


@dataclass(frozen=True)
class ClaimCard:
    """A claim: its ledger entry, its verdict in this run, a short and a long description.

    `missing` says which data an unavailable claim misses, and how to get them.
    """

    claim: Claim
    verdict: Verdict
    basis: Basis
    short: str
    missing: str
    rows: tuple[tuple[str, str], ...]
    sample: Sample | None
    command: str


@dataclass(frozen=True)
class UnitCard:
    """A unit of the run: its ledger entry, page and code, verdicts with their numbers, figures, claims."""

    unit: Unit
    rows: Sequence[tuple[str, str]]
    counts: tuple[tuple[Verdict, int], ...]
    figures: Sequence[Figure]
    claims: tuple[ClaimCard, ...]

    @property
    def short(self) -> str:
        """The unit's name inside its chapter."""
        return self.unit.id.split(".")[1]

    @property
    def verdicts(self) -> str:
        """How many claims have each verdict, in words."""
        return verdicts_text(dict(self.counts))


@dataclass(frozen=True)
class ChapterCards:
    """A chapter and its units in the book's order."""

    id: str
    title: str
    units: tuple[UnitCard, ...]

    @property
    def counts(self) -> tuple[tuple[Verdict, int], ...]:
        """How many claims have each verdict."""
        return _in_order(Counter(claim.verdict for unit in self.units for claim in unit.claims))


def chapters(
    results: Results, ledger: Ledger, figures: Mapping[str, Sequence[Figure]], code: Code | None = None
) -> tuple[ChapterCards, ...]:
    """Return the chapters and units that the results have claims of, in the book's order."""
    records: dict[str, list[Record]] = defaultdict(list)
    for record in results.claims:
        records[record.unit].append(record)
    found = []
    for chapter in ledger.chapters:
        units = tuple(
            _unit(
                unit,
                (code or {}).get(unit.id, {}),
                records[unit.id],
                results.environment,
                figures.get(unit.id, ()),
            )
            for unit in chapter.units
            if unit.id in records
        )
        found += [ChapterCards(chapter.id, chapter.title, units)] if units else []
    return tuple(found)


def counted(records: Sequence[Record]) -> tuple[tuple[Verdict, int], ...]:
    """Return how many records have each verdict, in the order of summaries."""
    return _in_order(Counter(record.verdict for record in records))


def _in_order(counts: Mapping[Verdict, int]) -> tuple[tuple[Verdict, int], ...]:
    return tuple((verdict, counts[verdict]) for verdict in VERDICTS if counts[verdict])


def _unit(
    unit: Unit,
    code: Mapping[str, Sequence[str]],
    records: Sequence[Record],
    environment: Mapping[str, Any],
    figures: Sequence[Figure],
) -> UnitCard:
    by = {record.id: record for record in records}
    claims = tuple(_claim(c, by[c.id], environment) for c in unit.claims if c.id in by)
    return UnitCard(unit, unit_rows(unit, code), counted(records), figures, claims)


def _claim(claim: Claim, record: Record, environment: Mapping[str, Any]) -> ClaimCard:
    ledger = ledger_rows(claim, _LONG)
    numbers = by_name(claim, record)
    measured = None if record.measured is None else measured_text(record.measured, _LONG, numbers)
    rows = [
        *reader_rows(claim),
        *((label, ledger.get(label, "")) for label in ("documented", "statement", "correct", "notebook")),
        *measured_rows(measured, record.beside, lambda value: measured_text(value, _LONG, {})),
        ("rule", record.rule),
        ("margin", "" if record.margin is None else margin_text(record.margin)),
        (record.verdict, record.reason),
        *basis_rows(record.basis),
        *((label, ledger.get(label, "")) for label in _LAST),
        ("seeds", ", ".join(map(str, record.seeds))),
        ("computing", f"{record.seconds:.2g} s, shared by the unit's claims" if record.seconds else ""),
    ]
    return ClaimCard(
        claim,
        record.verdict,
        record.basis,
        _short(claim, record, numbers),
        missing_for(claim, record),
        tuple((label, text) for label, text in rows if text),
        _sample(claim, record),
        command(claim, environment),
    )


def _short(claim: Claim, record: Record, numbers: Mapping[str, Today]) -> str:
    """Write the printed value and the measured or else the right one, as far as they fit on a line."""
    if is_summary(record.measured):
        return f"{brief(claim.documented, _SHORT)} → {measured_text(record.measured, _SHORT, numbers)}"
    own = rounded(record.measured) if claim.rule.needs_sample else record.measured
    if record.verdict in {"reproduced", "supported"} and own is not None:
        return f"{brief(claim.documented, _SHORT)} → {brief(own, _SHORT)}"
    if own is not None:
        printed, measured = side_by_side(claim.documented, own, _SHORT)
        return f"{printed} → {measured}{' on a substitute' if record.verdict == 'unavailable' else ''}"
    if record.verdict == "corrected" and claim.correct is not None:  # by other printed values
        printed, right = side_by_side(claim.documented, claim.correct, _SHORT)
        return f"{printed} → right: {right}"
    return brief(claim.documented, _SHORT)


def _sample(claim: Claim, record: Record) -> Sample | None:
    """Return a stochastic claim's sample, or a line on why there is none; None for other claims."""
    if not claim.rule.needs_sample:
        return None
    sample = record.sample
    if sample is None:
        return Sample((_OLD,), (), "", {}, {})
    if sample.problem:
        return Sample((sample.problem,), (), "", {}, {})
    names = [number.name for number in sample.numbers]
    measured = today(claim, record.measured, names)
    printed = {"book": placed(claim, claim.documented), "correct": placed(claim, claim.correct)}
    if (notebook := placed(claim, claim.notebook)) != printed["book"]:
        printed["notebook"] = notebook
    baseline = naive(record.beside, names)
    marks = {**printed, "naive": {name: (value, value) for name, value in baseline.items()}}
    strips = tuple(
        strip(
            number,
            {label: at[number.name] for label, at in marks.items() if number.name in at},
            measured.get(number.name),
            notices=noticed(number, sample),
        )
        for number in sample.numbers
    )
    runs = {number.name: list(number.runs) for number in sample.numbers}
    lines = (*_lines(sample), *notices_lines(record.notices))
    return Sample(lines, strips, made_with(sample), runs, baseline)


def _lines(sample: SampleSummary) -> tuple[str, ...]:
    made = made_with(sample)
    fewest = min(len(number.runs) for number in sample.numbers)
    line = f"{fewest} runs, recorded {sample.dates}{' with ' + made if made else ''}"
    substitutes = sorted({line for unit in sample.units for line in unit.substitutes})
    return (line, *(f"on a substitute: {other}" for other in substitutes))
