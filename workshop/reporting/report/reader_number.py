"""A reader's own number: where it falls among recorded runs, and whether it gives reason to worry.

`reader_number.js.j2` says the same on the page, word for word; a test compares both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workshop.errors import UsageError
from workshop.figures.alt_text import four_digits
from workshop.ledger import Claim
from workshop.reporting.report.samples import made_with, naive
from workshop.untrusted import one_line
from workshop.verification.results import SampleSummary

Worry = Literal["no", "hardly", "perhaps", "yes"]

# a number is at the edge of the runs if at most this share of them is as far out
EDGE = 0.05
# how much another processor may change the last digits of float32
ROUNDING = 1e-6

_NUMBER = re.compile(
    r"[+-]?(?:\d+(?:\.(?P<places>\d*))?|\.(?P<only>\d+))(?:[eE](?P<exponent>[+-]?\d+))?", re.ASCII
)


class NoSuchNumber(UsageError):
    """A claim has no recorded runs, or none of the number asked for; the message names those it has."""


@dataclass(frozen=True)
class Assessment:
    """How worrying a number is, and a line each on its place, the judgement and the baseline."""

    worry: Worry
    lines: tuple[str, ...]


def mine_rows(
    claim: Claim, asked: str, last: Mapping[str, Any] | None, sample: SampleSummary | None
) -> list[tuple[str, str]]:
    """Return rows for `workshop show CLAIM --mine` on a number, given as NUMBER or NAME=NUMBER.

    `last` is the claim's last record, which has the naive baseline; `sample` has its recorded runs, None if
    its rule needs none. Raises NoSuchNumber.
    """
    if sample is None:
        raise NoSuchNumber(f"{claim.id} is decided without recorded runs: its rule is {claim.rule.text()}")
    if sample.problem:
        raise NoSuchNumber(sample.problem)
    numbers = {number.name: number for number in sample.numbers}
    given, equals, typed = asked.rpartition("=")
    name = given if equals else next(iter(numbers))
    if name not in numbers or (not equals and len(numbers) > 1):
        options = ", ".join(f"--mine '{name}=…'" if name else "--mine alone" for name in numbers)
        raise NoSuchNumber(f"--mine {one_line(asked)} names none of the numbers of {claim.id}: {options}")
    baseline = naive({} if last is None else last.get("beside", {}), list(numbers))
    try:
        answer = assess(typed, numbers[name].runs, naive=baseline.get(name), made=made_with(sample))
    except ValueError as error:
        raise NoSuchNumber(str(error)) from None
    return [("mine", line) for line in answer.lines]


def assess(
    typed: str, recorded: Sequence[float | None], *, naive: float | None = None, made: str = ""
) -> Assessment:
    """Place a typed number among recorded runs, where it represents its rounding interval.

    `recorded` has None where a run crashed; such runs are mentioned, but not compared. `naive` is the result
    of the naive baseline, and `made` has the versions of the recorded runs. Raises ValueError if the text is
    no number.
    """
    mine, half = read(typed)
    runs = sorted(value for value in recorded if value is not None)
    crashed = f"{len(recorded) - len(runs)} of {len(recorded)} recorded runs crashed."
    if not runs:
        return Assessment("perhaps", (f"{crashed} Yours did not: find out why.",))
    low, high = mine - half, mine + half
    below, above = sum(value < low for value in runs), sum(value > high for value in runs)
    worry, reason = _judge(runs, low, high, below, above)
    lines = [_place(typed.strip(), runs, below, above), reason]
    if len(runs) < len(recorded):
        lines.append(crashed)
    if worry in {"perhaps", "yes"} and made:
        lines.append(f"The runs were recorded with {made}: another version may be the reason.")
    if naive is not None:
        lines.append(_compare(mine, naive))
    return Assessment(worry, tuple(lines))


def read(typed: str) -> tuple[float, float]:
    """Return the number and half a unit of its last digit, at least ROUNDING. Raises ValueError."""
    match = _NUMBER.fullmatch(typed.strip())
    if match is None or not math.isfinite(float(match[0])):
        raise ValueError(f"'{typed.strip()}' is no number: type it like 0.846")
    places = len(match["places"] or match["only"] or "") - int(match["exponent"] or 0)
    mine = float(match[0])
    return mine, max(float(f"0.5e{-places}"), ROUNDING * abs(mine))


def _place(typed: str, runs: Sequence[float], below: int, above: int) -> str:
    n = len(runs)
    alike = n - below - above
    share = math.floor(100 * (below + 0.5 * alike) / n + 0.5)
    median = runs[round((n - 1) / 2)]  # the method `nearest` of numpy.quantile
    return (
        f"{typed} is at {share}% of {n} recorded runs: "
        f"{below} below it, {alike} equal to its digits, {above} above. "
        f"They go from {four_digits(runs[0])} to {four_digits(runs[-1])}, median {four_digits(median)}."
    )


def _judge(runs: Sequence[float], low: float, high: float, below: int, above: int) -> tuple[Worry, str]:
    n = len(runs)
    as_far = n - max(below, above)
    if as_far:
        lie = f"{as_far} of {n} recorded runs {'lies' if as_far == 1 else 'lie'} at least as far out"
        if 2 * (1 + as_far) / (n + 1) > EDGE:
            return "no", f"Normal: {lie} on its side. Nothing to worry about."
        return "hardly", f"At the edge, but {lie}. Hardly worth worrying."
    least, most = runs[0], runs[-1]
    gap = low - most if low > most else least - high
    if least == most:
        same = f"All {n} recorded runs give {four_digits(most)}"
        return "yes", f"{same}: seeds do not move this number, so something else differs. Worth worrying."
    where = f"{'Above' if low > most else 'Below'} all {n} recorded runs by {four_digits(gap)}"
    if gap > most - least:
        return "yes", (
            f"{where}, although these span only {four_digits(most - least)}: seeds alone are unlikely "
            "to explain it. Worth worrying: look for a difference in data, settings or versions."
        )
    rarely = math.floor((n + 1) / 2)
    return "perhaps", (
        f"{where}. By chance alone, about one run in {rarely} lies beyond all others on one side or the "
        "other. Run another seed, and worry if its number lies out there as well."
    )


def _compare(mine: float, naive: float) -> str:
    if mine == naive:
        return f"The naive baseline gives {four_digits(naive)} as well."
    side = "above" if mine > naive else "below"
    times = f", {four_digits(mine / naive)} times as much" if naive > 0 and mine > 0 else ""
    return f"The naive baseline gives {four_digits(naive)}: yours is {side} it{times}."
