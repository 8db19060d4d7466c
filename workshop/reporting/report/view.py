"""What the page shows of a run, as plain data: chapters, units, and their claims as rows of text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.errors import WorkshopError
from workshop.figures.alt_text import digits
from workshop.figures.registry import Figure
from workshop.ledger import Claim, Ledger, Unit
from workshop.ledger.values import brief
from workshop.reporting.formatting import rounded, written
from workshop.reporting.report.findings import command
from workshop.reporting.report.missing_data import lacks
from workshop.reporting.report.previews import side_by_side
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
from workshop.reporting.sample_rows import noticed
from workshop.samples.recorded import RecordedRuns, Recordings
from workshop.statistics.hypothesis_tests import FALSE_ALARM, Numbers, Scale
from workshop.verification.results import Record, Results
from workshop.verification.seeds_to_draw import usual_fresh
from workshop.verification.verdicts import VERDICTS, Verdict

_SHORT, _LONG = 44, 1500


@dataclass(frozen=True)
class Sample:
    """A claim's reference sample on the page: where it comes from, its strips, its numbers for the script."""

    told: tuple[str, ...]
    strips: tuple[Strip, ...]
    made: str
    values: Mapping[str, Sequence[float | None]]  # None where a run crashed
    naive: Mapping[str, float]


@dataclass(frozen=True)
class ClaimCard:
    """A claim: its ledger entry, its verdict in this run, a short and a long description.

    `lacks` says what an unavailable one lacks, and how to get it.
    """

    claim: Claim
    verdict: Verdict
    short: str
    lacks: str
    rows: tuple[tuple[str, str], ...]
    sample: Sample | None
    command: str


@dataclass(frozen=True)
class UnitCard:
    """A unit that the run decided claims of: its ledger entry, verdicts counted, figures, claims."""

    unit: Unit
    counts: tuple[tuple[Verdict, int], ...]
    figures: Sequence[Figure]
    claims: tuple[ClaimCard, ...]

    @property
    def short(self) -> str:
        """The unit's name inside its chapter."""
        return self.unit.id.split(".")[1]

    @property
    def told(self) -> str:
        """The unit's verdicts, counted in words."""
        return ", ".join(f"{n} {verdict}" for verdict, n in self.counts)


@dataclass(frozen=True)
class ChapterCards:
    """A chapter and its units in the book's order."""

    id: str
    title: str
    units: tuple[UnitCard, ...]

    @property
    def counts(self) -> tuple[tuple[Verdict, int], ...]:
        """The chapter's verdicts, counted."""
        return _in_order(Counter(claim.verdict for unit in self.units for claim in unit.claims))


def chapters(
    results: Results, ledger: Ledger, figures: Mapping[str, Sequence[Figure]]
) -> tuple[ChapterCards, ...]:
    """Return the chapters and units of which the results hold claims, in the book's order."""
    records: dict[str, list[Record]] = defaultdict(list)
    for record in results.claims:
        records[record.unit].append(record)
    samples = _Samples(results, ledger)
    found = []
    for chapter in ledger.chapters:
        units = tuple(
            _unit(unit, records[unit.id], samples, results.environment, figures.get(unit.id, ()))
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
    records: Sequence[Record],
    samples: _Samples,
    environment: Mapping[str, Any],
    figures: Sequence[Figure],
) -> UnitCard:
    by = {record.id: record for record in records}
    claims = tuple(_claim(c, by[c.id], samples, environment) for c in unit.claims if c.id in by)
    return UnitCard(unit, counted(records), figures, claims)


def _claim(claim: Claim, record: Record, samples: _Samples, environment: Mapping[str, Any]) -> ClaimCard:
    numbers = by_name(claim, record.measured, environment)
    measured = None if record.measured is None else written(record.measured, _LONG, numbers)
    finding = claim.finding
    rows = [
        ("documented", brief(claim.documented, _LONG) + (f" (page {claim.page})" if claim.page else "")),
        ("statement", claim.statement),
        ("correct", None if claim.correct is None else brief(claim.correct, _LONG)),
        ("witness", None if claim.witness is None else f"{brief(claim.witness, _LONG)} (authors' notebook)"),
        ("measured", measured),
        *((f"beside: {label}", written(value, _LONG, {})) for label, value in record.beside.items()),
        ("rule", record.rule),
        ("margin", _margin(record)),
        (record.verdict, record.reason),
        ("finding", None if finding is None else f"{finding.verdict}{_when(claim)}: {finding.reason}"),
        ("note", claim.note),
        ("kind", claim.kind + (f", in {claim.measured_in}" if claim.measured_in else "")),
        ("needs", ", ".join(claim.needs) or "nothing"),
        ("seeds", ", ".join(map(str, record.seeds))),
        ("computing", f"{record.seconds:.2g} s, shared by the unit's claims" if record.seconds else None),
    ]
    return ClaimCard(
        claim,
        record.verdict,
        _short(claim, record, numbers),
        lacks(claim, record),
        tuple((label, text) for label, text in rows if text),
        samples.of(claim, record),
        command(claim, environment),
    )


def _short(claim: Claim, record: Record, numbers: Mapping[str, Today]) -> str:
    """Write what is printed, and what was measured or else is right, as far as a line has room."""
    if is_summary(record.measured):
        return f"{brief(claim.documented, _SHORT)} → {written(record.measured, _SHORT, numbers)}"
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


def _margin(record: Record) -> str | None:
    if record.margin is None:
        return None
    return f"{digits(abs(record.margin))} {'of room' if record.margin >= 0 else 'missed'}"


def _when(claim: Claim) -> str:
    assert claim.finding is not None
    told = ", ".join(f"{library} {when}" for library, when in claim.finding.when.items())
    return f" with {told}" if told else ""


class _Samples:
    """Reference samples of a run's claims, with what today's seeds would notice of each number."""

    def __init__(self, results: Results, ledger: Ledger) -> None:
        self._recordings = Recordings(results.environment)
        self._level = FALSE_ALARM / max(self._recordings.family_size(ledger), 1)
        self._noticed: dict[tuple[bytes, int, Scale | None], str] = {}  # claims share numbers

    def of(self, claim: Claim, record: Record) -> Sample | None:
        """Return a stochastic claim's sample, told in a line if there is none; None for other claims."""
        if not claim.rule.needs_sample:
            return None
        scale = claim.sampled_rule.scale
        try:
            found = self._recordings.of(claim)
        except WorkshopError as error:
            return Sample((str(error),), (), "", {}, {})
        names, fresh = list(found.numbers), usual_fresh(found.samples.seconds)
        measured = today(claim, record.measured, names)
        printed = {
            label: placed(claim, value)
            for label, value in (
                ("book", claim.documented),
                ("correct", claim.correct),
                ("witness", claim.witness),
            )
        }
        if printed["witness"] == printed["book"]:
            del printed["witness"]
        baseline = naive(record.beside, names)
        marks = {**printed, "naive": {name: (value, value) for name, value in baseline.items()}}
        strips = tuple(
            strip(
                name,
                values,
                {label: at[name] for label, at in marks.items() if name in at},
                measured.get(name),
                notices=self._notices(values, max(fresh, len(record.seeds)), scale),
                scale=scale,
            )
            for name, values in found.numbers.items()
        )
        return Sample(_told(found), strips, made_with(found), _for_script(found.numbers), baseline)

    def _notices(self, values: Numbers, fresh: int, scale: Scale | None) -> str:
        key = (values.tobytes(), fresh, scale)
        if key not in self._noticed:
            self._noticed[key] = noticed(values, fresh, self._level, scale)[1]
        return self._noticed[key]


def _told(found: RecordedRuns) -> tuple[str, ...]:
    made = made_with(found)
    told = f"{found.fewest} runs, recorded {found.samples.dates}{' with ' + made if made else ''}"
    return (told, *(f"on a substitute: {line}" for line in found.samples.substitutes))


def _for_script(numbers: Mapping[str, Numbers]) -> dict[str, list[float | None]]:
    """Return the runs of each number in nine digits, all that float32 has; None where one crashed."""
    return {
        name: [float(f"{v:.9g}") if abs(v) != float("inf") else None for v in values.tolist()]
        for name, values in numbers.items()
    }
