"""Where a typed number lies: what it equals, and where it is among the recorded runs.

The questions are asked in this order, and the first one that is answered is the answer:

1. Does it equal the print, to the digits that are given? Then data and runs do not matter. If the print is an
   error of the book, that is the answer.
2. Does it equal the right value?
3. Can the quantity have this value: a share, a loss, a whole number?
4. Is it inside the recorded runs, or does the claim's rule accept it?
5. Is it what guessing gives, or another number that the ledger knows, and that few would meet by chance?
   Inside the runs nobody could say so; only perhaps, where it is not farther beyond them than they lie apart.
6. Is it between the recorded runs and the print? Else, how far beyond is it, and does a bound exclude it?

`own_number.js.j2` is a port of this module for the page. A test compares both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

State = Literal["✔", "≠", "?", "✘", "–"]
Answer = str  # one of the keys of STATES
# of answers with the same state, a later one says more
STATES: dict[Answer, State] = {
    **dict.fromkeys(("equals the printed value", "an ordinary run", "at the edge of the runs"), "✔"),
    **dict.fromkeys(("nearer to the print", "ordinary for earlier versions"), "✔"),
    **dict.fromkeys(("agrees with the book", "equals the right value"), "✔"),
    "equals a wrong print": "≠",
    **dict.fromkeys(("within a few earlier runs", "beyond all runs", "beyond equal runs"), "?"),
    **dict.fromkeys(("perhaps another number", "perhaps a guess", "diverged like other runs"), "?"),
    **dict.fromkeys(("excluded by the runs", "far beyond the runs"), "✘"),
    **dict.fromkeys(("another number", "what guessing gives"), "✘"),
    **dict.fromkeys(("a percentage", "a share", "impossible", "differs", "no number", "diverged"), "✘"),
    **dict.fromkeys(("too few digits", "not compared"), "–"),
}
# the worst first: of several numbers, the worst one's state is that of all
WORST: tuple[State, ...] = ("✘", "?", "≠", "✔", "–")

# a number is at the edge of the runs if at most this share of them is as far out
EDGE = 0.05
# earlier versions' runs clear a number from this many on: a bound has to be possible
FEWEST = 64
# half a unit of the last typed digit may be this share of a number that it is compared with
COARSE = 0.25
# a number is called another one where less than this share of the numbers near it are such
CHANCE = 0.01
# a number is wrong that is beyond the runs by more than so many times their span
FAR = 10
# the span of runs says nothing where the greatest is more than so many times the middle one
WIDE = 1000
# how much another processor may change the last digits of float32
ROUNDING = 1e-6

_PLAIN = re.compile(
    r"(?P<mantissa>[+-]?(?:\d+(?:\.(?P<places>\d*))?|\.(?P<only>\d+)))(?:[eE](?P<exponent>[+-]?\d{1,5}))?",
    re.ASCII,
)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_WHOLE_FLOAT = re.compile(r"[+-]?\d+\.0", re.ASCII)
_DIVERGED = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)

Legal = Literal["", "share", "not negative", "whole"]
Span = tuple[float, float]
Around = tuple[float, float, float]  # a number, and the lowest and highest one that is printed like it
Other = tuple[float, float, str]  # ends of what is printed like another number, and what that is


@dataclass(frozen=True)
class Known:
    """What a typed number is compared with.

    `printed` : the number that is stated, by the book or, if `ours`, by the suite. `error` : it is an error
    of the book. `right` : the right number, where the print is not. `accepts` : the lowest and highest number
    that the claim's rule accepts, None for an open end; None where recorded runs decide. `legal` : what the
    quantity is. `percent` : its numbers are percents. `grid` : how far the values that it can have lie
    apart, 0 where that is not known. `guess` : what guessing gives. `others` : other numbers
    that the ledger knows. `runs` : recorded runs, None for one that crashed; None where no seed is involved.
    `bounds` : numbers beyond all runs are excluded from these on, None if none are. `earlier` : the number of
    runs, the least, the most, and with which earlier versions.
    """

    printed: Around | None = None
    ours: bool = False
    error: bool = False
    right: Around | None = None
    accepts: tuple[float | None, float | None] | None = None
    legal: Legal = ""
    percent: bool = False
    grid: float = 0.0
    guess: Other | None = None
    others: tuple[Other, ...] = ()
    runs: tuple[float | None, ...] | None = None
    bounds: Span | None = None
    earlier: tuple[tuple[int, float, float, str], ...] = ()

    @property
    def ended(self) -> list[float]:
        """The numbers of the recorded runs that have one, in ascending order."""
        return sorted(value for value in self.runs or () if value is not None)

    @property
    def span(self) -> float:
        """How far the runs lie apart, infinite for shares or losses of all magnitudes."""
        runs = self.ended
        wide = self.legal != "" and runs[-1] > WIDE * runs[len(runs) // 2]
        return math.inf if wide else runs[-1] - runs[0]


@dataclass(frozen=True)
class Placed:
    """Where a typed number lies.

    `value` : the number as it was read. `away` : its distance from the print. `n` : recorded runs, of which
    `crashed` have no number. `as_far` : how many of the others are at least as far out on its `side`, 0 if it
    is beyond all. `gap` : how far beyond. `which` : the place of the other number, or of the earlier
    versions, that is the answer. `thousands` : its comma was read as one between thousands.
    """

    answer: Answer
    value: float = 0.0
    away: float = 0.0
    n: int = 0
    crashed: int = 0
    as_far: int = 0
    side: Literal["", "above", "below"] = ""
    gap: float = 0.0
    which: int = 0
    thousands: bool = False

    @property
    def state(self) -> State:
        """The sign: ✔ as it should be, ≠ equals a wrong print, ? nobody can say, ✘ wrong, – not compared."""
        return STATES[self.answer]


def worst(answers: Sequence[Answer]) -> int:
    """Return the place of the answer that decides on several numbers: the worst, of equals the telling."""
    told = list(STATES)
    return min(
        range(len(answers)), key=lambda i: (WORST.index(STATES[answers[i]]), -told.index(answers[i]), i)
    )


def ok_of(state: State) -> bool | None:
    """Return True for ✔ and ≠, False for ✘, None for ? and –."""
    return None if state in {"?", "–"} else state != "✘"


@dataclass(frozen=True)
class Typed:
    """A typed number, half a unit of its last digit, and whether its only comma was read as thousands."""

    value: float
    half: float
    thousands: bool = False


def read(typed: str, *, percent: bool = False) -> Typed | None:
    """Read a number such as `0.846`, `0,846`, `84.6%`, `8.46e-1` or `1,121`; None if it is none.

    A comma separates thousands if it can, else the decimals. `84.6%` is 0.846, or with `percent` 84.6. Half a
    unit of the last digit is at least ROUNDING; it is no more for `1.0`, as a program prints a whole float.
    """
    text = typed.strip()
    number = text.replace("−", "-").removesuffix("%").rstrip()
    thousands = _THOUSANDS.fullmatch(number) is not None
    match = _PLAIN.fullmatch(number.replace(",", "") if thousands else number.replace(",", ".", 1))
    shift = 2 if text.endswith("%") and not percent else 0
    if match is None or ("." in number and "," in number and not thousands):
        return None
    exponent = int(match["exponent"] or 0) - shift
    value = float(f"{match['mantissa']}e{exponent}")
    places = len(match["places"] or match["only"] or "") - exponent
    exact = _WHOLE_FLOAT.fullmatch(text) is not None
    ambiguous = thousands and number.count(",") == 1 and "." not in number
    half = 0.0 if exact else float(f"0.5e{-places}")
    if not (math.isfinite(value) and math.isfinite(half)):  # 0e999 would be every number
        return None
    return Typed(value, max(half, ROUNDING * abs(value)), ambiguous)


def place_number(typed: str, known: Known) -> Placed:
    """Place a typed number, which stands for its rounding interval."""
    number = read(typed, percent=known.percent)
    if _DIVERGED.fullmatch(typed.strip()):
        n = len(known.runs or ())
        crashed = n - len(known.ended)
        return Placed("diverged like other runs" if crashed else "diverged", n=n, crashed=crashed)
    if number is None:
        return Placed("no number")
    placed = replace(_among(number, known), value=number.value)
    if known.printed is not None:
        placed = replace(placed, away=_away(number, known.printed))
    answer, which = _answer(number, known, placed)
    return replace(placed, answer=answer, which=which, thousands=number.thousands)


def _among(number: Typed, known: Known) -> Placed:
    """Return where a number lies among the recorded runs, whatever else it equals."""
    low, high = _interval(number, known)
    runs = known.ended
    n = len(known.runs or ())
    if not runs:
        return Placed("not compared", n=n, crashed=n)
    below = sum(value < low for value in runs)
    above = sum(value > high for value in runs)
    return Placed(
        "not compared",
        n=n,
        crashed=n - len(runs),
        as_far=len(runs) - max(below, above),
        side="above" if below >= above else "below",
        gap=max(low - runs[-1], runs[0] - high, 0.0),
    )


def _interval(number: Typed, known: Known) -> Span:
    if known.printed is not None and number.value == known.printed[0]:
        return known.printed[1], known.printed[2]
    return number.value - number.half, number.value + number.half


def _answer(number: Typed, known: Known, placed: Placed) -> tuple[Answer, int]:
    """Ask the questions in their order, and return the answer, and which other number it is."""
    is_right = _equals(number, known.right)
    nearer = _away(number, known.right) < _away(number, known.printed)
    if _equals(number, known.printed) and not (is_right and nearer):
        if known.ours:
            return "agrees with the book", 0
        return ("equals a wrong print" if known.error else "equals the printed value"), 0
    if is_right:
        return "equals the right value", 0
    if not is_legal(number.value, known):
        within = known.legal == "share" and 1 < number.value <= 100
        return ("a percentage" if within else "impossible"), 0
    accepted = _accepted(number, known, placed)
    if accepted is not None:
        return accepted, 0
    if known.runs is None or placed.n > placed.crashed:
        other = _another(number, known, placed)
        if other is not None:
            return other
    if _is_share_of_percents(number, known):
        return "a share", 0
    if known.runs is None:
        return "differs", 0
    return ("not compared", 0) if placed.crashed == placed.n else _beyond(number, known, placed)


def _equals(number: Typed, other: Around | None) -> bool:
    """Whether a number is printed like another one, to the digits that both have."""
    if other is None:
        return False
    if other[1] - ROUNDING * abs(other[0]) <= number.value <= other[2] + ROUNDING * abs(other[0]):
        return True
    return _away(number, other) <= number.half * (1 + 1e-9) and number.half <= COARSE * abs(other[0])


def _away(number: Typed, other: Around | None) -> float:
    """Return how far a number is from another one, infinite if there is none."""
    return math.inf if other is None else abs(number.value - other[0])


def is_legal(value: float, known: Known) -> bool:
    """Whether the quantity can have a value."""
    if known.legal == "share":
        return 0 <= value <= (100 if known.percent else 1) * (1 + ROUNDING)
    if known.legal == "whole":
        return value == math.floor(value)
    return known.legal == "" or value >= 0


def _accepted(number: Typed, known: Known, placed: Placed) -> Answer | None:
    """Return how the runs or the rule contain a number, None if they don't or it has too few digits."""
    if known.accepts is not None:
        low, high = known.accepts
        inside = (low is None or low <= number.value) and (high is None or number.value <= high)
        return "agrees with the book" if inside else None
    if not placed.as_far:
        return None
    least, most = known.ended[0], known.ended[-1]
    nearest = min(max(number.value, least), most)
    if number.value != nearest and number.half > COARSE * abs(nearest):
        return "too few digits"
    at_edge = 2 * (1 + placed.as_far + placed.crashed) / (placed.n + 1) <= EDGE
    return "at the edge of the runs" if at_edge else "an ordinary run"


def _another(number: Typed, known: Known, placed: Placed) -> tuple[Answer, int] | None:
    """Return which other number it is; only perhaps, where a run may be so little beyond the others."""
    far = not known.ended or placed.gap > known.span
    if known.guess is not None and known.guess[0] <= number.value <= known.guess[1]:
        return ("what guessing gives" if far else "perhaps a guess"), 0
    for which, (low, high, _) in enumerate(known.others):
        if low <= number.value <= high and not _met_by_chance(number, known):
            return ("another number" if far else "perhaps another number"), which
    return None


def _met_by_chance(number: Typed, known: Known) -> bool:
    """Whether many of the numbers near a typed one, half to twice as large, are others: then it says nothing.

    Only those count that the quantity can have, with the digits that are typed.
    """
    low, high = sorted((number.value / 2, number.value * 2))
    if known.legal == "share":
        high = min(high, 100.0 if known.percent else 1.0)
    step = max(2 * number.half, known.grid)
    widths = {
        math.floor((least + most) / 2 / step + 0.5): max(most - least, step)
        for least, most, _ in known.others
        if least <= high and low <= most
    }
    return sum(widths.values()) >= CHANCE * (high - low)


def _is_share_of_percents(number: Typed, known: Known) -> bool:
    """Whether a number is a share although the claim counts percents, of which it would be one."""
    least = known.ended[0] if known.ended else known.printed[0] if known.printed is not None else 0.0
    return known.legal == "share" and known.percent and 0 < number.value <= 1 < least


def _beyond(number: Typed, known: Known, placed: Placed) -> tuple[Answer, int]:
    low, high = _interval(number, known)
    first, last = known.ended[0], known.ended[-1]
    if known.printed is not None and not known.error:
        _, least, most = known.printed
        if (last < low and high <= most) or (least <= low and high < first):
            return "nearer to the print", 0
    for which, (n, least, most, _) in enumerate(known.earlier):
        if least <= high and low <= most:
            return ("ordinary for earlier versions" if n >= FEWEST else "within a few earlier runs"), which
    if placed.gap > FAR * (known.span or abs(first)) > 0:
        return "far beyond the runs", 0
    if first == last:
        return "beyond equal runs", 0
    if known.bounds is not None:
        excluded = low >= known.bounds[1] if placed.side == "above" else high <= known.bounds[0]
        if excluded:
            return "excluded by the runs", 0
    return "beyond all runs", 0
