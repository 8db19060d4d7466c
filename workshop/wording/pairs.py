"""What a claim states and what a run measured: each in words, and as a pair."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, Any

from workshop.ledger.values import beginning, brief, for_json, half_digit, is_number, plain
from workshop.wording.numbers import four_digits, map_leaves, rounded

if TYPE_CHECKING:
    from workshop.ledger import Claim

SUMMARY = ("seeds", "median", "minimum", "maximum")  # of several seeds' values, in the results
_CONTEXT = 90  # characters around a difference, few enough to spot it


# Measured values


@dataclass(frozen=True)
class Today:
    """What today's runs gave of a number: the median and the range over so many seeds."""

    median: float
    low: float
    high: float


def is_summary(measured: Any) -> bool:
    """Whether a measured value of the results sums up several seeds' numbers."""
    return isinstance(measured, Mapping) and tuple(measured) == SUMMARY


def measured_text(value: Any, limit: int, numbers: Mapping[str, Today]) -> str:
    """Write a measured value; a summary of several seeds as its median and range.

    `numbers` has the numbers of a summary by name, where they have names.
    """
    if not is_summary(value):
        return brief(value, limit)
    seeds = value["seeds"]
    if numbers:
        alike = all(number.low == number.high for number in numbers.values())
        text = _named(numbers, median_and_range)
        if len(text) > 2 * limit:
            text = _named(numbers, lambda n: four_digits(n.median))
        text = brief(text, 2 * limit)
        return f"{text} on all {seeds} seeds" if alike else f"median {text} over {seeds} seeds"
    median, low, high = (
        brief(map_leaves(value[key], _leaf), limit) for key in ("median", "minimum", "maximum")
    )
    if low == high:
        return f"{median} on all {seeds} seeds"
    ends = f", {low} to {high}" if len(low) + len(high) < limit else ""
    return f"median {median}{ends} over {seeds} seeds"


def median_text(value: Any, limit: int, numbers: Mapping[str, Today]) -> str:
    """Write the median of a summary of several seeds; `numbers` as in measured_text."""
    if numbers:
        return brief(_named(numbers, lambda n: four_digits(n.median)), limit)
    return brief(map_leaves(value["median"], _leaf), limit)


def _named(numbers: Mapping[str, Today], write: Callable[[Today], str]) -> str:
    return ", ".join(f"{name} {write(number)}" for name, number in numbers.items())


def median_and_range(number: Today) -> str:
    """Write the median of a number over today's seeds, and its range in parentheses if there is one."""
    ends = "" if number.low == number.high else f" ({four_digits(number.low)} to {four_digits(number.high)})"
    return four_digits(number.median) + ends


def _leaf(value: Any) -> Any:
    return four_digits(value) if is_number(value) else value


TESTED_AS = "tested as"


def witness(claim: Claim) -> str:
    """Say who speaks in a claim: the book, the authors' notebook, or the suite with a check of its own."""
    return TESTED_AS if claim.ours else claim.source


def stated_value(claim: Claim) -> Any:
    """Return the printed value, the book's sentence if it prints none, or the value of a claim of our own."""
    value = claim.documented if claim.ours else claim.printed
    return claim.statement or claim.what if value is None else for_json(value)


def stated_rows(claim: Claim, limit: int) -> list[tuple[str, str]]:
    """Return what a claim states by who says it, each value in so many characters.

    "book" is before what the book prints, a value or else a sentence, and "tested as" before what is ours.
    """
    stated = stated_value(claim)
    said = [("", claim.statement)] if claim.statement and stated != claim.statement else []
    rows = [(witness(claim), stated if stated == claim.statement else brief(stated, limit)), *said]
    return rows if claim.tested_as is None else [*rows, (TESTED_AS, brief(for_json(claim.tested_as), limit))]


@dataclass(frozen=True)
class Pair:
    """A claim's value next to that of a run, made once for all views.

    `label` : who says the first, as in `stated_rows`. `book` : the value, or a sentence of the book. `run` :
    the measured value of what is printed, a summary of several seeds, or None. `same` : whether it is written
    like the printed value. `in_words` : whether the book prints a sentence and no value. `sampled` : whether
    the run's digits beyond the fourth are chance.
    """

    label: str
    book: Any
    run: Any
    same: bool
    in_words: bool
    sampled: bool

    @property
    def seeds(self) -> int:
        """How many seeds the run's value sums up; 0 if it is of one run."""
        return self.run["seeds"] if is_summary(self.run) else 0

    @property
    def value(self) -> Any:
        """The run's value, the median of several seeds; in four digits if it depends on a seed."""
        value = self.run["median"] if self.seeds else self.run
        return rounded(value) if self.sampled or self.seeds else value

    @property
    def note(self) -> str:
        """What the run's value is of several seeds; "" of one run."""
        if not self.seeds:
            return ""
        return f"{'all' if self.run['minimum'] == self.run['maximum'] else 'median of'} {self.seeds} seeds"

    def written(self, limit: int = 36) -> tuple[str, str]:
        """Write both, each in `limit` characters: "same" where they are, "" where there is no run."""
        book = short_value(self.book, limit) if self.in_words else brief(self.book, limit)
        if self.run is None or self.same:
            return book, "same" if self.same else ""
        if self.seeds:
            return book, f"{median_text(self.run, limit, {})} ({self.seeds} seeds)"
        return (
            (book, brief(self.value, limit)) if self.in_words else side_by_side(self.book, self.value, limit)
        )


def pair_of(claim: Claim, measured: Any) -> Pair:
    """Return what a claim states and what a run gives, as the results have it.

    Quantities that are only checked, and what is ours next to a printed value, are left out.
    """
    run, stated = printed_part(claim, measured), stated_value(claim)
    in_words = claim.printed is None and not claim.ours
    if not in_words and isinstance(stated, dict) and isinstance(run, Mapping) and not is_summary(run):
        run = {name: value for name, value in run.items() if claim.ours or claim.prints(str(name))}
    same = not in_words and run is not None and brief(run, sys.maxsize) == brief(stated, sys.maxsize)
    return Pair(witness(claim), stated, run, same, in_words, claim.rule.needs_sample)


def short_value(value: Any, limit: int) -> str:
    """Write a value in so many characters: whole, else its first entries and how many more, else its size.

    No word and no number is cut.
    """
    whole = brief(value, sys.maxsize)
    if len(whole) <= limit:
        return whole
    if isinstance(value, str):
        return f"{beginning(value, limit - 2, 0)} …"
    entries = plain(value)
    if isinstance(entries, dict):
        texts = [f"{key} {brief(item, sys.maxsize)}" for key, item in entries.items()]
        size = f"{len(texts)} quantities"
    elif isinstance(entries, list):
        texts = [brief(item, sys.maxsize) for item in entries]
        size = (
            f"{len(texts)} {'rows' if any(isinstance(item, list | dict) for item in entries) else 'entries'}"
        )
    else:
        return whole
    if len(texts) == 1:
        return short_value(next(iter(entries.values() if isinstance(entries, dict) else entries)), limit)
    shown = ""
    for number, text in enumerate(texts[:-1], start=1):
        longer = f"{', '.join(texts[:number])} … {len(texts) - number} more"
        if len(longer) > limit or any(sign in text for sign in "[{"):
            break
        shown = longer
    return shown or size


def printed_part(claim: Claim, measured: Any) -> Any:
    """Return the measured value of what is printed, where the claim checks other quantities, too."""
    part = getattr(claim.rule, "documents", None)
    if part is None or not isinstance(measured, Mapping):
        return measured
    if is_summary(measured):
        ends = {key: measured[key] for key in ("median", "minimum", "maximum")}
        names = list(claim.measures())
        if part in names and all(isinstance(end, list) and len(end) == len(names) for end in ends.values()):
            index = names.index(part)  # a summary has the numbers without their names
            return {"seeds": measured["seeds"], **{key: end[index] for key, end in ends.items()}}
        return {"seeds": measured["seeds"], **{key: printed_part(claim, ends[key]) for key in ends}}
    return measured.get(part, measured)


# Two values and where they differ

Piece = tuple[str, Any]  # a bit of a value's text, and the number if it is one


def side_by_side(printed: Any, other: Any, limit: int) -> tuple[str, str]:
    """Write two values, each shortened to a limit so that the first place where they differ is visible.

    Neither numbers that agree in the printed digits nor the order of keys make a difference.
    """
    printed = plain(printed)
    other = _in_order(plain(other), printed)
    left, right = list(_pieces(printed)), list(_pieces(other))
    pairs = list(zip(left, right, strict=False))
    index = next((at for at, pair in enumerate(pairs) if not _alike(*pair)), None)
    if index is not None:
        (a, _), (b, _) = pairs[index]
        first = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
        if not (_visible(left, index, first, limit) and _visible(right, index, first, limit)):
            room = min(limit, _CONTEXT)
            return _around(left, index, first, room), _around(right, index, first, room)
    return brief(printed, limit), brief(other, limit)


def _pieces(value: Any) -> Iterator[Piece]:
    """Yield the pieces of a value's text: brackets with their keys, separators, words and other scalars."""
    if isinstance(value, dict):
        for index, (key, item) in enumerate(value.items()):
            yield f"{', ' if index else '{'}{key}: ", None
            yield from _pieces(item)
        yield "}" if value else "{}", None
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield ", " if index else "[", None
            yield from _pieces(item)
        yield "]" if value else "[]", None
    elif isinstance(value, str):
        yield from ((word, None) for word in re.findall(r"\S+\s*|^\s+", value))
    else:
        yield brief(value, sys.maxsize), value


def _in_order(value: Any, model: Any) -> Any:
    """Return a value with its keys in the order of another's, further ones last."""
    if isinstance(value, dict) and isinstance(model, dict):
        keys = [*(key for key in model if key in value), *(key for key in value if key not in model)]
        return {key: _in_order(value[key], model.get(key)) for key in keys}
    if isinstance(value, list) and isinstance(model, list):
        return [_in_order(*pair) for pair in zip_longest(value, model[: len(value)])]
    return value


def _alike(printed: Piece, other: Piece) -> bool:
    one, two = printed[1], other[1]
    if isinstance(one, float) and is_number(two):
        return abs(one - two) <= half_digit(one)
    return printed[0] == other[0]


def _visible(pieces: list[Piece], index: int, first: int, limit: int) -> bool:
    """Whether `brief` shows the first character of a piece that differs."""
    texts = [text for text, _ in pieces]
    whole = "".join(texts)
    return len(whole) <= limit or len("".join(texts[:index])) + first < len(beginning(whole, limit // 2 - 2))


def _around(pieces: list[Piece], index: int, first: int, limit: int) -> str:
    """Return a text from shortly before a piece, or from its key if that leaves enough room.

    `first` is the position of the character that differs within the piece, which may be long.
    """
    texts = [text for text, _ in pieces]
    begin = index
    if index and texts[index - 1].endswith(": ") and len(texts[index - 1]) < 3 * limit // 4:
        begin -= 1
    while begin and len("".join(texts[begin - 1 : index])) <= limit // 2:
        begin -= 1
    while begin < index and texts[begin] in {", ", "]", "}"}:
        begin += 1
    before = len("".join(texts[begin:index])) + first
    hidden = max(before - 3 * limit // 4, 0)
    text, room = "".join(texts[begin:])[hidden:].removeprefix(", "), limit - 4
    shown = f"{beginning(text, room, before - hidden + 1)} …" if len(text) > room else text
    return f"{'… ' if begin or hidden else ''}{shown}"
