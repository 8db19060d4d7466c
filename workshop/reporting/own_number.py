"""What a reader's number is compared with, and the words for where it lies: one table for all faces.

`statistics.own_number` places the number. The page has its port in JavaScript, and this module's sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from workshop.errors import UsageError
from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import (
    AtLeast,
    AtMost,
    Between,
    Parts,
    PrintedAmongRuns,
    PrintedRanking,
    Rounds,
    Rule,
    SampledRule,
    Within,
)
from workshop.ledger.scales import guess_of, scale_of, unit_of
from workshop.paths import is_within, joined
from workshop.reporting.samples import naive, names_of, numbers_of
from workshop.statistics.own_number import Around, Known, Legal, Placed, is_legal, place_number
from workshop.untrusted import one_line
from workshop.values import brief, half_digit
from workshop.verification.results import Record, SampleSummary
from workshop.wording.numbers import four_digits, names_text, significant
from workshop.wording.pairs import Today, printed_part, today
from workshop.wording.words import condition_text

_RANGE = "The {n} recorded runs lie from {least} to {most}."
_BEYOND = "{typed} is {side} all {n} runs, which end at {end}."
_LOOK = "Look for what differs in data, settings, versions."
_SEEDLESS = f"No seed is involved. {_LOOK}"
# {places} are filled by `lines`; the first sentence of an answer is the answer in short
SENTENCES: Mapping[str, tuple[str, ...]] = {
    "equals the printed value": ("Equals the print: {says}.",),
    "equals a wrong print": ("Equals the print, and the print is an error of the book.", "{erratum}."),
    "equals the right value": ("Equals the right value: {correction}.",),
    "agrees with the book": ("Agrees: {says}{accepted}.",),
    "an ordinary run": ("Ordinary.", _RANGE),
    "at the edge of the runs": (
        "Ordinary, near the edge: {as_far} of {n} recorded runs {are} as far out on that side.", _RANGE
    ),
    "nearer to the print": ("Nearer to the print than our {n} runs{having}.", _RANGE),
    "ordinary for earlier versions": (
        "Ordinary for earlier versions.",
        "It is among the runs with {earlier}, and {gap} {side} all {n} runs of today's versions.",
    ),
    "beyond all runs": (_BEYOND, "Train again with another seed or none."),
    "far beyond the runs": (_BEYOND, "That is more than ten times as far as the runs lie apart.", _LOOK),
    "far above the runs": ("{tenths} times the largest run: {unit}", _RANGE),
    "beyond equal runs": ("Beyond all {n} recorded runs: they all give {most}, whatever the seed.", _LOOK),
    "within a few earlier runs": (
        "{typed} is {side} all {n} runs of today's versions, which end at {end}.",
        "It is among the few runs with {earlier}, which can't say how rare it is.",
    ),
    "excluded by the runs": (_BEYOND, "Fewer than one run in 1,000 is so far out{scale}.", _LOOK),
    "perhaps another number": (_BEYOND, "Perhaps it is {other}."),
    "perhaps a guess": (_BEYOND, "Perhaps it is {guess}."),
    "what guessing gives": ("{typed} is no better than guessing.",),
    "another number": ("{typed} is {other}.",),
    "a percentage": ("A percentage: {typed} is not a share, and the book prints shares.", "Type {share}."),
    "a share": ("A share: the book prints percentages here.", "Type {percentage}."),
    "impossible": ("Impossible: {possible}.",),
    "differs": ("Differs: {says}; {typed} is {away} away.", _SEEDLESS),
    "differs in words": ("Differs: {says}, yours is {typed}.",),
    "nothing like it": ("Differs: the book prints nothing like it.",),
    "differs from both": ("Differs: {correction}; {typed} is neither.", _SEEDLESS),
    "no number": ("Not a number: '{typed}'.", "Give one like 0.846."),
    **dict.fromkeys(("diverged", "diverged like other runs"), ("Diverged: {typed} is not a finite number.",)),
    "too few digits": ("Not compared: {typed} has too few digits.", _RANGE),
    "not compared": ("Not compared: {reason}.",),
    # further lines
    "no run reaches it": ("No recorded run reaches it: they lie from {least} to {most}.",),
    "crashed": ("{crashed} of {n} recorded runs crashed.",),
    "made": ("The runs were recorded with {made}: another version may be the reason.",),
    "naive forecast, too": ("Repeating yesterday's price gives {naive}, too.",),
    "times the naive forecast": ("Repeating yesterday's price gives {naive}; yours is {times} times that.",),
    "above the naive forecast": ("Repeating yesterday's price gives {naive}; yours is above it.",),
    "below the naive forecast": ("Repeating yesterday's price gives {naive}; yours is below it.",),
    "thousands": ("{typed} was read as {read}; for a decimal fraction type {fraction}.",),
}  # fmt: skip
_LEGAL_SCALES: Mapping[str, Legal] = {"logit": "share", "log": "not negative"}
_LEGAL = {
    "share": "a share is from 0 to 1",
    "percent": "a percentage is from 0 to 100",
    "not negative": "it can't be negative",
    "whole": "the book prints a whole number",
}
BEYOND = {
    *("beyond all runs", "beyond equal runs", "within a few earlier runs", "excluded by the runs"),
    *("perhaps another number", "perhaps a guess", "far beyond the runs"),
}
_SUBSTITUTES = "the recorded runs rest on substitute data, and say nothing of yours"


class NoSuchNumber(UsageError):
    """A claim has no number, or not the one asked for; the message names those it has."""


@dataclass(frozen=True)
class OwnNumber(Known):
    """A number of a claim that a reader may have, too: what it is compared with, and the words for that.

    `says` : what is stated, and by whom. `accepted`, `possible` : what the rule accepts and the quantity can
    be. `reason` : why it is not compared with runs. `scale` : on which one they exclude it. `made` : their
    versions. `unit` : in which unit it may be, as a question. `naive` : the naive forecast's number.
    """

    says: str = ""
    erratum: str = ""
    correction: str = ""
    accepted: str = ""
    possible: str = ""
    reason: str = ""
    scale: str = ""
    made: str = ""
    unit: str = ""
    naive: float | None = None


def answer_mine(
    claim: Claim, asked: str, last: Record | None, sample: SampleSummary | None, ledger: Ledger
) -> tuple[Placed, tuple[str, ...]]:
    """Answer `workshop show CLAIM --mine` for a number, given as NUMBER or NAME=NUMBER.

    `last` is the claim's last record, which has the run's number and the naive forecast. `sample` has the
    claim's recorded runs, None if its rule needs none. Raises NoSuchNumber.
    """
    numbers = own_numbers(claim, ledger, sample, last)
    if not numbers:
        said = claim.statement if claim.printed is None else brief(claim.printed, 60)
        raise NoSuchNumber(f"{claim.id} has no number to compare: {who(claim)} {said}")
    given, equals, typed = asked.rpartition("=")
    name = given if equals else next(iter(numbers))
    if name not in numbers or (not equals and len(numbers) > 1):
        options = names_text([f"--mine '{name}=…'" if name else "--mine alone" for name in numbers])
        raise NoSuchNumber(f"--mine {one_line(asked)} is not a number of {claim.id}: {options}")
    placed = place_number(typed, numbers[name])
    said_of = lines(typed, placed, numbers[name])
    if placed.answer == "no number":
        raise NoSuchNumber(" ".join(said_of))
    return placed, said_of


def lines(typed: str, placed: Placed, number: OwnNumber) -> tuple[str, ...]:
    """Say where a typed number lies, in sentences. The first one is the answer in short."""
    typed, value, naive, runs = typed.strip(), placed.value, number.naive, number.ended
    answer: str = placed.answer
    keys = [answer]
    if answer == "differs" and number.right is not None:
        keys = ["differs from both"]
    elif answer == "far beyond the runs" and placed.side == "above" and runs[-1] > 0:
        keys = ["far above the runs"]
    if answer.startswith("equals") and placed.n > placed.crashed and not placed.as_far:
        keys.append("no run reaches it")
    if answer != "no number":
        if 0 < placed.crashed < placed.n:
            keys.append("crashed")
        if answer in BEYOND and number.made:
            keys.append("made")
        if naive is not None and not answer.startswith("diverged"):
            if value == naive:
                keys.append("naive forecast, too")
            elif naive > 0 and value > 0:
                keys.append("times the naive forecast")
            else:
                keys.append(f"{'above' if value > naive else 'below'} the naive forecast")
        if placed.thousands:
            keys.append("thousands")
    least, most = (four_digits(run) for run in (runs[0], runs[-1])) if runs else ("", "")
    facts = {
        **vars(number),
        **vars(placed),
        "typed": one_line(typed),
        "guess": number.guess[2] if number.guess is not None else "",
        "other": "".join(text for *_, text in number.others[placed.which : placed.which + 1]),
        "earlier": "".join(text for *_, text in number.earlier[placed.which : placed.which + 1]),
        "are": "is" if placed.as_far == 1 else "are",
        "least": least,
        "most": most,
        "end": most if placed.side == "above" else least,
        "gap": four_digits(placed.gap),
        "away": four_digits(placed.away),
        "share": four_digits(value / 100),
        "percentage": four_digits(value * 100),
        "tenths": four_digits(significant(value / ((runs[-1] if runs else 0.0) or 1.0), 2)),
        "having": f", which have {number.made}" if number.made else "",
        "naive": four_digits(naive or 0.0),
        "times": four_digits(significant(value / naive if naive else 0.0, 3)),
        "read": typed.replace(",", ""),
        "fraction": typed.replace(",", "."),
    }
    return tuple(text for key in keys for text in say(key, **facts))


def say(key: str, **facts: Any) -> tuple[str, ...]:
    """Fill the sentences of an answer."""
    return tuple(text.format_map(facts) for text in SENTENCES[key])


# A claim's numbers


def own_numbers(
    claim: Claim, ledger: Ledger, sample: SampleSummary | None, record: Record | None = None
) -> dict[str, OwnNumber]:
    """Return what a reader's number is compared with, by the name of the number; nothing for words.

    `record` is what a run gave, if there was one.
    """
    stated, right = numbers_of(claim, claim.documented), numbers_of(claim, instead_of(claim))
    if isinstance(claim.rule, PrintedRanking):
        stated = claim.rule.numbers(claim.documented, claim.documented)
    measured = {} if record is None or claim.rule.needs_sample else today(record)
    baseline, numbers = naive(record), {}
    for name in names_of(claim, sample):
        number = _stated(claim, ledger, name, stated.get(name), right.get(name))
        if claim.rule.needs_sample:
            number = _among_runs(number, name, sample)
        this_run = _this_run(claim, name, number, measured.get(joined(claim.part, name)))
        forecast = baseline[name].median if name in baseline else None
        number = replace(number, naive=forecast, says=number.says + this_run)
        values = [one[0] for one in (number.printed, number.right) if one is not None]
        if not all(is_legal(value, number) for value in values + number.ended):
            number = replace(number, legal="", possible="")
        numbers[name] = number
    return numbers


def instead_of(claim: Claim) -> Any:
    """Return the right value of what is printed, None if the print is right or no value is known."""
    return claim.correct if claim.finding is None else printed_part(claim, claim.finding.instead)


def _stated(claim: Claim, ledger: Ledger, name: str, value: float | None, right: float | None) -> OwnNumber:
    """Return what the ledger says of a number, by whom it is stated, the erratum, and other numbers."""
    rule, percent = _rule_of(claim, name), in_percent(claim, name)
    stated, sampled = (rule.scale, True) if isinstance(rule, SampledRule) else (None, False)
    part = "" if isinstance(claim.rule, SampledRule) else claim.part
    measure = scale = guess = None  # of a number that no run measures
    with suppress(ValueError):
        measure = claim.measure_of(name if name.startswith(part) else joined(part, name))
        scale, guess = scale_of(measure, name, stated), guess_of(measure, name)
    accepts = None if sampled or value is None else _accepted(rule, value)
    whole = accepts == (value, value) and isinstance(value, int)

    def around(number: float | None) -> Around | None:
        if number is None:
            return None
        # nothing says that a whole number was rounded
        if whole or (float(number).is_integer() and not isinstance(rule, Rounds)):
            return number, number, number
        if isinstance(rule, PrintedAmongRuns):
            return number, *rule.interval(number)
        if isinstance(rule, PrintedRanking) and claim.notebook is not None:  # of another run, as good a print
            other = rule.numbers(claim.notebook, claim.documented).get(name, number)
            return number, min(number, other) - half_digit(number), max(number, other) + half_digit(number)
        half = half_digit(number, _decimals(rule) if number == value else None)
        return number, *_inside(number - half, number + half, number, rule)

    step = 100.0 if percent else 1.0
    legal = _LEGAL_SCALES.get(str(scale), "whole" if whole else "")
    right = None if right == value else right
    title, ours = erratum_of(claim, ledger), claim.ours or not claim.prints(name)
    says = "" if value is None else f"{who(claim, name)} {brief(_plain(value), 20)}"
    correction = "" if right is None else correction_of(claim, brief(_plain(right), 20), says)
    return OwnNumber(
        printed=around(value),
        ours=ours,
        error=bool(title) and not ours and (right is not None or instead_of(claim) is None),
        right=around(right),
        accepts=accepts,
        legal=legal,
        percent=percent,
        grid=1.0 if whole else step / scale.rows if scale and scale.rows else 0.0,
        guess=(*guess.span(step), guess.text) if guess else None,
        others=tuple((*other.span, other.text) for other in ledger.known_numbers(claim.unit)),
        says=says,
        erratum="; ".join(text for text in (title, correction) if text),
        correction=correction,
        accepted="" if accepts is None else _accepts(*accepts),
        possible=_LEGAL.get("percent" if percent and legal == "share" else legal, ""),
        unit=unit_of(measure, name),
        scale=f", judged on the {scale} scale" if sampled and str(scale) != "identity" else "",
    )


def _among_runs(number: OwnNumber, name: str, sample: SampleSummary | None) -> OwnNumber:
    """Return the same with the recorded runs that decide a number, or why there are none."""
    why = "no runs are recorded" if sample is None else sample.problem
    if sample is None or why or any(unit.substitutes for unit in sample.units):
        return replace(number, runs=(), reason=why.rstrip(".") or _SUBSTITUTES)
    runs = next(each for each in sample.numbers if each.name == name)
    deciding = runs.runs[: runs.deciding]  # all where the results don't say how many decide
    ended = [run for run in deciding if run is not None]
    least, most = min(ended, default=0.0), max(ended, default=0.0)
    # six digits halve the page; the least and the greatest keep all of theirs
    shortened = (None if run is None else min(max(float(f"{run:.6g}"), least), most) for run in deciding)
    return replace(
        number,
        runs=tuple(shortened),
        bounds=runs.bounds,
        earlier=tuple((each.runs, each.least, each.most, each.made) for each in runs.earlier),
        made=sample.made,
        reason="all recorded runs crashed" if deciding else "too few runs are recorded",
    )


def _inside(low: float, high: float, number: float, rule: Rule | None) -> tuple[float, float]:
    """Return what is printed like a number, as far as the bound allows that the number keeps."""
    if not isinstance(rule, Between | AtLeast | AtMost):
        return low, high
    least, most = _accepted(rule, number)
    if least is not None and least <= number:
        low = max(low, least)
    return low, min(high, most) if most is not None and number <= most else high


def _decimals(rule: Rule | None) -> int | None:
    return rule.decimals if isinstance(rule, Rounds) else None


def _this_run(claim: Claim, name: str, number: OwnNumber, measured: Today | None) -> str:
    """Say what this run gives for a printed number, "" if that is not known."""
    if measured is None or number.printed is None:
        return ""
    value, run = number.printed[0], measured.median
    same = abs(run - value) <= half_digit(value, _decimals(_rule_of(claim, name)))
    return ", and so does this run" if same else f", this run gives {brief(_plain(run), 20)}"


def correction_of(claim: Claim, right: str, says: str) -> str:
    """Say what is right, with which versions, and what is printed instead."""
    versions = condition_text(claim.finding.when) if claim.finding is not None else ""
    return f"{right} is right{f' with {versions}' if versions else ''}{f', and {says}' if says else ''}"


def erratum_of(claim: Claim, ledger: Ledger) -> str:
    """Return the title of the error that a claim's print is; "" if it is none, or none that is confirmed."""
    reader = ledger.first_of(claim).reader
    confirmed = claim.is_error and ledger.has_confirmed(ledger.first_of(claim))
    return reader.title if confirmed and reader is not None else ""


def _plain(value: float) -> float:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def in_percent(claim: Claim, name: str) -> bool:
    """Whether a claim's numbers are percents, as the names of the claim, the number or its quantity say."""
    names = [claim.name, name, claim.measured_in or "", *map(str, claim.measures().values())]
    return "percent" in re.findall("[a-z]+", " ".join(names))


def who(claim: Claim, number: str | None = None) -> str:
    """Say who states what is documented, or one number of it."""
    if claim.ours or (number is not None and not claim.prints(number)):
        return "it should be"
    return "the authors' notebook prints" if claim.source == "notebook" else "the book prints"


def _rule_of(claim: Claim, name: str) -> Rule | None:
    """Return the rule that decides one number of what is printed."""
    if not isinstance(claim.rule, Parts):
        return claim.rule
    path = joined(claim.part, name)
    checks = [check for check in claim.rule.checks if is_within(path, check.at)]
    return max(checks, key=lambda check: len(check.at)).rule if checks else None


def _accepted(rule: Rule | None, value: float) -> tuple[float | None, float | None]:
    """Return the lowest and highest number that a rule accepts, None where there is no such end."""
    if isinstance(rule, Rounds | Within):
        return value - rule.allowed(value), value + rule.allowed(value)
    if isinstance(rule, Between):
        return rule.low, rule.high
    if isinstance(rule, AtLeast):
        return rule.limit(value), None
    if isinstance(rule, AtMost):
        return None, rule.limit(value)
    return value, value


def _accepts(low: float | None, high: float | None) -> str:
    """Write what a rule accepts beyond the printed number itself; "" for nothing."""
    if low == high:
        return ""
    start = "" if low is None else f" from {brief(low, 20)}"
    end = "" if high is None else f" {'to' if start else 'up to'} {brief(high, 20)}"
    return f"; anything{start}{end} agrees"
