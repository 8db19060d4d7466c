"""A reader's value of a claim as facts: where each of its numbers lies, the worst state, p and a sentence.

All numbers of a unit together: the score of a run is its distance to its third nearest neighbour, with all
numbers rounded as the reader's are, and each in units of its middle half. The p of the reader is the share of
runs, the reader's among them, whose score is as large; a run of which a single number is wrong among all
others has a larger score than one without. If the reader did what the recorded runs did, this p is exact,
whatever the distribution. A p of at most LEVEL is called wrong, and one of at most UNUSUAL unusual. Both were
fixed before looking: an honest exercise is unusual or wrong at most once in twenty times. It has its mark by
this p and not by its worst number, because one of many is often beyond all runs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from workshop.checking.notebook.values import Shown
from workshop.ledger import Claim
from workshop.ledger.rules import PrintedAmongRuns, PrintedRanking, SampledRule
from workshop.reporting.own_number import OwnNumber, correction_of, instead_of, lines, say, who
from workshop.statistics.own_number import (
    ROUNDING,
    STATES,
    WORST,
    Answer,
    Known,
    Placed,
    State,
    ok_of,
    place_number,
    read,
    worst,
)
from workshop.statistics.placement import prediction_bounds
from workshop.statistics.scales import Numbers, Scale
from workshop.values import brief, half_digit, is_number, named_leaves
from workshop.wording.numbers import four_digits
from workshop.wording.pairs import stated_value

LEVEL, UNUSUAL = 0.01, 0.05
WRONG_PRINT: Answer = "equals a wrong print"
_NEIGHBOUR = 3


@dataclass(frozen=True)
class TypedNumber:
    """A number of a reader as it is written, and what it is compared with.

    `name` : in its claim. `together` : how many numbers of the claim are placed with it.
    """

    name: str
    mine: Shown
    known: Known
    scale: Scale
    together: int = 1

    @cached_property
    def runs(self) -> Numbers:
        """The number in each recorded run, ∞ in one that has none."""
        return np.array([math.inf if run is None else run for run in self.known.runs or ()])


def together_state(p: float | None) -> State:
    """Return the state of all numbers together, by their joint p; – without one."""
    return "–" if p is None else "✘" if p <= LEVEL else "?" if p <= UNUSUAL else "✔"


def exercise_state(states: Iterable[State], together: State) -> State:
    """Return an exercise's state by those of its results, and that of all numbers together.

    A number that is only beyond the runs does not colour it, where all numbers together have a state.
    """
    counted = {state for state in states if state != "?" or together == "–"}
    return min(counted | {together}, key=WORST.index)


def equals_error(answers: Sequence[Answer]) -> bool:
    """Whether most numbers equal a wrong print: then this is what is to be said of all of them."""
    return 2 * answers.count(WRONG_PRINT) > len(answers)


def left_out_of_joint(placed: Placed) -> bool:
    """Whether a number is the print, or nearer to it than all runs: the claim's verdict is about that."""
    return placed.answer == "nearer to the print" or (
        placed.answer.startswith("equals") and not placed.as_far
    )


def joint_p(numbers: Sequence[TypedNumber]) -> float:
    """Return the p of a reader's numbers among recorded runs, all together; 1 with fewer than five runs."""
    p = float(each_p(numbers)[-1])
    return p if p > UNUSUAL else float(each_p(numbers, alone=True)[-1])  # runs that are wrong alone cost time


def each_p(numbers: Sequence[TypedNumber], *, alone: bool = False) -> Numbers:
    """Return the p of each run among all others, that of the reader last: shape (runs + 1,).

    `alone` : whether a run of which a single number is wrong among all others is farther out than those
    without. Only then is p exact for marks; for all others it is larger.
    """
    runs = min((len(number.runs) for number in numbers), default=0)
    columns = [column for number in distinct(numbers) if (column := _column(number, runs)) is not None]
    if runs < _NEIGHBOUR + 2 or not columns:
        return np.ones(runs + 1)
    squared = np.zeros((runs + 1, runs + 1))
    for column in columns:
        squared += (column[:, None] - column) ** 2
    scores = np.partition(squared, _NEIGHBOUR, axis=1)[:, _NEIGHBOUR]  # the nearest is the run itself
    if alone:
        wrong = np.zeros(runs + 1, bool)
        for number in distinct(numbers):
            mine = float(number.mine) if math.isfinite(number.mine) else math.inf
            values = np.append(number.runs[:runs], mine)
            for end in {int(values.argmin()), int(values.argmax())}:
                wrong[end] |= left_out(number, values, end).state == "✘"
        scores += wrong * (1 + scores.max())
    nearer = np.searchsorted(np.sort(scores), scores * (1 - 1e-9))
    return np.asarray((runs + 1 - nearer) / (runs + 1))


def left_out(number: TypedNumber, values: Numbers, run: int) -> Placed:
    """Return where the number of one of several runs lies among all others."""
    others = np.delete(values, run)
    known = replace(number.known, runs=tuple(run if math.isfinite(run) else None for run in others.tolist()))
    typed = f"{values[run]:.4g}"
    placed = place_number(typed, replace(known, bounds=None))
    if placed.answer != "beyond all runs":
        return placed
    return place_number(
        typed, replace(known, bounds=prediction_bounds(others, number.scale, number.together))
    )


def distinct(numbers: Sequence[TypedNumber]) -> list[TypedNumber]:
    """Return each number once: claims share some."""
    return [*{(number.mine.text, number.runs.tobytes()): number for number in numbers}.values()]


def share_with(numbers: Sequence[TypedNumber], outside: int) -> float:
    """Return the share of recorded runs that have this many numbers beyond those of all others."""
    runs = min((len(number.runs) for number in numbers), default=0)
    counts = np.zeros(runs)
    for number in distinct(numbers):
        values = _rounded(number, runs)[:-1]
        for end in (values.min(), values.max()):
            at_end = values == end
            counts += at_end & (np.sum(at_end) == 1)
    return float(np.mean(counts >= outside)) if runs else 0.0


def _rounded(number: TypedNumber, runs: int) -> Numbers:
    """Return a number of all runs and, last, of the reader, rounded as hers is; ∞ where there is none."""
    mine = float(number.mine) if math.isfinite(number.mine) else math.inf
    typed = read(number.mine.text) if math.isfinite(mine) else None
    step = 0.0 if typed is None else 2 * typed.half
    values = np.append(number.runs[:runs], mine)
    return np.where(np.isfinite(values), np.round(values / step) * step, values) if step > 0 else values


def _column(number: TypedNumber, runs: int) -> Numbers | None:
    """Return a number of all runs and of the reader, on its scale and in units of its middle half.

    Where all in the middle are alike, the unit is the mean distance from them, so that a single other number
    is far out. None if all are the same.
    """
    scaled = number.scale.of(_inside(_rounded(number, runs), number.scale))
    finite = scaled[np.isfinite(scaled)]
    if not len(finite) or np.ptp(finite) == 0:
        return None if len(finite) == len(scaled) else np.where(np.isfinite(scaled), 0.0, 1e6)
    low, high = np.quantile(finite, [0.25, 0.75], method="nearest")
    middle = float(np.median(finite))
    unit = (high - low) or float(np.mean(np.abs(finite - middle)))
    far = float(np.ptp(finite)) / unit + 10.0
    column = (scaled - middle) / unit
    return np.nan_to_num(column, nan=far, posinf=far, neginf=-far)


def _inside(values: Numbers, scale: Scale) -> Numbers:
    """Return values that their scale can take: a rounded loss of 0 is half of the smallest other one."""
    if str(scale) == "log":
        positive = values[(values > 0) & np.isfinite(values)]
        return np.where(values <= 0, (positive.min() if len(positive) else 1.0) / 2, values)
    if str(scale) == "logit" and scale.rows is None:
        edge = 1e-5 * scale.whole
        return np.where(np.isfinite(values), np.clip(values, edge, scale.whole - edge), values)
    return values


_IN_WORDS = {"common": "names in common with the print", "best": "the first one's score"}
_PLACE = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Against:
    """What a claim's values are compared with: its numbers by name, with their recorded runs.

    `erratum` : what the book gets wrong, "" if the print is right.
    """

    claim: Claim
    numbers: Mapping[str, OwnNumber]
    erratum: str

    def typed(self, name: str, mine: Shown) -> TypedNumber:
        """Return a reader's number with what it is compared with."""
        rule = self.claim.rule
        together = rule.placed(self.claim.documented) if isinstance(rule, PrintedAmongRuns) else self.numbers
        return TypedNumber(name, mine, self.numbers[name], self.claim.scale_of(name), len(together))


@dataclass(frozen=True)
class ValueJudgement:
    """What a reader's value is.

    `yours`, `book` and `runs` are the values in words. `state` and `verdict` are those of the worst part, of
    which the `lines` are, the first one the answer in short. `part` : which one, "" of a value that has but
    one. `p` : how often an honest run is as far out, all its numbers together; None where no seed is
    involved. It does not change the state. `placed` : where each number lies, by its name in the claim.
    `numbers` : those with recorded runs. `typed` : all that depend on a seed.
    """

    claim: str
    yours: str
    book: str
    runs: str
    state: State
    verdict: Answer
    lines: tuple[str, ...]
    part: str = ""
    p: float | None = None
    placed: Mapping[str, Placed] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    typed: tuple[TypedNumber, ...] = ()

    @property
    def sentence(self) -> str:
        """All that is said of it."""
        return f"{self.part}{': ' if self.part else ''}{' '.join(self.lines)}"

    @property
    def ok(self) -> bool | None:
        """True for ✔ and ≠, False for ✘, None where nothing can be said."""
        return ok_of(self.state)


def typed_numbers(against: Against, value: Any) -> tuple[TypedNumber, ...]:
    """Return the numbers of a value that depend on a seed."""
    measured = _measured(against.claim, value)
    return tuple(against.typed(name, mine) for name, mine in measured.items() if name in against.numbers)


def _measured(claim: Claim, value: Any) -> dict[str, Shown]:
    """Return a value's numbers by the names that they have in recorded runs; none of another form."""
    rule, parts = claim.rule, dict(named_leaves(value))
    if not isinstance(rule, SampledRule):
        return {}
    if isinstance(rule, PrintedAmongRuns):
        before = "" if rule.documents is None or isinstance(value, dict) else rule.documents
        return {before + name: leaf for name, leaf in parts.items() if isinstance(leaf, Shown)}
    try:
        numbers = rule.numbers(value, claim.documented)
    except (ValueError, LookupError, TypeError):
        return {}
    if isinstance(rule, PrintedRanking):  # a score says nothing where only names are printed
        printed = rule.numbers(claim.documented, claim.documented)
        numbers = {name: number for name, number in numbers.items() if name in printed}
    texts = {float(leaf): leaf for leaf in parts.values() if isinstance(leaf, Shown)}
    return {name: texts.get(number, Shown(repr(float(number)))) for name, number in numbers.items()}


def judge(against: Against, value: Any, *, same_code: bool = False) -> ValueJudgement:
    """Judge a value of a claim.

    With the `same_code` as the book's, a bound excludes nothing: it would be an error of our runs.
    """
    judgement = not_compared(against, value, "nothing of it can be compared with the book or runs")
    parts = list(_parts(against, value, judgement.typed, same_code=same_code))
    if not parts:
        return judgement
    answers = [answer for _, answer, *_ in parts]
    place = worst(answers)
    if STATES[answers[place]] == "?" and equals_error(answers):
        place = answers.index(WRONG_PRINT)
    path, answer, said, _ = parts[place]
    # as a person says it: `row 2, number 1` for `[1][0]`
    name, places = _PLACE.sub("", path), [int(number) + 1 for number in _PLACE.findall(path)]
    kinds = (*("row", "column", "number")[: len(places) - 1], "number")
    words = [f"{kind} {number}" for kind, number in zip(kinds, places, strict=False)]
    named = f"row {name}" if name.isdigit() else _IN_WORDS.get(name, name)
    numbers = [number for number in judgement.typed if number.known.runs]
    return replace(
        judgement,
        state=STATES[answer],
        verdict=answer,
        lines=said,
        part=", ".join(filter(None, [named, *words])) if len(parts) > 1 else "",
        p=joint_p(numbers) if numbers else None,
        placed={name: placed for name, _, _, placed in parts if placed is not None},
    )


def not_compared(against: Against, value: Any, reason: str) -> ValueJudgement:
    """Return the judgement on a value of which nothing can be said."""
    return judgement_of(against, value, "not compared", say("not compared", reason=reason))


def judgement_of(against: Against, value: Any, answer: Answer, lines: tuple[str, ...]) -> ValueJudgement:
    """Return the judgement with an answer on a value as a whole, and the lines that say it."""
    typed, runs = typed_numbers(against, value), ""
    numbers = [number for number in typed if number.known.runs]
    if numbers:
        finite = numbers[0].runs[np.isfinite(numbers[0].runs)]
        runs = f"{len(numbers[0].runs)} recorded runs"
        if len(numbers) == 1 and len(finite):
            runs = f"{four_digits(float(finite.min()))} to {four_digits(float(finite.max()))} in {runs}"
    return ValueJudgement(
        claim=against.claim.id,
        yours=brief(value, 60),
        book=brief(stated_value(against.claim), 60),
        runs=runs,
        state=STATES[answer],
        verdict=answer,
        lines=lines,
        numbers={number.name: float(number.mine) for number in numbers},
        typed=typed,
    )


# the path of a part of a value, its answer, the lines that say it, and where it lies if it is a number
_Part = tuple[str, Answer, tuple[str, ...], Placed | None]


def _parts(
    against: Against, value: Any, numbers: Iterable[TypedNumber], *, same_code: bool
) -> Iterator[_Part]:
    """Yield the parts of a value, each with its answer."""
    claim, mine = against.claim, dict(named_leaves(value))
    printed = dict(named_leaves(claim.documented))
    if not isinstance(claim.rule, SampledRule):  # no seed moves its numbers; words are compared by equality
        notebook, instead = dict(named_leaves(claim.notebook)), instead_of(claim)
        if (
            not mine.keys() & printed.keys() and mine.keys() == notebook.keys()
        ):  # it prints less than the book
            printed = notebook
        right = dict(named_leaves(instead)) if instead is not None else {}
        for path, leaf in mine.items():
            if isinstance(leaf, Shown) and path in against.numbers and path in printed:
                yield _number_part(path, leaf, against.numbers[path])
            else:
                yield _word_part(against, path, mine, printed, right)
        return
    alike = mine.keys() == printed.keys() and not isinstance(claim.rule, PrintedAmongRuns)
    if alike and all(_same_leaf(mine[path], printed[path]) for path in mine):
        yield _word_part(against, "", {}, {}, {})
        return
    for typed in numbers:
        number = against.numbers[typed.name]
        if same_code:
            number = replace(number, bounds=None)
        none = typed.name == "common" and float(typed.mine) == 0.0 and 0 in (number.runs or ())
        if isinstance(claim.rule, PrintedRanking) and none:
            why = "some recorded runs have no name in common with the print, either: any list would pass"
            yield typed.name, "not compared", say("not compared", reason=why), None
        else:
            yield _number_part(typed.name, typed.mine, number)


def _number_part(name: str, leaf: Shown, number: OwnNumber) -> _Part:
    placed = place_number(leaf.text, number)
    return name, placed.answer, lines(leaf.text, placed, number), placed


def _word_part(
    against: Against, path: str, mine: Mapping[str, Any], printed: Mapping[str, Any], right: Mapping[str, Any]
) -> _Part:
    """Return a part that is compared by equality; without any, a whole value that equals the print."""
    claim, whole = against.claim, not mine
    says = f"{who(claim, path)} {brief(stated_value(claim) if whole else printed.get(path), 40)}"
    is_print = whole or (path in printed and _same_leaf(mine[path], printed[path]))
    answer = "differs in words" if path in printed else "nothing like it"
    if path in right and _same_leaf(mine[path], right[path]) and not is_print:
        answer = "equals the right value"
    elif is_print and (claim.ours or not claim.prints(path)):
        answer = "agrees with the book"
    elif is_print:
        wrong = against.erratum and (whole or (path in right and not _same_leaf(mine[path], right[path])))
        answer = "equals a wrong print" if wrong else "equals the printed value"
    facts = {
        "says": says,
        "accepted": "",
        "erratum": against.erratum,
        "correction": correction_of(claim, brief(right.get(path), 40), says),
        "typed": brief(mine.get(path), 40),
    }
    return path, answer if answer in STATES else "differs", say(answer, **facts), None


def _same_leaf(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Shown) and is_number(theirs):
        return abs(mine - theirs) <= (ROUNDING if float(theirs).is_integer() else half_digit(theirs))
    return bool((mine.text if isinstance(mine, Shown) else mine) == theirs)  # a year may be a word of a text


def no_number(against: Against, value: Any) -> str:
    """Say why a value has no number where the claim has one, "" if it has.

    A value of the claim's own form may be another: it then differs. What is none at all is not an answer.
    """
    claim, mine = against.claim, dict(named_leaves(value))
    forms = (claim.documented, claim.notebook, claim.correct, getattr(claim.finding, "instead", None))
    stated = [pair for form in forms if form is not None for pair in named_leaves(form)]
    recorded = {name: runs for name, number in against.numbers.items() if (runs := number.runs)}
    printed = {path for path, leaf in stated if is_number(leaf)}
    words = {path for path, leaf in stated if not is_number(leaf)} - recorded.keys()
    numbers: dict[str, str] = {}  # all that a value may have, as it is printed, or as the first run has it
    for path, leaf in stated:
        if is_number(leaf):
            numbers.setdefault(path, brief(leaf, 20))
    for name, runs in recorded.items():
        numbers.setdefault(name, four_digits(next((run for run in runs if run is not None), math.inf)))
    if not mine:
        return "there is nothing in it: give what the claim has"
    if not numbers:
        return ""
    for path, leaf in mine.items():
        if not isinstance(leaf, Shown) and path not in words and (path in numbers or len(mine) == 1):
            return f"{leaf!r:.40} is not a number: give one such as {next(iter(numbers.values()))}"
    unknown_paths = [path for path in mine if path not in {*numbers, *words}]
    missing = len(unknown_paths) == len(mine)
    if claim.rule.needs_sample and not any(its.known.runs for its in typed_numbers(against, value)):
        given = any(isinstance(mine[path], Shown) for path in mine if path in printed)
        missing = bool(unknown_paths) or not (given or mine.keys() <= words)
    if not missing:
        return ""
    names = sorted(filter(None, numbers))
    it_has = f"it has {brief(names, 80)}" if names else "give a single one"
    return f"the claim has no such number: {it_has}"
