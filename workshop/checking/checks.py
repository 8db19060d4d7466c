"""Check numbers and notebooks of a reader against the ledger and the recorded runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from workshop.book import package_book
from workshop.checking.judging import (
    Against,
    TypedNumber,
    ValueJudgement,
    distinct,
    equals_error,
    exercise_state,
    joint_p,
    judge,
    judgement_of,
    left_out_of_joint,
    no_number,
    not_compared,
    share_with,
    together_state,
)
from workshop.checking.notebook.cells import CellError, explain_cells, read_notebook
from workshop.checking.notebook.readings import Reading, read_claims
from workshop.checking.notebook.recognising import classes_of
from workshop.checking.notebook.values import Shown
from workshop.errors import UsageError
from workshop.execution.environment import this_environment
from workshop.execution.store import default_store
from workshop.ledger import Claim, Ledger
from workshop.ledger.eras import eras
from workshop.ledger.names import canonical, claim_after, find_id
from workshop.paths import parse_steps
from workshop.reporting.own_number import erratum_of, in_percent, own_numbers
from workshop.samples.recorded import Recordings
from workshop.statistics.own_number import FEWEST, WORST, State, ok_of, read
from workshop.untrusted import one_line
from workshop.values import is_number, leaves, plain
from workshop.verification.sample_summaries import SampleSummaries
from workshop.wording.numbers import capital
from workshop.wording.pairs import printed_part

# A training of at least so many losses learned nothing if no loss is so much better than guessing, and no
# accuracy so much of the way from guessing to all right; without an accuracy, if all losses are this close.
_EPOCHS, _BETTER, _WAY, _STILL = 3, 0.02, 0.15, 0.005
# characters of a name or number, parts of a value, and its largest whole number: far beyond the book's
_LONGEST_NAME, _MOST_PARTS, _LARGEST = 200, 10_000, 10**30


@dataclass(frozen=True)
class UnitCheck:
    """A unit's claims, each judged alone, and all that depend on a seed together.

    `together` : the state of all numbers that depend on a seed, by their `p`; – if there are none. It does
    not change the state of a single one. `runs` : how many they were compared with. `outside` : how many of
    so many `numbers` are beyond all runs, which `as_often` have as many. `made` : versions of the runs.
    `era` : the era of these, "" for today's versions. `code` : whether the reader's network and settings, as
    far as they could be read, are the book's. `edits` : where they are others. `learned` : False for a
    training in which nothing was learned. `pitfalls` : what can move the numbers of the exercise, where they
    are unusual and the code shows no reason.
    """

    unit: str
    judgements: tuple[ValueJudgement, ...]
    p: float | None = None
    together: State = "–"
    runs: int = 0
    numbers: int = 0
    outside: int = 0
    as_often: float = 0.0
    made: str = ""
    era: str = ""
    code: Literal["", "same", "other"] = ""
    edits: tuple[str, ...] = ()
    learned: bool = True
    pitfalls: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """That of all numbers together and of each result; ✘ if the code differs or nothing was learned."""
        if self.edits or not self.learned:
            return "✘"
        together = "≠" if self.equals_error else self.together
        return exercise_state((judgement.state for judgement in self.judgements), together)

    @property
    def equals_error(self) -> bool:
        """Whether most of its numbers equal a print that is an error of the book."""
        return equals_error([its.answer for each in self.judgements for its in each.placed.values()])

    @property
    def smallest(self) -> bool:
        """Whether p is the smallest that this number of runs can give."""
        return self.p is not None and self.p < 1.5 / (self.runs + 1)


@dataclass(frozen=True)
class Unread:
    """A line or entry of a file of numbers that can't be read: where it is, and why."""

    where: str
    why: str


@dataclass(frozen=True)
class Report:
    """The check of one notebook, or of one list of numbers; `cells` and `unmatched` count code cells.

    `unread` : lines that could not be read. `problem` says why the file could not be. `not_run` : no cell of
    the notebook has an output, so that nothing of it is judged.
    """

    name: str
    units: tuple[UnitCheck, ...]
    errors: tuple[CellError, ...] = ()
    cells: int = 0
    unmatched: int = 0
    unread: tuple[Unread, ...] = ()
    problem: str = ""
    not_run: bool = False

    @property
    def left_out(self) -> str:
        """Why nothing of the file is judged, "" if it is."""
        return f"{self.name}: it was not run, as no cell has an output" if self.not_run else self.problem

    @property
    def judgements(self) -> tuple[ValueJudgement, ...]:
        """All judgements in the book's order."""
        return tuple(judgement for unit in self.units for judgement in unit.judgements)

    @property
    def state(self) -> State:
        """The worst state of the units; ✘ for a file or a line that can't be read, or a cell that failed."""
        if self.problem or self.unread or any(error.failed for error in self.errors):
            return "✘"
        return min((unit.state for unit in self.units), key=WORST.index, default="–")

    @property
    def ok(self) -> bool | None:
        """False if something is wrong, None if nothing was judged or nothing can be said."""
        return ok_of(self.state)

    @property
    def judged(self) -> bool:
        """Whether anything could be judged."""
        states = {each.state for each in self.judgements if each.verdict != "no number"}
        return bool(states - {"–"}) or any(error.failed for error in self.errors)


@dataclass(frozen=True)
class KnownClaims:
    """The ledger and its recorded runs on a CPU, looked up once."""

    ledger: Ledger
    recordings: Recordings
    summaries: SampleSummaries
    _known: dict[str, Against] = field(default_factory=dict)

    def of(self, claim: Claim) -> Against:
        """Return what a claim's values are compared with."""
        if claim.id not in self._known:
            sample = self.summaries.of(claim)
            numbers = own_numbers(claim, self.ledger, sample)
            self._known[claim.id] = Against(claim, numbers, erratum_of(claim, self.ledger))
        return self._known[claim.id]


@cache
def book(era: str = "") -> KnownClaims:
    """Return the package's ledger with the runs of this machine's versions, or those of an era."""
    versions = {} if not era else next(each for each in eras() if each.name == era).versions
    facts = {**this_environment().facts(), **versions, "device": "cpu"}
    recordings = Recordings(package_book(), facts, default_store())
    return KnownClaims(recordings.book.ledger, recordings, SampleSummaries(recordings))


def check(claim: str, value: Any) -> ValueJudgement:
    """Check a value of your own against the book and the recorded runs.

    Parameters
    ----------
    claim : its id, such as `ch02.ex04.accuracy` or `5.04.test_rmse`; `5.04.epoch5.loss` is one of several.
    value : a number, a text such as `84.6%`, or a list, mapping or array as the book has it. Digits count:
        0.93 stands for all numbers that are rounded to it.

    Returns what it is, with `ok`, `verdict`, `sentence` and `p`. Raises UsageError for a name that is
    unknown, or a value that is not a number where the claim has one.
    """
    its, shown = _named(claim, value, book().ledger)
    against = book().of(its)
    if why := no_number(against, shown):
        raise UsageError(f"{one_line(claim)}: {why}")
    return judge(against, shown)


def check_measured(claim: Claim, measured: Any) -> ValueJudgement | None:
    """Check what a run of the book's procedure measured; None where nothing can be compared with it."""
    value = printed_part(claim, measured)
    if isinstance(value, Mapping) and isinstance(claim.documented, Mapping):
        value = {name: its for name, its in value.items() if name in claim.documented}
    if value is None or isinstance(value, str) != isinstance(claim.documented, str):
        return None
    measures, prints = (any(map(is_number, leaves(each))) for each in (value, claim.documented))
    if measures and not prints:  # such as an order of names
        return None
    against, shown = book().of(claim), _shown(value, claim.id, claim)
    return None if no_number(against, shown) else judge(against, shown)


def check_numbers(
    name: str, rows: Iterable[tuple[str, Any]], where: Sequence[str] = (), unread: Sequence[Unread] = ()
) -> Report:
    """Check pairs of a claim and a value, those of a unit together.

    One whose claim is unknown is named by its place in `where`, after those that are `unread` already, and
    the others are judged. What is not a number has a judgement that says so.
    """
    values: dict[str, Any] = {}
    claims: dict[str, Claim] = {}
    lines: dict[str, str] = {}
    lost = [*unread]
    for place, (claim, value) in enumerate(rows):
        here = where[place] if where else f"entry {place + 1}"
        try:
            its, shown = _named(claim, value, book().ledger)
        except UsageError as error:
            lost.append(Unread(here, str(error)))
            continue
        names = [f"{its.id} {part}" for part in shown] if isinstance(shown, dict) else [its.id]
        first = next((lines[each] for each in names if each in lines), "")
        if first or isinstance(shown, dict) != isinstance(values.get(its.id, shown), dict):
            why = f"{claim} was given before{first and f', in {first}'}: leave one of them"
            lost.append(Unread(here, why))
            continue
        claims[its.id] = its
        lines.update(dict.fromkeys(names, here))
        values[its.id] = {**values.get(its.id, {}), **shown} if isinstance(shown, dict) else shown
    readings = [
        Reading(claims[key], value, 0, why=no_number(book().of(claims[key]), value))
        for key, value in values.items()
    ]
    lost.sort(key=lambda each: int(each.where.rpartition(" ")[2]))
    return Report(name, _by_unit(readings), unread=tuple(lost))


def check_notebook(path: Path) -> Report:
    """Check an executed notebook. Raises NotANotebook, or UsageError if nbformat is not installed."""
    cells, name = read_notebook(path), one_line(path.name)
    if not any(cell.stdout or cell.stderr or cell.result or cell.failure for cell in cells):
        return Report(name, (), not_run=True)
    readings = read_claims(cells)
    units = _by_unit(readings.readings)
    return Report(name, units, tuple(explain_cells(cells)), readings.cells, readings.unmatched)


def _named(name: str, value: Any, ledger: Ledger) -> tuple[Claim, Any]:
    """Return the claim of a name, and a value with numbers as they are printed."""
    if len(name) > _LONGEST_NAME:
        raise UsageError(f"{one_line(name[:40])}…: no claim has so long a name: see `workshop list`")
    text = canonical(name)
    parts = text.split(".")
    for last in range(len(parts), 2, -1):
        written = ".".join(parts[:last]).partition("[")[0]
        known = ledger.claims.get(claim_after(written, ledger))
        if known is not None:
            rest, shown = text.removeprefix(written).lstrip("."), _shown(value, name, known)
            try:
                parse_steps(rest)
            except ValueError as error:
                raise UsageError(f"{name}: {error}") from None
            return known, {rest: shown} if rest else shown
    known = ledger.claims[find_id(name, ledger, "claim")]
    return known, _shown(value, name, known)


def _shown(value: Any, name: str, claim: Claim) -> Any:
    """Return a value with numbers as they are printed. Raises UsageError for one that has no end."""
    try:
        return _as_shown(value, [_MOST_PARTS], percent=in_percent(claim, ""))
    except RecursionError:
        raise UsageError(f"{one_line(name)}: it contains itself, or too many lists in lists") from None
    except ValueError as error:
        raise UsageError(f"{one_line(name)}: {one_line(str(error))}") from None


def _as_shown(value: Any, room: list[int], *, percent: bool) -> Any:
    room[0] -= 1
    if room[0] < 0:
        raise ValueError(f"it has more than {_MOST_PARTS:,} parts: give what the claim has")
    if not isinstance(value, str) and hasattr(value, "__array__"):
        array = np.asarray(value)
        if array.size > _MOST_PARTS:
            raise ValueError(f"it has more than {_MOST_PARTS:,} parts: give what the claim has")
        if array.dtype.kind == "f" and array.dtype.itemsize < 8:
            # 0.93 of a narrow type would be 0.9300000071525574 as Python's
            array = np.array([float(str(number)) for number in array.ravel()]).reshape(array.shape)
        value = array
    value = plain(value)
    if isinstance(value, dict):
        return {str(key): _as_shown(item, room, percent=percent) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_shown(item, room, percent=percent) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError("it is too large to be a number of the book")
    if isinstance(value, int | float):
        return Shown(repr(value))
    text = str(value).strip()
    number = read(text, percent=percent) if len(text) < _LONGEST_NAME else None
    return text if number is None else Shown(text, number.value)


def _by_unit(readings: Sequence[Reading]) -> tuple[UnitCheck, ...]:
    order = {claim: place for place, claim in enumerate(book().ledger.claims)}
    units: dict[str, list[Reading]] = {}
    for reading in sorted(readings, key=lambda each: order[each.claim.id]):
        units.setdefault(reading.claim.unit, []).append(reading)
    return tuple(_unit(unit, its) for unit, its in units.items())


def _unit(unit: str, readings: Sequence[Reading]) -> UnitCheck:
    """Judge the readings of a unit, by the runs of today's versions, or else of earlier ones."""
    today = _judged(unit, readings, "")
    if today.together not in {"✘", "?"} or today.equals_error:
        return today
    for era in eras():
        before = _judged(unit, readings, era.name)
        if before.together == "✔" and before.made != today.made:
            enough = before.runs >= FEWEST
            return replace(today, together="✔" if enough else "?", made=before.made, era=era.name)
    if today.together == "?":
        return today
    pitfalls = () if today.edits or not today.learned else book().ledger.units[unit].number_pitfalls
    return replace(today, together="?" if today.code == "same" else "✘", pitfalls=pitfalls)


def _judged(unit: str, readings: Sequence[Reading], era: str) -> UnitCheck:
    """Judge the readings of a unit by the runs of one era, each alone and all together."""
    known = book(era)
    judgements: list[ValueJudgement] = []
    compared: list[ValueJudgement] = []
    numbers: list[TypedNumber] = []
    beyond: list[TypedNumber] = []
    shows = any(reading.shown for reading in readings)
    for reading in readings:
        against, value = known.of(reading.claim), reading.value
        if reading.why:
            judgements.append(judgement_of(against, value, "no number", (f"{capital(reading.why)}.",)))
            continue
        judgement = judge(against, value, same_code=reading.code == "same")
        if not shows and judgement.ok:  # what is only in the code may never have run
            why = "it is read from the code, and no output shows that it ran"
            judgement = not_compared(against, value, why)
        judgements.append(judgement)
        compared.append(judgement)
        for number in judgement.typed:
            placed = judgement.placed.get(number.name)
            if number.known.runs and not (placed and left_out_of_joint(placed)):
                numbers.append(number)
            if number.known.runs and placed and placed.state == "?":
                beyond.append(number)
    answers = {its.answer for each in judgements for its in each.placed.values()}
    if answers == {"equals the printed value"}:  # all is the book's own run
        numbers = []
    own = [number for reading in readings for number in known.of(reading.claim).numbers.values()]
    p = joint_p(numbers) if numbers else None
    edits = next((reading.edits for reading in readings if reading.edits), ())
    codes = {reading.code for reading in readings} - {""}
    runs = min((len(number.runs) for number in numbers), default=0)
    outside = len(distinct(beyond))
    return UnitCheck(
        unit,
        tuple(judgements),
        p,
        together_state(p),
        runs,
        len(distinct(numbers)),
        outside,
        share_with(numbers, outside) if outside else 0.0,
        made=next((number.made for number in own if number.made), ""),
        code="other" if edits else "same" if "same" in codes else "",
        edits=edits,
        learned=learned(unit, compared),
    )


def learned(unit: str, judgements: Sequence[ValueJudgement]) -> bool:
    """Whether a training was better than guessing in any epoch; True where the book or a run was not, too."""
    numbers = [
        number
        for judgement in judgements
        for number in judgement.typed
        if "rmse" not in f"{judgement.claim}.{number.name}"
    ]
    both = [[number for number in numbers if str(number.scale) == scale] for scale in ("log", "logit")]
    losses, accuracies = ([float(number.mine) for number in its] for its in both)
    stuck = partial(_stuck, classes_of(unit))
    if len(losses) < _EPOCHS or not all(map(math.isfinite, losses + accuracies)):
        return True
    if not stuck(losses, accuracies):
        return True
    printed, too = ([its.known.printed[0] for its in numbers if its.known.printed] for numbers in both)
    if len(printed) >= _EPOCHS and stuck(printed, too):
        return True
    runs, runs_too = ([its.known.runs for its in numbers if its.known.runs] for numbers in both)
    for place in range(min(map(len, runs + runs_too), default=0)):
        run, its = ([each[place] for each in several] for several in (runs, runs_too))
        if None not in run + its and stuck(run, its):
            return True
    return False


def _stuck(classes: int, losses: Sequence[Any], accuracies: Sequence[Any]) -> bool:
    """Whether neither losses nor accuracies are ever better than those of guessing between classes."""
    if not accuracies:
        return bool(max(losses) - min(losses) <= _STILL * max(losses))
    best = (1 + _WAY * (classes - 1)) / classes
    return bool(min(losses) >= (1 - _BETTER) * math.log(classes) and max(accuracies) <= best)
