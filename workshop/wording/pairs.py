"""What a claim states and what a run measured: each in words, and as a pair."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, Any, Protocol

from workshop.paths import joined
from workshop.values import (
    brief,
    for_json,
    half_digit,
    is_number,
    is_summary_of_layers,
    plain,
)
from workshop.wording.numbers import four_digits, map_leaves, rounded

if TYPE_CHECKING:
    from workshop.ledger import Claim

_YES = {True: "yes", False: "no"}
_SHORT_NAMES = {"rnn", "lstm", "gru"}
_MOST_WORDS = 12  # of a list that is compared as a whole
_CONTEXT = 90  # characters around a difference, few enough to spot it


# Measured values


@dataclass(frozen=True)
class Today:
    """What today's runs gave of a number: the median and the range over the seeds."""

    median: float
    low: float
    high: float


class MeasuredValue(Protocol):
    """What results have of a quantity, or of a claim's value."""

    @property
    def measured(self) -> Any:
        """The value; of several runs the median of each number, or the first run's value."""

    @property
    def runs(self) -> int:
        """The number of runs."""

    @property
    def summary(self) -> str:
        """Empty for one run, else what of several runs is the value."""

    @property
    def numbers(self) -> Mapping[str, Mapping[Any, float]]:
        """The numbers by path, each by what it is."""


def today(shown: MeasuredValue) -> dict[str, Today]:
    """Return what a run gave of each number, by its path; of one run median, least and most are the same."""
    return {
        path: Today(*(number.get(end, number.get("run", 0.0)) for end in ("median", "low", "high")))
        for path, number in shown.numbers.items()
        if number.keys() & {"run", "median"}
    }


def measured_text(shown: MeasuredValue, limit: int) -> str:
    """Write a measured value; of several runs the median of each number and its range."""
    value, runs, numbers = shown.measured, shown.runs, today(shown)
    if shown.summary == "first":
        return f"{brief(rounded(value), limit)} in the first of {runs} runs"
    if not shown.summary:
        return brief(value, limit)
    if list(numbers) == [""]:
        return _of_seeds(numbers[""], runs)
    alike = all(number.low == number.high for number in numbers.values())
    entries, medians = _with_ranges(value, numbers), rounded(value)
    if not any("[" in name for name in numbers):
        entries = [f"{name} {median_and_range(number)}" for name, number in numbers.items()]
        medians = [f"{name} {four_digits(number.median)}" for name, number in numbers.items()]
    if len(brief(entries, sys.maxsize)) > 2 * limit:
        entries = medians
    text = brief(entries, 2 * limit)
    return f"{text} on all {runs} seeds" if alike else f"median {text} over {runs} seeds"


def _of_seeds(number: Today, seeds: int) -> str:
    """Write a single number of several seeds."""
    median, low, high = (four_digits(part) for part in (number.median, number.low, number.high))
    if number.low == number.high:
        return f"{median} on all {seeds} seeds"
    return f"median {median}, {low} to {high} over {seeds} seeds"


def _with_ranges(value: Any, numbers: Mapping[str, Today], where: str = "") -> Any:
    """Return a nested value of medians as texts, with their ranges in parentheses."""
    if isinstance(value, Mapping):
        return {key: _with_ranges(item, numbers, joined(where, str(key))) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_ranges(item, numbers, f"{where}[{index}]") for index, item in enumerate(value)]
    return median_and_range(numbers[where]) if where in numbers else value


def median_and_range(number: Today) -> str:
    """Write the median of a number over today's seeds, and its range in parentheses if there is one."""
    ends = "" if number.low == number.high else f" ({four_digits(number.low)} to {four_digits(number.high)})"
    return four_digits(number.median) + ends


TESTED_AS = "tested as"


def witness(claim: Claim) -> str:
    """Say who speaks in a claim: the book, the authors' notebook, or the suite with a check of its own."""
    return TESTED_AS if claim.ours else claim.source


def stated_value(claim: Claim) -> Any:
    """Return the printed value, the book's sentence if it prints none, or the value of a claim of our own."""
    value = claim.documented if claim.ours else claim.printed
    return claim.statement or claim.what if value is None else for_json(value)


def stated_rows(claim: Claim, limit: int) -> list[tuple[str, str]]:
    """Return what a claim states by who says it, each value in at most `limit` characters.

    "book" is before what the book prints, a value or else a sentence. "test" is before what we ask of it, and
    "tested as" before a value of ours.
    """
    stated = stated_value(claim)
    said = [("", claim.statement)] if claim.statement and stated != claim.statement else []
    rows = [(witness(claim), stated if stated == claim.statement else brief(stated, limit)), *said]
    rows += [] if claim.test is None else [("test", claim.test)]
    return rows if claim.tested_as is None else [*rows, (TESTED_AS, brief(for_json(claim.tested_as), limit))]


@dataclass(frozen=True)
class Pair:
    """A claim's value next to that of a run, made once for all views.

    `label` : who says the first, as in `stated_rows`. `book` : the value, or a sentence of the book. `run` :
    the measured value of what is printed, or None; `numbers` has its numbers by their paths. `same` : whether
    it is written like the printed value. `in_words` : whether the book prints a sentence and no value.
    `sampled` : whether the run's digits beyond the fourth are chance. `seeds` : how many seeds the run's
    value sums up, 0 if it is of one run, and `summary` says how.
    """

    label: str
    book: Any
    run: Any
    same: bool
    in_words: bool
    sampled: bool
    seeds: int = 0
    summary: str = ""
    numbers: Mapping[str, Today] = field(default_factory=dict)

    @property
    def value(self) -> Any:
        """The run's value, the median of several seeds; in four digits if it depends on a seed."""
        return self._beside_print(rounded(self.run) if self.sampled or self.in_words else self.run)

    def _beside_print(self, value: Any) -> Any:
        """Return the run's value in the form of what is printed."""
        if self.in_words:
            if isinstance(value, Mapping):  # what the sentence is of comes first
                said = str(self.book).lower()
                names = sorted(value, key=lambda name: said.find(str(name).lower()))
                value = {name.upper() if name in _SHORT_NAMES else name: value[name] for name in names}
            return map_leaves(value, lambda leaf: _YES[leaf] if isinstance(leaf, bool) else leaf)
        if isinstance(value, list) and len(value) == 1 and not isinstance(self.book, list | dict):
            value = value[0]
        return _next_to(self.book, value, _in_digits)

    @property
    def note(self) -> str:
        """What the run's value is of several seeds; "" of one run."""
        if not self.seeds:
            return ""
        if self.summary == "first":
            return f"first of {self.seeds} runs"
        alike = all(number.low == number.high for number in self.numbers.values())
        return f"all {self.seeds} seeds" if alike else f"median of {self.seeds} seeds"

    @property
    def spread(self) -> str:
        """Say of how many runs a single number is the median, and where they lie; "" for other values."""
        if self.summary != "median" or len(self.numbers) != 1:
            return ""
        (number,) = self.numbers.values()
        return f" in {self.seeds} runs, {four_digits(number.low)} to {four_digits(number.high)}"

    def written(self, limit: int = 36, *, drawn: bool = False) -> tuple[str, str]:
        """Write both, each in `limit` characters: "same" where they are, "" where there is no run.

        `drawn` : whether a log that is shortened has small bars.
        """
        book = brief(self.book, limit, drawn=drawn)
        if self.run is None or self.same:
            return book, "same" if self.same else ""
        if self.in_words:  # a yes would be that of our check, not of the sentence
            return book, "" if isinstance(self.run, bool) else brief(self.value, limit, drawn=drawn)
        printed, measured = _words(self.book), _words(self.value)
        if 2 < len(printed) <= _MOST_WORDS and measured:  # how many of them the run has, too
            words = f"{sum(word in measured for word in printed)} of {len(printed)} words: "
            return book, f"{words}{brief(self.value, max(limit - len(words), limit // 2))}"
        return side_by_side(self.book, self.value, limit, drawn=drawn)

    def in_full(self, limit: int) -> tuple[str, str]:
        """Write both with a line for each layer or quantity: "same" where they are, "" where there is no run.

        Several seeds are summed up as median and range.
        """
        layers = "\n".join(self.layers())
        book = layers or _lines(self.book, limit)
        if self.run is None or self.same:
            return book, "same" if self.same else ""
        if self.summary != "median":
            run = brief(self.value, limit) if layers else _lines(self.value, limit)
            return book, f"{run}, the {self.note}" if self.seeds else run
        if list(self.numbers) == [""]:
            return book, _of_seeds(self.numbers[""], self.seeds)
        text = _lines(self._beside_print(_with_ranges(self.run, self.numbers)), limit)
        return book, f"{text}{chr(10) if chr(10) in text else ', '}{self.note}"

    def layers(self) -> list[str]:
        """Write a network's summary as a table of its layers, with what the run has where it differs."""
        if not is_summary_of_layers(self.book):
            return []
        run = self.book if self.run is None or self.same else self.value
        rows = [
            (kind, f"({', '.join(map(str, shape))})", f"{parameters:,}", "" if each == own else brief(own))
            for (kind, shape, parameters), each, own in zip(self.book, self.book, run, strict=False)
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        return [
            f"{kind:<{widths[0]}}  {shape:<{widths[1]}}  {parameters:>{widths[2]}}  {own}".rstrip()
            for kind, shape, parameters, own in rows
        ]


def _next_to(printed: Any, value: Any, change: Callable[[Any, Any], Any]) -> Any:
    """Return a nested value with each part changed by what is printed in its place, None where nothing is."""
    if isinstance(printed, dict) and isinstance(value, Mapping):
        return {key: _next_to(printed.get(key), item, change) for key, item in value.items()}
    if isinstance(printed, list) and isinstance(value, list):
        return [_next_to(*pair, change) for pair in zip_longest(printed[: len(value)], value)]
    return change(printed, value)


def _in_digits(printed: Any, value: Any) -> Any:
    """Return a fractional number in two digits more than the printed one, at least four."""
    if not isinstance(value, float) or not is_number(printed):
        return value
    digits = len(f"{printed:.9g}".partition("e")[0].replace(".", "").strip("-0"))
    return float(f"{value:.{max(digits + 2, 4)}g}")


def _lines(value: Any, limit: int) -> str:
    """Write a value, a mapping of lists with a line for each of its entries."""
    if (
        isinstance(value, Mapping)
        and len(value) > 1
        and any(isinstance(item, list | dict) for item in value.values())
    ):
        return "\n".join(brief({key: item}, limit) for key, item in value.items())
    return brief(value, limit)


def _words(value: Any) -> list[str]:
    """Return the words of a list of them, each alone or with its number; none for other values."""
    entries = value if isinstance(value, list) else []
    words = [entry[0] if isinstance(entry, list) and _is_entry(entry) else entry for entry in entries]
    return words if all(isinstance(word, str) and " " not in word for word in words) else []


def pair_of(claim: Claim, shown: MeasuredValue | None) -> Pair:
    """Return what a claim states and what a run gives, as the results have it.

    Quantities that are only checked, and what is ours next to a printed value, are left out.
    """
    stated = stated_value(claim)
    in_words = claim.printed is None and not claim.ours
    if shown is None:
        return Pair(witness(claim), stated, None, False, in_words, claim.rule.needs_sample)
    numbers, run = today(shown), shown.measured
    for name in filter(None, (claim.part, claim.name if is_number(stated) else "")):
        if isinstance(run, Mapping) and name in run:
            inner = ((path.removeprefix(name), number) for path, number in numbers.items())
            numbers = {path.lstrip("."): n for path, n in inner if path == "" or path[0] in ".["}
            run = run[name]
    if not in_words and isinstance(stated, dict) and isinstance(run, Mapping):
        run = {name: value for name, value in run.items() if name in stated} or run
    same = not (in_words or shown.summary or run is None) and brief(run, sys.maxsize) == brief(
        stated, sys.maxsize
    )
    seeds = shown.runs if shown.summary else 0
    sampled = claim.rule.needs_sample or seeds > 0
    return Pair(witness(claim), stated, run, same, in_words, sampled, seeds, shown.summary, numbers)


def printed_part(claim: Claim, value: Any) -> Any:
    """Return what is printed of a value, where the claim checks other quantities, too."""
    return value.get(claim.part, value) if isinstance(value, Mapping) else value


# Two values and where they differ


def side_by_side(printed: Any, other: Any, limit: int, *, drawn: bool = False) -> tuple[str, str]:
    """Write two values, each in `limit` characters: whole or shortened, else where they first differ.

    Neither numbers that agree in the printed digits nor the order of keys make a difference.
    """
    printed = plain(printed)
    other = _in_order(plain(other), printed)
    texts = brief(printed, limit, drawn=drawn), brief(other, limit, drawn=drawn)
    difference = next(_differences(printed, other), None)
    aligned = _next_to(printed, other, lambda was, now: was if _alike(was, now) else now)
    if difference is None or _shown(texts[0]) != _shown(brief(aligned, limit, drawn=drawn)):
        return texts
    where, left, right = difference
    if isinstance(left, str) and isinstance(right, str):  # what is the same at the beginning is left out
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))
        begin = left.rfind(" ", 0, same) + 1
        if begin:
            where = (*where, f"from word {left[:begin].count(' ') + 1}")
        elif same > limit // 2:
            begin, where = same, (*where, f"from character {same + 1}")
        left, right = (text[begin:] or "nothing" for text in (left, right))
    place = f"{', '.join(where)}: " if where else ""
    room = max(limit - len(place), limit // 2)
    return place + brief(left, room, drawn=drawn), place + brief(right, room, drawn=drawn)


def _shown(text: str) -> str:
    """Return what a shortened text shows, without how much is left."""
    return re.sub(r" and [\d,]+ more( \w+)?$", "", text)


def _differences(printed: Any, other: Any, *where: str) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield where two values differ, the place in words, and what both have there."""
    if isinstance(printed, dict) and isinstance(other, dict):
        for key in {**printed, **other}:
            yield from _differences(printed.get(key, "nothing"), other.get(key, "nothing"), *where, str(key))
    elif isinstance(printed, list) and isinstance(other, list) and not _is_entry(printed, other):
        size = max(len(printed), len(other))
        nested = any(isinstance(item, list | dict) for item in printed)
        noun = "layer " if is_summary_of_layers(printed) else "row " if nested else ""
        for number, pair in enumerate(zip_longest(printed, other, fillvalue="nothing"), start=1):
            place = [f"{noun}{number} of {size}"] if size > 1 else []
            yield from _differences(*pair, *where, *place)
    elif not _alike(printed, other):
        yield where, printed, other


def _is_entry(*values: list[Any]) -> bool:
    """Whether lists are each written as one entry: a layer, or a word with its number."""
    return all(is_summary_of_layers([one, one]) or list(map(type, one)) == [str, float] for one in values)


def _in_order(value: Any, model: Any) -> Any:
    """Return a value with its keys in the order of another's, further ones last."""
    if isinstance(value, dict) and isinstance(model, dict):
        keys = [*(key for key in model if key in value), *(key for key in value if key not in model)]
        return {key: _in_order(value[key], model.get(key)) for key in keys}
    if isinstance(value, list) and isinstance(model, list):
        return [_in_order(*pair) for pair in zip_longest(value, model[: len(value)])]
    return value


def _alike(printed: Any, other: Any) -> bool:
    """Whether a value equals a printed one, a number in the printed digits."""
    if isinstance(printed, list) and isinstance(other, list):
        return len(printed) == len(other) and all(map(_alike, printed, other))
    if isinstance(printed, float) and is_number(other):
        return abs(printed - other) <= half_digit(printed)
    return brief(printed, sys.maxsize) == brief(other, sys.maxsize)
