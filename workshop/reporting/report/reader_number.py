"""A reader's own number: is it what the book prints, or what the recorded runs give?

It is judged as the verdict judges the printed number, so that this gets the verdict's answer.
`reader_number.js.j2` says the same on the page, word for word; a test compares both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context
from typing import Any, Literal

from workshop.errors import UsageError
from workshop.ledger import Claim
from workshop.ledger.rules import (
    AtLeast,
    AtMost,
    Between,
    Parts,
    PrintedAmongRuns,
    PrintedDifferences,
    Rounds,
    Rule,
    Within,
)
from workshop.ledger.values import brief, half_digit, is_number, plain
from workshop.reporting.report.samples import made_with, naive, placed
from workshop.untrusted import one_line
from workshop.verification.results import SampleSummary
from workshop.wording.numbers import four_digits, names_text
from workshop.wording.pairs import printed_part
from workshop.wording.words import condition_text

Answer = Literal["compatible", "inconclusive", "excluded"]

# a number is at the edge of the runs if at most this share of them is as far out
EDGE = 0.05
# how much another processor may change the last digits of float32
ROUNDING = 1e-6

_PLAIN = re.compile(
    r"(?P<mantissa>[+-]?(?:\d+(?:\.(?P<places>\d*))?|\.(?P<only>\d+)))(?:[eE](?P<exponent>[+-]?\d+))?",
    re.ASCII,
)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_THREE = Context(prec=3, rounding=ROUND_HALF_UP)  # as JavaScript rounds
_LOOK = "look for what differs in data, settings, versions."


class NoSuchNumber(UsageError):
    """A claim has no number, or none of the name asked for; the message names those it has."""


@dataclass(frozen=True)
class Sampled:
    """A number of a claim that recorded runs decide.

    `runs` : those that decide the claim, None where one crashed. `bounds` : numbers beyond all runs are
    excluded from these on, judged on the `scale`; None if none are. `percent` : the runs count percents.
    `printed` : the printed number and the interval that it stands for. `statement` : the verdict's answer on
    it where it is no number of a single run. `book` : what the runs say of it if it
    is beyond them. `naive` : the naive forecast's. `made` : versions of the runs.
    """

    runs: tuple[float | None, ...]
    bounds: tuple[float, float] | None = None
    scale: str = "identity"
    percent: bool = False
    printed: tuple[float, float, float] | None = None
    statement: Answer | Literal[""] = ""
    book: str = ""
    naive: float | None = None
    made: str = ""


@dataclass(frozen=True)
class Printed:
    """A number of a claim that is decided without recorded runs.

    `value` is printed, which stands for numbers up to `half` a digit away; the claim's rule accepts those
    from `low` to `high`. `right` is the right number with half a digit of its own, if the printed one is
    wrong. `shown`, `book`, `accepts` and `correction` are the words for all that.
    """

    value: float
    half: float
    low: float | None
    high: float | None
    percent: bool
    right: tuple[float, float] | None
    shown: str
    who: str
    book: str
    accepts: str
    correction: str


@dataclass(frozen=True)
class Assessment:
    """The answer, and in lines for readers. The first word of the first line is the answer."""

    answer: Answer
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """A typed number: half a unit of its last digit, and how it was read if there is another way."""

    value: float
    half: float
    note: str = ""


def answer_mine(
    claim: Claim, asked: str, last: Mapping[str, Any] | None, sample: SampleSummary | None
) -> Assessment:
    """Answer `workshop show CLAIM --mine` for a number, given as NUMBER or NAME=NUMBER.

    `last` is the claim's last record, which has the run's number and the naive forecast. `sample` has the
    claim's recorded runs, None if its rule needs none. Raises NoSuchNumber.
    """
    if sample is not None and sample.problem:
        raise NoSuchNumber(sample.problem)
    record = last or {}
    known = reader_numbers(claim, sample, record.get("measured"), record.get("beside", {}))
    if not known:
        said = claim.statement if claim.printed is None else brief(claim.printed, 60)
        raise NoSuchNumber(f"{claim.id} has no number to compare: {who(claim)} {said}")
    given, equals, typed = asked.rpartition("=")
    name = given if equals else next(iter(known))
    if name not in known or (not equals and len(known) > 1):
        options = names_text([f"--mine '{name}=…'" if name else "--mine alone" for name in known])
        raise NoSuchNumber(f"--mine {one_line(asked)} names none of the numbers of {claim.id}: {options}")
    try:
        return assess(typed, known[name])
    except ValueError as error:
        raise NoSuchNumber(str(error)) from None


def reader_numbers(
    claim: Claim, sample: SampleSummary | None, measured: Any, beside: Mapping[str, Any]
) -> dict[str, Sampled | Printed]:
    """Return what a reader's number is compared with, by the name of the number; nothing for words.

    `measured` and `beside` are those of a run's record, None and {} without one.
    """
    if claim.rule.needs_sample:
        return {} if sample is None or sample.problem else {**_sampled(claim, sample, beside)}
    return dict(_printed(claim, measured))


def assess(typed: str, known: Sampled | Printed) -> Assessment:
    """Judge a typed number, which stands for its rounding interval. Raises ValueError if it is no number."""
    number = read(typed, percent=known.percent)
    text = typed.strip()
    if isinstance(known, Sampled):
        assessment = _among_runs(text, number, known)
    else:
        assessment = _against_print(text, number, known)
    return replace(assessment, lines=(*assessment.lines, number.note)) if number.note else assessment


def read(typed: str, *, percent: bool = False) -> Typed:
    """Read a number such as `0.846`, `0,846`, `84.6%`, `8.46e-1` or `1,121`. Raises ValueError.

    A comma separates thousands if it can, else the decimals. `84.6%` is 0.846, or with `percent` 84.6. Half a
    unit of the last digit is at least ROUNDING.
    """
    text = typed.strip()
    number = text.replace("−", "-").removesuffix("%").rstrip()
    thousands = _THOUSANDS.fullmatch(number)
    match = _PLAIN.fullmatch(number.replace(",", "") if thousands else number.replace(",", ".", 1))
    shift = 2 if text.endswith("%") and not percent else 0
    if match is None or ("." in number and "," in number and not thousands):
        raise ValueError(_no_number(text))
    exponent = int(match["exponent"] or 0) - shift
    value = float(f"{match['mantissa']}e{exponent}")
    if not math.isfinite(value):
        raise ValueError(_no_number(text))
    places = len(match["places"] or match["only"] or "") - exponent
    note = ""
    if thousands and number.count(",") == 1 and "." not in number:
        note = f"{text} was read as {match[0]}; for a decimal fraction type {number.replace(',', '.')}."
    return Typed(value, max(float(f"0.5e{-places}"), ROUNDING * abs(value)), note)


def _no_number(text: str) -> str:
    return f"'{one_line(text)}' is no number: type it like 0.846"


# Among recorded runs


def _sampled(claim: Claim, sample: SampleSummary, beside: Mapping[str, Any]) -> dict[str, Sampled]:
    rule, names = claim.rule, [number.name for number in sample.numbers]
    if isinstance(rule, PrintedAmongRuns):
        values = rule.placed(claim.documented)
    elif isinstance(rule, PrintedDifferences):  # each number has a claim of its own
        values = {}
    else:
        values = dict(_numbers(claim.documented))
    intervals, baseline, made = placed(claim, claim.documented), naive(beside, names), made_with(sample)
    found = {}
    for number in sample.numbers:
        name = number.name
        printed = None
        if name in values and claim.prints(name):
            value, half = values[name], half_digit(values[name])
            printed = (value, *intervals.get(name, (value - half, value + half)))
        known = Sampled(
            runs=number.runs[: number.deciding],  # all where the results don't say how many decide
            bounds=number.bounds,
            scale=number.scale,
            percent=_in_percent(claim, name),
            printed=printed,
            statement=sample.statement,
            naive=baseline.get(name),
            made=made,
        )
        found[name] = (
            replace(known, book=_print_among_runs(claim.source, printed[0], known)) if printed else known
        )
    return found


def _in_percent(claim: Claim, name: str) -> bool:
    """Whether a claim's numbers are percents, as the names of the claim, the number or its quantity say."""
    names = [claim.name, name, claim.measured_in or "", *map(str, claim.measures().values())]
    return "percent" in re.findall("[a-z]+", " ".join(names))


def _print_among_runs(source: str, value: float, known: Sampled) -> str:
    shown = brief(value, 20)
    answer = _among_runs(shown, Typed(value, 0.0), known).answer
    if answer == "compatible" or not known.runs:
        return ""
    if known.statement not in {"", "compatible"}:
        return f"The runs {'exclude' if answer == 'excluded' else 'cannot decide on'} the {source}'s {shown}."
    side = "above" if value > _finite(known.runs)[-1] else "below"
    beyond = f"The {source}'s {shown} is {side} all of them"
    return f"{beyond}, and they exclude it." if answer == "excluded" else f"{beyond}."


def _among_runs(typed: str, number: Typed, known: Sampled) -> Assessment:
    low, high = number.value - number.half, number.value + number.half
    if known.printed is not None and number.value == known.printed[0]:
        _, low, high = known.printed
    n = len(known.runs)
    if not n:
        return Assessment("inconclusive", ("Open. Too few runs are recorded to compare with.",))
    runs = _finite(known.runs)
    if not runs:
        return Assessment("inconclusive", (f"Unusual: all {n} recorded runs crashed. Find out why.",))
    below = sum(value < low for value in runs)
    above = n - len(runs) + sum(value > high for value in runs)  # a crashed run counts as above all others
    as_far = n - max(below, above)
    if known.statement not in {"", "compatible"} and known.printed and number.value == known.printed[0]:
        assessment = _on_statement(typed, known.statement)
    elif as_far:
        assessment = Assessment("compatible", (_inside(as_far, runs, n),))
    else:
        assessment = _beyond(typed, low, high, runs, known)
    lines = [*assessment.lines]
    if len(runs) < n:
        lines.append(f"{n - len(runs)} of {n} recorded runs crashed.")
    if not as_far and known.made:
        lines.append(f"The runs were recorded with {known.made}: another version may be the reason.")
    if known.book and not (known.printed and low <= known.printed[0] <= high):
        lines.append(known.book)
    if known.naive is not None:
        lines.append(_against_naive(number.value, known.naive))
    return replace(assessment, lines=tuple(lines))


def _on_statement(typed: str, answer: str) -> Assessment:
    says = f"{typed} is what the book prints of its runs"
    if answer == "excluded":
        return Assessment("excluded", (f"No. {says}, and the recorded runs exclude it.",))
    return Assessment("inconclusive", (f"Unusual: {says}, and the recorded runs can't decide on it.",))


def _finite(runs: Sequence[float | None]) -> list[float]:
    return sorted(value for value in runs if value is not None)


def _inside(as_far: int, runs: Sequence[float], n: int) -> str:
    if 4 * as_far > n:
        ends = f"{four_digits(runs[0])} to {four_digits(runs[-1])}"
        return f"Normal. It is well inside the {n} recorded runs, {ends}."
    are = "is" if as_far == 1 else "are"
    if 2 * (1 + as_far) / (n + 1) > EDGE:
        return f"Normal. {as_far} of {n} recorded runs {are} at least as far out on that side."
    return f"Normal, but at the edge: only {as_far} of {n} recorded runs {are} as far out on that side."


def _beyond(typed: str, low: float, high: float, runs: Sequence[float], known: Sampled) -> Assessment:
    n, least, most = len(known.runs), runs[0], runs[-1]
    if least == most:
        same = f"Unusual: all {n} recorded runs give {four_digits(most)}"
        return Assessment("inconclusive", (f"{same}. Seeds do not move this number, so {_LOOK}",))
    is_above = low > most
    gap = low - most if is_above else least - high
    where = f"{typed} is {'above' if is_above else 'below'} all {n} recorded runs, by {four_digits(gap)}"
    excluded = known.bounds is not None and (low >= known.bounds[1] if is_above else high <= known.bounds[0])
    if excluded:
        on = "" if known.scale == "identity" else f", judged on the {known.scale} scale"
        line = f"No. {where}. Fewer than one run in 1,000 is so far out{on}: {_LOOK}"
        return Assessment("excluded", (line,))
    rarely = math.floor((n + 1) / 2)
    line = (
        f"Unusual: {where}. By chance about one run in {rarely} is beyond all others: "
        "run another seed, and worry if it is, too."
    )
    return Assessment("inconclusive", (line,))


def _against_naive(mine: float, baseline: float) -> str:
    has = f"The naive forecast has {four_digits(baseline)}"
    if mine == baseline:
        return f"{has}, too."
    if baseline > 0 and mine > 0:
        times = four_digits(float(_THREE.create_decimal_from_float(mine / baseline)))
        return f"{has}; yours is {times} times that."
    return f"{has}; yours is {'above' if mine > baseline else 'below'} it."


# Against the print


def _printed(claim: Claim, measured: Any) -> Iterator[tuple[str, Printed]]:
    finding = claim.finding
    right = dict(_numbers(claim.correct if finding is None else printed_part(claim, finding.instead)))
    run = dict(_numbers(printed_part(claim, measured))) if claim.rule.needs_run else {}
    versions = condition_text(finding.when) if finding is not None else ""
    for name, value in _numbers(claim.documented):
        speaker = who(claim, name)
        rule = _rule_of(claim, name)
        half = half_digit(value, rule.decimals if isinstance(rule, Rounds) else None)
        low, high = _accepted(rule, value)
        shown, other = brief(value, 20), right.get(name, value)
        correction = ""
        if other != value:
            rest = f" with {versions}" if versions else f", and {speaker} {shown}"
            correction = f"{brief(other, 20)} is right{rest}"
        yield (
            name,
            Printed(
                value=value,
                half=half,
                low=low,
                high=high,
                percent=_in_percent(claim, name),
                right=None if other == value else (other, half_digit(other)),
                shown=shown,
                who=speaker,
                book=capital(f"{speaker} {shown}{_this_run(value, half, run.get(name))}"),
                accepts=_accepts(low, high),
                correction=correction,
            ),
        )


def who(claim: Claim, number: str | None = None) -> str:
    """Say who states what is documented, or one number of it."""
    if claim.ours or (number is not None and not claim.prints(number)):
        return "the suite expects"
    return "the authors' notebook prints" if claim.source == "notebook" else "the book prints"


def capital(text: str) -> str:
    """Write a text with a capital first letter."""
    return text[:1].upper() + text[1:]


def _numbers(value: Any, where: str = "") -> Iterator[tuple[str, float]]:
    """Yield the numbers of a nested value by their paths, without its words and truth values."""
    value = plain(value)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _numbers(item, f"{where}[{index}]")
    elif is_number(value) and math.isfinite(value):
        yield where, value


def _rule_of(claim: Claim, name: str) -> Rule | None:
    """Return the rule that decides one number of what is printed."""
    if not isinstance(claim.rule, Parts):
        return claim.rule
    path = name
    if claim.rule.documents is not None:
        path = claim.rule.documents + ("" if name.startswith("[") or not name else ".") + name
    checks = [
        check
        for check in claim.rule.checks
        if not check.at or path == check.at or path.startswith((f"{check.at}.", f"{check.at}["))
    ]
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
    if low is None or high is None:
        return f"anything {'up to' if low is None else 'from'} {brief(high if low is None else low, 20)}"
    return f"anything from {brief(low, 20)} to {brief(high, 20)}"


def _this_run(value: float, half: float, run: float | None) -> str:
    if run is None:
        return ""
    return ", and so does this run" if abs(run - value) <= half else f", this run gives {brief(run, 20)}"


def _against_print(typed: str, number: Typed, known: Printed) -> Assessment:
    away = abs(number.value - known.value)
    if known.right is not None:
        from_right = abs(number.value - known.right[0])
        if from_right < away and from_right <= max(known.right[1], number.half):
            return Assessment("compatible", (f"Normal. {known.correction}.",))
    is_printed = away <= known.half * (1 + 1e-9)
    if is_printed or away <= number.half * (1 + 1e-9):
        if known.right is not None:
            return Assessment("excluded", (f"No. {known.correction}.",))
        if away == 0:
            line = f"{known.book}."
        elif is_printed:
            line = f"{typed} rounds to the {known.shown} that {known.who}."
        else:
            line = f"{typed} is what {known.who}, rounded: {known.shown}."
        return Assessment("compatible", (f"Normal. {line}",))
    if (known.low is None or known.low <= number.value) and (
        known.high is None or number.value <= known.high
    ):
        return Assessment("compatible", (f"Normal. {known.book}; {known.accepts} agrees with it.",))
    if known.right is not None:
        first = f"No. {known.correction}; {typed} is neither."
    else:
        first = f"No. {known.book}; {typed} is {four_digits(away)} away."
    return Assessment("excluded", (first, f"No seed is involved: {_LOOK}"))
