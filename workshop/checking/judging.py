"""A reader's value of a claim, against the printed one and the recorded runs: a verdict, p and a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from workshop.checking.among_runs import LEVEL, Number, joint_p
from workshop.checking.shown import Shown, leaves
from workshop.ledger import Claim
from workshop.ledger.rules import PrintedAmongRuns
from workshop.ledger.values import brief, half_digit, is_number, plain
from workshop.reporting.report.reader_number import Printed, Sampled, assess, capital, reader_numbers, who
from workshop.samples.recorded import RecordedRuns
from workshop.statistics.hypothesis_tests import EXCLUDED
from workshop.statistics.scales import Numbers
from workshop.verification.results import SampleSummary
from workshop.wording.numbers import four_digits
from workshop.wording.pairs import printed_part, stated_value
from workshop.wording.words import condition_text

Verdict = Literal[
    "equals the printed value",
    "equals the right value",
    "agrees with the book",
    "an ordinary run",
    "unusual",
    "another procedure",
    "differs",
    "not compared",
    "no number",
]
EQUAL: Verdict = "equals the printed value"
RIGHT: Verdict = "equals the right value"
AGREES: Verdict = "agrees with the book"
ORDINARY: Verdict = "an ordinary run"
UNUSUAL: Verdict = "unusual"
OTHER: Verdict = "another procedure"
DIFFERS: Verdict = "differs"
NOT_COMPARED: Verdict = "not compared"
NO_NUMBER: Verdict = "no number"
GOOD = frozenset({EQUAL, RIGHT, AGREES, ORDINARY, NOT_COMPARED})


@dataclass(frozen=True)
class Judgement:
    """What a reader's value is, in one sentence.

    `yours`, `book` and `runs` are the values in words, `numbers` those with recorded runs, by their names in
    the claim. `p` : how often an honest run is as far out, None where no seed is involved. `ok` : whether p
    is above 0.01, or the value is what the book, a right value or a rule says.
    """

    claim: str
    yours: str
    book: str
    runs: str
    verdict: Verdict
    sentence: str
    p: float | None
    ok: bool
    numbers: Mapping[str, float] = field(default_factory=dict)


def judge(
    claim: Claim, value: Any, sample: SampleSummary | None, recorded: RecordedRuns | None, problem: str = ""
) -> Judgement:
    """Judge a value of a claim alone. `problem` says why there are no runs to compare with."""
    if not claim.rule.needs_sample:
        return _judge_printed(claim, value)
    if sample is None or recorded is None:
        return _judgement(claim, value, NOT_COMPARED, problem or "No runs are recorded.", None)
    numbers = sampled_numbers(claim, value, recorded)
    if not numbers:
        return _judgement(claim, value, NOT_COMPARED, "It has no number that runs were recorded of.", None)
    worst, sentence = _worst(claim, numbers, sample)
    p, alone = joint_p(numbers), min(1.0, 2 * len(numbers) / (len(numbers[0].runs) + 1))
    if worst == OTHER:
        p = min(p, EXCLUDED)
    elif p <= LEVEL and worst != UNUSUAL:
        worst, sentence = (
            UNUSUAL,
            f"Unusual: it is farther from the {len(numbers[0].runs)} recorded runs than any of them.",
        )
    elif p > LEVEL and worst == UNUSUAL:
        p = alone  # by rank, it is only beyond all others
    return _judgement(claim, value, worst, sentence, p, recorded, ok=p > LEVEL)


def unread(claim: Claim, value: Any, why: str) -> Judgement:
    """Return the judgement on a value that can't be compared, which is never ok."""
    return _judgement(claim, value, NO_NUMBER, f"{why[:1].upper()}{why[1:]}.", None, ok=False)


def no_number(claim: Claim, value: Any, recorded: RecordedRuns | None) -> str:
    """Say why a value has no number where the claim has one, "" if it has.

    A value of the claim's own form may be another: it then differs. What is none at all is no answer.
    """
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
            return f"{brief(repr(leaf), 40)} is no number: give one such as {_example(known, runs)}"
    strange = [path for path in mine if path not in numbers | words]
    missing = len(strange) == len(mine)
    if claim.rule.needs_sample and not (recorded and sampled_numbers(claim, value, recorded)):
        missing = bool(strange) or not any(isinstance(mine[path], Shown) for path in mine.keys() & printed)
    if missing:
        named = brief(", ".join(sorted(filter(None, numbers))), 80)
        return f"the claim has no such number: {f'it has {named}' if named else 'give a single one'}"
    return ""


def _example(forms: Sequence[Mapping[str, Any]], runs: Mapping[str, Numbers]) -> str:
    """Return a number of a claim, or of its first recorded run."""
    printed = (leaf for form in forms for leaf in form.values() if is_number(leaf))
    measured = (four_digits(float(values[0])) for values in runs.values() if len(values))
    return next((brief(number, 20) for number in printed), next(measured, "0.93"))


def sampled_numbers(claim: Claim, value: Any, recorded: RecordedRuns) -> list[Number]:
    """Return the numbers of a value that runs were recorded of, if these are numbers of the same things."""
    try:
        measured = _measured(claim, value)
    except (ValueError, LookupError, TypeError):
        return []
    return [
        Number(
            claim.id + ("" if not name or name.startswith("[") else ".") + name,
            name,
            mine,
            recorded.deciding_numbers[name],
            claim.scale_of(name),
        )
        for name, mine in measured.items()
        if name in recorded.deciding_numbers and len(recorded.deciding_numbers[name])
    ]


def _measured(claim: Claim, value: Any) -> dict[str, Shown]:
    """Return a value's numbers by the names that they have in recorded runs."""
    rule = claim.sampled_rule
    if isinstance(rule, PrintedAmongRuns):
        whole = value if rule.documents is None else {rule.documents: value}
        return {name: leaf for name, leaf in leaves(whole) if isinstance(leaf, Shown)}
    numbers = rule.numbers(_unshown(value), claim.documented)
    texts = {float(leaf): leaf for _, leaf in leaves(value) if isinstance(leaf, Shown)}
    return {name: texts.get(number, Shown(repr(float(number)))) for name, number in numbers.items()}


def _unshown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unshown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_unshown(item) for item in value]
    return float(value) if isinstance(value, Shown) else value


def _worst(claim: Claim, numbers: Sequence[Number], sample: SampleSummary) -> tuple[Verdict, str]:
    """Return the worst verdict on single numbers, and its sentence."""
    known = reader_numbers(claim, sample, None, {})
    order: list[Verdict] = [EQUAL, ORDINARY, UNUSUAL, OTHER]
    found: list[tuple[int, str]] = []
    for number in numbers:
        name = number.in_claim
        its = known.get(name)
        if not isinstance(its, Sampled):
            continue
        if not math.isfinite(number.mine):
            bad = int(np.sum(~np.isfinite(number.runs)))
            runs = f"all {len(number.runs)}" if not bad else f"{len(number.runs) - bad} of {len(number.runs)}"
            text = f"It is no number, and {runs} recorded runs have one."
            found.append((order.index(UNUSUAL if bad else OTHER), f"{name}: {text}" if name else text))
            continue
        if not number.scale.allows(number.mine):
            text = (
                f"It is not from 0 to {number.scale.whole:g}."
                if number.scale.name == "logit"
                else "It is below 0."
            )
            found.append((order.index(OTHER), f"{name}: {text}" if name else text))
            continue
        assessment = assess(number.mine.text, replace(its, percent=True, naive=None))
        text = assessment.lines[0].partition(" By chance about")[0]
        answers: dict[str, Verdict] = {"compatible": ORDINARY, "inconclusive": UNUSUAL, "excluded": OTHER}
        answer = answers[assessment.answer]
        if answer == ORDINARY and its.printed and its.printed[1] <= number.mine <= its.printed[2]:
            answer = EQUAL
        found.append((order.index(answer), f"{name}: {text}" if name and len(numbers) > 1 else text))
    if not found:
        return NOT_COMPARED, "It has no number that runs were recorded of."
    worst, sentence = max(found, key=lambda one: one[0])
    if order[worst] == EQUAL and any(rank != worst for rank, _ in found):
        worst = order.index(ORDINARY)
    return order[worst], sentence


def runs_text(numbers: Sequence[Number]) -> str:
    """Write the range of the recorded runs of one number, or how many there are of several."""
    if not numbers:
        return ""
    n = len(numbers[0].runs)
    if len(numbers) > 1:
        return f"{n} recorded runs"
    finite = numbers[0].runs[np.isfinite(numbers[0].runs)]
    if not len(finite):
        return f"{n} recorded runs"
    return f"{four_digits(float(finite.min()))} to {four_digits(float(finite.max()))} in {n} recorded runs"


def one_in(p: float) -> int:
    """Return N of `one in N`, so that no more is claimed than the runs show."""
    return max(math.floor(1 / p + 1e-9), 1)


def _judgement(
    claim: Claim, value: Any, verdict: Verdict, sentence: str, p: float | None,
    recorded: RecordedRuns | None = None, *, ok: bool = True,
) -> Judgement:  # fmt: skip
    numbers = sampled_numbers(claim, value, recorded) if recorded is not None else []
    named = {number.in_claim: float(number.mine) for number in numbers}
    printed = brief(stated_value(claim), 60)
    return Judgement(
        claim.id, yours_text(value), printed, runs_text(numbers), verdict, sentence, p, ok, named
    )


def yours_text(value: Any) -> str:
    """Write a reader's value in 60 characters, its numbers as they were printed."""
    return brief(_written(value), 60)


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    return value.text if isinstance(value, Shown) else value


# Against the print


def _judge_printed(claim: Claim, value: Any) -> Judgement:
    """Judge a value that no seed moves, leaf by leaf: the first leaf that differs decides."""
    known = reader_numbers(claim, None, None, {})
    printed = dict(leaves(plain(claim.documented)))
    notebook = dict(leaves(plain(claim.notebook)))
    paths = dict(leaves(value)).keys()
    if not paths & printed.keys() and paths == notebook.keys():  # it prints less than the book says
        printed = notebook
    finding = claim.finding
    instead = claim.correct if finding is None else printed_part(claim, finding.instead)
    right = dict(leaves(plain(instead))) if instead is not None else {}
    verdicts: set[Verdict] = set()
    for path, mine in leaves(value):
        where = f"{path}: " if path else ""
        if path not in printed:
            if right and path in right and _same_leaf(mine, right[path]):
                verdicts.add(RIGHT)
                continue
            return _differs(claim, value, f"{where}The book prints nothing like it.")
        its = known.get(path)
        if isinstance(mine, Shown) and not math.isfinite(mine):
            return _differs(claim, value, f"{where}It is no finite number.")
        if isinstance(mine, Shown) and isinstance(its, Printed):
            verdict, sentence = _against(mine, its, claim)
            if verdict == DIFFERS:
                return _differs(claim, value, f"{where}{sentence}")
            verdicts.add(AGREES if verdict == EQUAL and not claim.prints(path) else verdict)
        elif _same_leaf(mine, printed[path]):
            verdicts.add(EQUAL if claim.prints(path) else AGREES)
        elif path in right and _same_leaf(mine, right[path]):
            verdicts.add(RIGHT)
        else:
            return _differs(
                claim,
                value,
                f"{where}{capital(who(claim, path))} {brief(printed[path], 40)}, yours is {brief(mine, 40)}.",
            )
    if not verdicts:
        return _judgement(claim, value, NOT_COMPARED, "There is nothing to compare.", None)
    verdict = RIGHT if RIGHT in verdicts else AGREES if AGREES in verdicts else EQUAL
    sentence = {
        RIGHT: "It equals the right value, not the printed one.",
        AGREES: "It agrees with what the book states.",
        EQUAL: "It equals the printed value.",
    }[verdict]
    if verdict == RIGHT and finding is not None and finding.when:
        sentence = f"It is what {condition_text(finding.when)} gives, not what the book prints."
    return _judgement(claim, value, verdict, sentence, None)


def _against(mine: Shown, known: Printed, claim: Claim) -> tuple[Verdict, str]:
    assessment = assess(mine.text, replace(known, percent=True))
    changed = claim.finding is not None and claim.finding.verdict == "changed"
    is_printed = abs(mine - known.value) <= max(known.half, half_digit(mine)) * (1 + 1e-9)
    if is_printed and (known.right is None or changed):
        return EQUAL, assessment.lines[0]
    if assessment.answer == "compatible":
        near = known.right is not None and abs(mine - known.right[0]) < abs(mine - known.value)
        return (RIGHT if near else AGREES), assessment.lines[0]
    return DIFFERS, " ".join(assessment.lines)


def _same_leaf(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Shown):
        return (
            isinstance(theirs, int | float)
            and not isinstance(theirs, bool)
            and abs(mine - theirs) <= half_digit(theirs)
        )
    return bool(mine == theirs)


def _differs(claim: Claim, value: Any, sentence: str) -> Judgement:
    return _judgement(claim, value, DIFFERS, sentence, None, ok=False)
