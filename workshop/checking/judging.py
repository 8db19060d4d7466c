"""A reader's value of a claim as facts: where each of its numbers lies, the worst state, p and a sentence.

All numbers of a unit together: the score of a run is its distance to its third nearest neighbour, with all
numbers rounded as the reader's are, and each in units of its middle half. The p of the reader is the share of
runs, the reader's among them, whose score is as large. If the reader did what the recorded runs did, this p
is exact, whatever the distribution. A p of at most LEVEL is called wrong. It was fixed before looking: an
honest exercise is so at most once in a hundred times.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workshop.checking.notebook.values import Shown, leaves
from workshop.ledger import Claim
from workshop.ledger.rules import PrintedAmongRuns, PrintedRanking, SampledRule
from workshop.ledger.values import brief, half_digit, is_number, plain
from workshop.reporting.own_number import OwnNumber, capital, lines, who
from workshop.samples.recorded import RecordedRuns
from workshop.statistics.own_number import (
    ROUNDING,
    STATES,
    Answer,
    Placed,
    State,
    ok_of,
    place_number,
    read,
    worst,
)
from workshop.statistics.scales import Numbers, Scale
from workshop.wording.numbers import four_digits
from workshop.wording.pairs import printed_part, stated_value
from workshop.wording.words import condition_text

LEVEL = 0.01
_NEIGHBOUR = 3


@dataclass(frozen=True)
class TypedNumber:
    """A number of a reader, with the runs that it is compared with: (runs,), and its scale.

    `name` begins with the claim's id, `in_claim` is the rest of it.
    """

    name: str
    in_claim: str
    mine: Shown
    runs: Numbers
    scale: Scale


def joint_p(numbers: Sequence[TypedNumber]) -> float:
    """Return the p of a reader's numbers among recorded runs, all together; 1 with fewer than five runs."""
    return float(each_p(numbers)[-1])


def each_p(numbers: Sequence[TypedNumber]) -> Numbers:
    """Return the p of each run among all others, that of the reader last: shape (runs + 1,)."""
    runs = min((len(number.runs) for number in numbers), default=0)
    once = {(number.mine.text, number.runs.tobytes()): number for number in numbers}  # claims share numbers
    columns = [column for number in once.values() if (column := _column(number, runs)) is not None]
    if runs < _NEIGHBOUR + 2 or not columns:
        return np.ones(runs + 1)
    points = np.stack(columns, axis=1)
    distances = np.sqrt(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2))
    scores = np.sort(distances, axis=1)[:, _NEIGHBOUR]  # the nearest is the run itself
    return np.asarray(np.mean(scores[None, :] >= scores[:, None] * (1 - 1e-9), axis=1))


def _column(number: TypedNumber, runs: int) -> Numbers | None:
    """Return a number of all runs and of the reader, on its scale and in units of its middle half.

    The runs are rounded as the reader's number is. None if all are the same.
    """
    mine = float(number.mine) if math.isfinite(number.mine) else math.inf
    typed = read(number.mine.text) if math.isfinite(mine) else None
    step = 0.0 if typed is None else 2 * typed.half
    values = np.append(number.runs[:runs], mine)
    rounded = np.where(np.isfinite(values), np.round(values / step) * step, values) if step > 0 else values
    scaled = number.scale.of(_inside(rounded, number.scale))
    finite = scaled[np.isfinite(scaled)]
    if not len(finite) or np.ptp(finite) == 0:
        return None if len(finite) == len(scaled) else np.where(np.isfinite(scaled), 0.0, 1e6)
    low, high = np.quantile(finite, [0.25, 0.75], method="nearest")
    unit = (high - low) or float(np.ptp(finite))
    far = float(np.ptp(finite)) / unit + 10.0
    column = (scaled - float(np.median(finite))) / unit
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


@dataclass(frozen=True)
class Against:
    """What a claim's values are compared with: its numbers by name, and the recorded runs, None without any.

    `erratum` : what the book has wrong, "" if the print is right.
    """

    claim: Claim
    numbers: Mapping[str, OwnNumber]
    recorded: RecordedRuns | None
    erratum: str


@dataclass(frozen=True)
class ValueJudgement:
    """What a reader's value is.

    `yours`, `book` and `runs` are the values in words. `state` and `verdict` are those of the worst part, of
    which the `sentence` is. `p` : how often an honest run is as far out, all its numbers together; None where
    no seed is involved. It does not change the state. `placed` : where each number lies, by its name in the
    claim. `numbers` : those with recorded runs.
    """

    claim: str
    yours: str
    book: str
    runs: str
    state: State
    verdict: Answer
    sentence: str
    p: float | None = None
    placed: Mapping[str, Placed] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool | None:
        """True for ✔ and ≠, False for ✘, None where nothing can be said."""
        return ok_of(self.state)


@dataclass(frozen=True)
class _Part:
    """One part of a value, judged."""

    name: str
    answer: Answer
    sentence: str
    placed: Placed | None = None


def judge(value: Any, against: Against, *, same_code: bool = False) -> ValueJudgement:
    """Judge a value of a claim.

    With the `same_code` as the book's, a bound excludes nothing: it would be an error of our runs.
    """
    if same_code:
        against = replace(against, numbers={name: _unbounded(each) for name, each in against.numbers.items()})
    claim, recorded = against.claim, against.recorded
    numbers = sampled_numbers(claim, value, recorded) if recorded is not None else []
    parts = list(_parts(value, against))
    if not parts:
        why = (
            "No number of it was recorded."
            if numbers
            else "Nothing of it can be compared with the book or runs."
        )
        parts = [_Part("", "not compared", f"Not compared: {why[0].lower()}{why[1:]}")]
    part = parts[worst([part.answer for part in parts])]
    where = f"{_IN_WORDS.get(part.name, part.name)}: " if part.name and len(parts) > 1 else ""
    return _judgement(
        claim,
        value,
        part.answer,
        f"{where}{part.sentence}",
        p=joint_p(numbers) if numbers else None,
        runs=runs_text(numbers),
        placed={part.name: part.placed for part in parts if part.placed is not None},
        numbers={number.in_claim: float(number.mine) for number in numbers},
    )


def _unbounded(number: OwnNumber) -> OwnNumber:
    return replace(number, known=replace(number.known, bounds=None))


def unread(claim: Claim, value: Any, why: str) -> ValueJudgement:
    """Return the judgement on a value that can't be compared, which is never ok."""
    return _judgement(claim, value, "no number", f"{capital(why)}.")


def _judgement(claim: Claim, value: Any, answer: Answer, sentence: str, **facts: Any) -> ValueJudgement:
    said = {"runs": "", **facts}
    return ValueJudgement(
        claim=claim.id,
        yours=yours_text(value),
        book=brief(stated_value(claim), 60),
        state=STATES[answer],
        verdict=answer,
        sentence=sentence,
        **said,
    )


def _parts(value: Any, against: Against) -> Iterator[_Part]:
    """Yield the parts of a value, each with its answer."""
    claim = against.claim
    mine = dict(leaves(value))
    if not isinstance(claim.rule, SampledRule):
        yield from _printed_parts(mine, against)
        return
    if not isinstance(claim.rule, PrintedAmongRuns) and _equals(mine, claim.documented):
        yield _print_part(against, "", wrong=True)
        return
    for name, leaf in measured_numbers(claim, value).items():
        if name in against.numbers:
            part = _placed(name, leaf, against.numbers[name])
            if isinstance(claim.rule, PrintedRanking) and _says_nothing(name, leaf, against.numbers[name]):
                why = "some recorded runs have no name in common with the print, either: any list would pass"
                part = _Part(name, "not compared", f"Not compared: {why}.")
            yield part


def _placed(name: str, leaf: Shown, number: OwnNumber) -> _Part:
    placed = place_number(leaf.text, number.known)
    return _Part(name, placed.answer, lines(leaf.text, placed, number)[0], placed)


def _says_nothing(name: str, leaf: Shown, number: OwnNumber) -> bool:
    return name == "common" and float(leaf) == 0.0 and 0 in (number.known.runs or ())


def _printed_parts(mine: Mapping[str, Any], against: Against) -> Iterator[_Part]:
    """Yield the parts of a value that no seed moves: its numbers, and its words by their equality."""
    claim = against.claim
    printed, notebook = (dict(leaves(plain(form))) for form in (claim.documented, claim.notebook))
    if not mine.keys() & printed.keys() and mine.keys() == notebook.keys():  # it prints less than the book
        printed = notebook
    finding = claim.finding
    instead = claim.correct if finding is None else printed_part(claim, finding.instead)
    right = dict(leaves(plain(instead))) if instead is not None else {}
    for path, leaf in mine.items():
        if isinstance(leaf, Shown) and path in against.numbers and path in printed:
            yield _placed(path, leaf, against.numbers[path])
        elif path in right and _same_leaf(leaf, right[path]):
            if path in printed and _same_leaf(leaf, printed[path]):
                yield _print_part(against, path, wrong=False)
                continue
            versions = f" with {condition_text(finding.when)}" if finding is not None and finding.when else ""
            sentence = f"Equals the right value{versions}, not the printed one."
            yield _Part(path, "equals the right value", sentence)
        elif path not in printed:
            yield _Part(path, "differs", "Differs: the book prints nothing like it.")
        elif not _same_leaf(leaf, printed[path]):
            says = f"{who(claim, path)} {brief(printed[path], 40)}, yours is {brief(leaf, 40)}"
            yield _Part(path, "differs", f"Differs: {says}.")
        else:
            yield _print_part(against, path, wrong=path in right)


def _print_part(against: Against, path: str, *, wrong: bool) -> _Part:
    """Return a part that equals the print, an error of the book, or what the suite expects."""
    claim = against.claim
    if claim.ours or not claim.prints(path):
        return _Part(path, "agrees with the book", "Agrees: it is what the suite expects.")
    if wrong and against.erratum:
        says = f"Equals the print, and the print is an error of the book. {against.erratum}."
        return _Part(path, "equals a wrong print", says)
    return _Part(path, "equals the printed value", "Equals the print.")


def _equals(mine: Mapping[str, Any], documented: Any) -> bool:
    printed = dict(leaves(plain(documented)))
    return mine.keys() == printed.keys() and all(_same_leaf(mine[path], printed[path]) for path in mine)


def _same_leaf(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Shown):
        half = ROUNDING if isinstance(theirs, int) else half_digit(theirs) if is_number(theirs) else 0.0
        return is_number(theirs) and abs(mine - theirs) <= half
    return bool(mine == theirs)


# Numbers with recorded runs


def sampled_numbers(claim: Claim, value: Any, recorded: RecordedRuns) -> list[TypedNumber]:
    """Return the numbers of a value that runs were recorded of, if these are numbers of the same things."""
    return [
        TypedNumber(
            claim.id + ("" if not name or name.startswith("[") else ".") + name,
            name,
            mine,
            recorded.deciding_numbers[name],
            claim.scale_of(name),
        )
        for name, mine in measured_numbers(claim, value).items()
        if name in recorded.deciding_numbers and len(recorded.deciding_numbers[name])
    ]


def measured_numbers(claim: Claim, value: Any) -> dict[str, Shown]:
    """Return a value's numbers by the names that they have in recorded runs; none of another form."""
    rule = claim.sampled_rule
    if isinstance(rule, PrintedAmongRuns):
        named = rule.documents is None or isinstance(value, dict)
        whole = value if named else {rule.documents: value}
        return {name: leaf for name, leaf in leaves(whole) if isinstance(leaf, Shown)}
    try:
        numbers = rule.numbers(_unshown(value), claim.documented)
    except (ValueError, LookupError, TypeError):
        return {}
    texts = {float(leaf): leaf for _, leaf in leaves(value) if isinstance(leaf, Shown)}
    return {name: texts.get(number, Shown(repr(float(number)))) for name, number in numbers.items()}


def _unshown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unshown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_unshown(item) for item in value]
    return float(value) if isinstance(value, Shown) else value


def no_number(value: Any, against: Against) -> str:
    """Say why a value has no number where the claim has one, "" if it has.

    A value of the claim's own form may be another: it then differs. What is none at all is no answer.
    """
    claim, recorded = against.claim, against.recorded
    forms = [claim.documented, claim.notebook, claim.correct, getattr(claim.finding, "instead", None)]
    known = [dict(leaves(plain(form))) for form in forms if form is not None]
    printed = {path for form in known for path, leaf in form.items() if is_number(leaf)}
    runs = {} if recorded is None else recorded.deciding_numbers
    numbers = {*printed, *runs}
    words = {path for form in known for path, leaf in form.items() if not is_number(leaf)} - set(runs)
    mine = dict(leaves(value))
    if not mine:
        return "there is nothing in it: give what the claim has"
    if not numbers:
        return ""
    for path, leaf in mine.items():
        if not isinstance(leaf, Shown) and path not in words and (path in numbers or len(mine) == 1):
            return f"{brief(repr(leaf), 40)} is not a number: give one such as {_example(known, runs)}"
    strange = [path for path in mine if path not in numbers | words]
    missing = len(strange) == len(mine)
    if claim.rule.needs_sample and not (recorded and sampled_numbers(claim, value, recorded)):
        only_words = mine.keys() <= words
        given = any(isinstance(mine[path], Shown) for path in mine.keys() & printed)
        missing = bool(strange) or not (given or only_words)
    if missing:
        named = brief(", ".join(sorted(filter(None, numbers))), 80)
        return f"the claim has no such number: {f'it has {named}' if named else 'give a single one'}"
    return ""


def _example(forms: Sequence[Mapping[str, Any]], runs: Mapping[str, Numbers]) -> str:
    """Return a number of a claim, or of its first recorded run."""
    printed = (leaf for form in forms for leaf in form.values() if is_number(leaf))
    measured = (four_digits(float(values[0])) for values in runs.values() if len(values))
    return next((brief(number, 20) for number in printed), next(measured, "0.93"))


# Words


def runs_text(numbers: Sequence[TypedNumber]) -> str:
    """Write the range of the recorded runs of one number, or how many there are of several."""
    if not numbers:
        return ""
    n = len(numbers[0].runs)
    finite = numbers[0].runs[np.isfinite(numbers[0].runs)]
    if len(numbers) > 1 or not len(finite):
        return f"{n} recorded runs"
    return f"{four_digits(float(finite.min()))} to {four_digits(float(finite.max()))} in {n} recorded runs"


def yours_text(value: Any) -> str:
    """Write a reader's value in 60 characters, its numbers as they were printed."""
    return brief(_written(value), 60)


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    return value.text if isinstance(value, Shown) else value
