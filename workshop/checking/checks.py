"""Check numbers and notebooks of a reader against the ledger and the recorded runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from packaging.specifiers import SpecifierSet

from workshop.checking.among_runs import LEVEL, Number, joint_p
from workshop.checking.cell_errors import CellError, explain_cells
from workshop.checking.claims import Reading, read_claims
from workshop.checking.judging import (
    ORDINARY,
    OTHER,
    UNUSUAL,
    Judgement,
    judge,
    no_number,
    sampled_numbers,
    unread,
)
from workshop.checking.reading import read_notebook
from workshop.checking.shown import Shown
from workshop.errors import UsageError, WorkshopError
from workshop.execution.environment import this_environment
from workshop.ledger import Claim, Ledger, ledger
from workshop.ledger.eras import Era, eras
from workshop.ledger.names import canonical, find_id
from workshop.ledger.values import plain
from workshop.paths import parse_steps
from workshop.reporting.report.reader_number import read
from workshop.reporting.report.samples import made_with
from workshop.samples.recorded import RecordedRuns, Recordings
from workshop.untrusted import one_line
from workshop.verification.results import SampleSummary
from workshop.verification.sample_summaries import SampleSummaries

if TYPE_CHECKING:
    from workshop.checking.mistakes import Explanation


# characters of a name or number, parts of a value, and its largest whole number: far beyond the book's
_LONGEST_NAME, _MOST_PARTS, _LARGEST = 200, 10_000, 10**30


@dataclass(frozen=True)
class UnitCheck:
    """A unit's claims, judged together.

    `p` : that of all numbers that depend on a seed, None if there are none. `unusual` : whether these are
    unusual together. `made` : versions of the runs that they were compared with. `era` : the era of these, ""
    for today's versions. `edits` : where the reader's code is another. `explanation` : which mistake explains
    unusual numbers, None for ordinary ones.
    """

    unit: str
    judgements: tuple[Judgement, ...]
    p: float | None
    unusual: bool
    made: str = ""
    era: str = ""
    edits: tuple[str, ...] = ()
    explanation: Explanation | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is unusual or wrong, and the code shows no other procedure."""
        return not self.unusual and not self.edits and all(judgement.ok for judgement in self.judgements)


@dataclass(frozen=True)
class Report:
    """The check of one notebook, or of one list of numbers; `cells` and `unmatched` count code cells.

    `problem` says why the file could not be read.
    """

    name: str
    units: tuple[UnitCheck, ...]
    errors: tuple[CellError, ...] = ()
    cells: int = 0
    unmatched: int = 0
    problem: str = ""

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """All judgements in the book's order."""
        return tuple(judgement for unit in self.units for judgement in unit.judgements)

    @property
    def ok(self) -> bool:
        """Whether nothing is unusual or wrong, and no cell ended with an error."""
        return all(unit.ok for unit in self.units) and not self.errors and not self.problem


@dataclass(frozen=True)
class Book:
    """The ledger and its recorded runs on a CPU, looked up once."""

    ledger: Ledger
    recordings: Recordings
    summaries: SampleSummaries
    _known: dict[str, tuple[SampleSummary | None, RecordedRuns | None, str]] = field(default_factory=dict)

    def of(self, claim: Claim) -> tuple[SampleSummary | None, RecordedRuns | None, str]:
        """Return a claim's recorded runs and their summary, or why there are none."""
        if claim.id not in self._known:
            self._known[claim.id] = self._of(claim)
        return self._known[claim.id]

    def _of(self, claim: Claim) -> tuple[SampleSummary | None, RecordedRuns | None, str]:
        if not claim.rule.needs_sample:
            return None, None, ""
        try:
            recorded = self.recordings.of(claim)
        except WorkshopError as error:
            return None, None, str(error)
        if recorded.samples.substitutes:
            return None, None, "The recorded runs rest on substitute data, and say nothing of yours."
        return self.summaries.of(claim), recorded, ""


@cache
def book(era: str = "") -> Book:
    """Return the package's ledger with the runs of this machine's versions, or those of an era."""
    versions = {} if not era else _versions(next(each for each in eras() if each.name == era))
    recordings = Recordings({**this_environment().facts(), **versions, "device": "cpu"})
    return Book(ledger(), recordings, SampleSummaries(recordings, ledger()))


def _versions(era: Era) -> dict[str, str]:
    """Return versions of an era, the last ones that meet its conditions."""
    numbers = [f"{major}.{minor}" for major in range(9) for minor in range(30)]
    return {
        library: next(number for number in reversed(numbers) if SpecifierSet(condition).contains(number))
        for library, condition in era.when.items()
    }


def check(claim: str, value: Any) -> Judgement:
    """Check a value of your own against the book and the recorded runs.

    Parameters
    ----------
    claim : its id, such as `ch02.ex04.accuracy` or `5.04.test_rmse`; `5.04.epoch5.loss` is one of several.
    value : a number, a text such as `84.6%`, or a list, mapping or array as the book has it. Digits count:
        0.93 stands for all numbers that are rounded to it.

    Returns what it is, with `ok`, `verdict`, `sentence` and `p`. Raises UsageError for a name that is
    unknown, or a value that is no number where the claim has one.
    """
    its, shown = _named(claim, value, book().ledger)
    known = book().of(its)
    if why := no_number(its, shown, known[1]):
        raise UsageError(f"{one_line(claim)}: {why}")
    return judge(its, shown, *known)


def check_numbers(name: str, rows: Iterable[tuple[str, Any]]) -> Report:
    """Check pairs of a claim and a value, those of a unit together.

    What is no number has a judgement that says so. Raises UsageError for a name that is unknown.
    """
    values: dict[str, Any] = {}
    claims: dict[str, Claim] = {}
    for claim, value in rows:
        its, shown = _named(claim, value, book().ledger)
        claims[its.id] = its
        both = isinstance(shown, dict) and isinstance(values.get(its.id), dict)
        values[its.id] = {**values[its.id], **shown} if both else shown
    readings = [
        Reading(claims[key], value, 0, why=no_number(claims[key], value, book().of(claims[key])[1]))
        for key, value in values.items()
    ]
    return Report(name, _by_unit(readings))


def check_notebook(path: Path) -> Report:
    """Check an executed notebook. Raises NotANotebook, or UsageError if nbformat is not installed."""
    cells = read_notebook(path)
    found = read_claims(cells, book().ledger)
    units = _by_unit(found.readings)
    return Report(one_line(path.name), units, tuple(explain_cells(cells)), found.cells, found.unmatched)


def _named(name: str, value: Any, ledger: Ledger) -> tuple[Claim, Any]:
    """Return the claim of a name, and a value with numbers as they are printed."""
    if len(name) > _LONGEST_NAME:
        raise UsageError(f"{one_line(name[:40])}…: no claim has so long a name: see `workshop list`")
    text = canonical(name)
    parts = text.split(".")
    for last in range(len(parts), 2, -1):
        known = ledger.claims.get(".".join(parts[:last]))
        if known is not None:
            rest = text.removeprefix(known.id)
            shown = _shown(value, name)
            return (known, shown) if not rest else (known, _placed(rest.lstrip("."), shown, name))
        if "[" in parts[last - 1]:
            known = ledger.claims.get(".".join(parts[:last]).partition("[")[0])
            if known is not None:
                return known, _placed(text.removeprefix(known.id), _shown(value, name), name)
    return ledger.claims[find_id(name, ledger, "claim")], _shown(value, name)


def _placed(path: str, value: Any, name: str) -> dict[str, Any]:
    """Return a number by its path in a claim."""
    try:
        parse_steps(path)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None
    return {path: value}


def _shown(value: Any, name: str) -> Any:
    """Return a value with numbers as they are printed. Raises UsageError for one that has no end."""
    try:
        return _as_shown(value, [_MOST_PARTS])
    except RecursionError:
        raise UsageError(f"{one_line(name)}: it contains itself, or too many lists in lists") from None
    except ValueError as error:
        raise UsageError(f"{one_line(name)}: {one_line(str(error))}") from None


def _as_shown(value: Any, room: list[int]) -> Any:
    room[0] -= 1
    if room[0] < 0:
        raise ValueError(f"it has more than {_MOST_PARTS:,} parts: give what the claim has")
    if not isinstance(value, str) and hasattr(value, "__array__"):
        value = _from_array(value)
    value = plain(value)
    if isinstance(value, dict):
        return {str(key): _as_shown(item, room) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_shown(item, room) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError("it is too large to be a number of the book")
    if isinstance(value, int | float):
        return Shown(repr(value))
    text = str(value).strip()
    try:
        number = read(text if len(text) < _LONGEST_NAME else "")
    except ValueError:
        return text
    try:
        return Shown(text)
    except ValueError:  # 84.6% and 1,121
        return Shown(f"{number.value:.10g}")


def _from_array(value: Any) -> Any:
    """Return an array, tensor or series as lists, its numbers with the digits that their type has."""
    array = np.asarray(value)
    if array.size > _MOST_PARTS:
        raise ValueError(f"it has more than {_MOST_PARTS:,} parts: give what the claim has")
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        # 0.93 of a narrow type would be 0.9300000071525574 as Python's
        return np.array([float(str(number)) for number in array.ravel()]).reshape(array.shape)
    return array


def _by_unit(readings: Sequence[Reading]) -> tuple[UnitCheck, ...]:
    order = {claim: place for place, claim in enumerate(book().ledger.claims)}
    units: dict[str, list[Reading]] = {}
    for reading in sorted(readings, key=lambda each: order[each.claim.id]):
        units.setdefault(reading.claim.unit, []).append(reading)
    return tuple(_unit(unit, its) for unit, its in units.items())


def _unit(unit: str, readings: Sequence[Reading]) -> UnitCheck:
    """Judge the readings of a unit together, by the runs of today's versions, or else of earlier ones."""
    found, numbers = _judged(unit, readings, "")
    if not found.unusual:
        return found
    for era in eras():
        before, _ = _judged(unit, readings, era.name)
        if not before.unusual and before.p is not None and before.made != found.made:
            return before
    return replace(found, explanation=_explain(unit, {each.name: float(each.mine) for each in numbers}))


def _judged(unit: str, readings: Sequence[Reading], era: str) -> tuple[UnitCheck, list[Number]]:
    """Judge the readings of a unit together: single numbers worry nobody unless all of them are unusual."""
    known = book(era)
    judgements: list[Judgement] = []
    numbers: list[Number] = []
    for reading in readings:
        sample, recorded, problem = known.of(reading.claim)
        if reading.why:
            judgements.append(unread(reading.claim, reading.value, reading.why))
            continue
        judgements.append(judge(reading.claim, reading.value, sample, recorded, problem))
        if recorded is not None and all(m.unit == unit for m in reading.claim.measures().values()):
            numbers += sampled_numbers(reading.claim, reading.value, recorded)
    p = joint_p(numbers) if numbers else None
    few = bool(numbers) and min(len(number.runs) for number in numbers) + 1 < 1 / LEVEL
    # so few runs have no p of LEVEL; a bound by their scale then decides on single numbers, at 1 in 1,000
    unusual = p is not None and (p <= LEVEL or (few and any(each.verdict == OTHER for each in judgements)))
    edits = next((reading.edits for reading in readings if reading.edits), ())
    together = tuple(each if unusual else _ordinary(each) for each in judgements)
    samples = (known.of(reading.claim)[0] for reading in readings)
    made = next((made_with(each) for each in samples if each is not None and each.units), "")
    return UnitCheck(unit, together, p, unusual, made, era, edits), numbers


def _ordinary(judgement: Judgement) -> Judgement:
    """Return a judgement on a number that is ordinary with the others, whatever it is alone."""
    if judgement.p is None or judgement.verdict not in {UNUSUAL, OTHER}:
        return judgement
    sentence = f"{judgement.sentence} Together with your other numbers it is ordinary."
    return replace(judgement, verdict=ORDINARY, sentence=sentence, ok=True)


def _explain(unit: str, values: Mapping[str, float]) -> Explanation | None:
    """Return which mistake explains unusual numbers of a unit, None if that can't be said of them."""
    from workshop.checking.mistakes import explain

    finite = {name: value for name, value in values.items() if math.isfinite(value)}
    explanation = explain(unit, finite) if finite else None
    return explanation if explanation is not None and explanation.modelled else None
