"""What a claim states and what a run measured: each in words, and as a pair."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, Any

from workshop.ledger.values import (
    brief,
    for_json,
    half_digit,
    is_number,
    is_summary_of_layers,
    leaves,
    plain,
)
from workshop.wording.numbers import four_digits, map_leaves, rounded

if TYPE_CHECKING:
    from workshop.ledger import Claim

_YES = {True: "yes", False: "no"}
_SHORT_NAMES = {"rnn", "lstm", "gru"}
_MOST_WORDS = 12  # of a list that is compared as a whole
FIRST = ("seeds", "first")
SUMMARY = ("seeds", "median", "minimum", "maximum")  # of several seeds' values, in the results
_CONTEXT = 90  # characters around a difference, few enough to spot it


# Measured values


@dataclass(frozen=True)
class Today:
    """What today's runs gave of a number: the median and the range over the seeds."""

    median: float
    low: float
    high: float


def is_summary(measured: Any) -> bool:
    """Whether a measured value of the results sums up several seeds' numbers."""
    return isinstance(measured, Mapping) and tuple(measured) == SUMMARY


def is_first(measured: Any) -> bool:
    """Whether a measured value is that of the first of several seeds, because they have no median."""
    return isinstance(measured, Mapping) and tuple(measured) == FIRST


def measured_text(value: Any, limit: int, numbers: Mapping[str, Today]) -> str:
    """Write a measured value; a summary of several seeds as its median and range.

    `numbers` has the numbers of a summary by name, where they have names.
    """
    if is_first(value):
        return f"{brief(rounded(value['first']), limit)} in the first of {value['seeds']} runs"
    if not is_summary(value):
        return brief(value, limit)
    seeds = value["seeds"]
    if numbers:
        alike = all(number.low == number.high for number in numbers.values())
        entries = _named(numbers, median_and_range)
        if len(", ".join(entries)) > 2 * limit:
            entries = _named(numbers, lambda n: four_digits(n.median))
        text = brief(entries, 2 * limit)
        return f"{text} on all {seeds} seeds" if alike else f"median {text} over {seeds} seeds"
    median, low, high = (map_leaves(value[key], _leaf) for key in ("median", "minimum", "maximum"))
    if low == high:
        return f"{brief(median, limit)} on all {seeds} seeds"
    if isinstance(median, list | dict):
        return f"median {brief(_with_ranges(median, low, high), 2 * limit)} over {seeds} seeds"
    return f"median {brief(median)}, {brief(low)} to {brief(high)} over {seeds} seeds"


def _with_ranges(median: Any, low: Any, high: Any) -> Any:
    """Return written medians with their ranges in parentheses; all three have the same structure."""
    if isinstance(median, dict):
        return {key: _with_ranges(item, low[key], high[key]) for key, item in median.items()}
    if isinstance(median, list):
        return list(map(_with_ranges, median, low, high))
    return median if low == high else f"{brief(median)} ({brief(low)} to {brief(high)})"


def _named(numbers: Mapping[str, Today], write: Callable[[Today], str]) -> list[str]:
    return [f"{name} {write(number)}" for name, number in numbers.items()]


def median_and_range(number: Today) -> str:
    """Write the median of a number over today's seeds, and its range in parentheses if there is one."""
    ends = "" if number.low == number.high else f" ({four_digits(number.low)} to {four_digits(number.high)})"
    return four_digits(number.median) + ends


def _leaf(value: Any) -> Any:
    return float(four_digits(value).replace(",", "")) if is_number(value) else value


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
    the measured value of what is printed, a summary of several seeds, or None. `same` : whether it is written
    like the printed value. `in_words` : whether the book prints a sentence and no value. `sampled` : whether
    the run's digits beyond the fourth are chance. `names` : those of the measured quantities.
    """

    label: str
    book: Any
    run: Any
    same: bool
    in_words: bool
    sampled: bool
    names: tuple[str, ...] = ()

    @property
    def seeds(self) -> int:
        """How many seeds the run's value sums up; 0 if it is of one run."""
        return self.run["seeds"] if is_summary(self.run) or is_first(self.run) else 0

    @property
    def value(self) -> Any:
        """The run's value, the median of several seeds; in four digits if it depends on a seed.

        Numbers without names have those of the printed value; quantities that are not printed are left out.
        """
        value = self.run["first" if is_first(self.run) else "median"] if self.seeds else self.run
        if self.sampled or self.seeds or self.in_words:
            value = rounded(value)
        if self.in_words:
            value = self._in_the_books_order(value)
            return map_leaves(value, lambda leaf: _YES[leaf] if isinstance(leaf, bool) else leaf)
        if isinstance(value, list) and len(value) == 1 and not isinstance(self.book, list | dict):
            value = value[0]
        if self.seeds and isinstance(value, list) and all(map(is_number, value)):
            return self._with_names(value)
        return _next_to(self.book, value, _in_digits)

    def _in_the_books_order(self, value: Any) -> Any:
        """Return several numbers by their names, in the order of the sentence; what it is of comes first."""
        if isinstance(value, list) and 1 < len(self.names) == len(value):
            value = dict(zip(self.names, value, strict=True))
        if not isinstance(value, Mapping):
            return value
        said = str(self.book).lower()
        names = sorted(value, key=lambda name: said.find(str(name).lower()))
        return {name.upper() if name in _SHORT_NAMES else name: value[name] for name in names}

    def _with_names(self, numbers: list[Any]) -> Any:
        """Return a summary's numbers in the structure of what is printed, or by their names, if it is known.

        `names` has all of the measured quantities in their order, of which some are printed.
        """
        printed = tuple(map(str, self.book)) if isinstance(self.book, Mapping) else ()
        count, first = len(list(leaves(self.book))), self.names[: len(printed)] == printed
        if not printed:
            return numbers
        last = self.names[len(self.names) - len(printed) :] == printed
        if not (first or last) or count > len(numbers):
            if len(self.names) == len(numbers):
                named = dict(zip(self.names, numbers, strict=True))
                return {name: item for name, item in named.items() if name in printed} or named
            if count != len(numbers):
                return numbers
        kept = iter(numbers if first else numbers[len(numbers) - count :])
        return map_leaves(self.book, lambda _: next(kept))

    @property
    def note(self) -> str:
        """What the run's value is of several seeds; "" of one run."""
        if not self.seeds:
            return ""
        if is_first(self.run):
            return f"first of {self.seeds} runs"
        alike = self.run["minimum"] == self.run["maximum"]
        return f"all {self.seeds} seeds" if alike else f"median of {self.seeds} seeds"

    @property
    def spread(self) -> str:
        """Say of how many runs a single number is the median, and where they lie; "" for other values."""
        ends = [[*leaves(self.run[key])] for key in SUMMARY[2:]] if is_summary(self.run) else []
        if not ends or len(ends[0]) != 1 or not all(is_number(end) for (end,) in ends):
            return ""
        low, high = (four_digits(end) for (end,) in ends)
        return f" in {self.seeds} runs, {low} to {high}"

    def written(self, limit: int = 36, *, drawn: bool = False) -> tuple[str, str]:
        """Write both, each in `limit` characters: "same" where they are, "" where there is no run.

        `drawn` : whether a log that is shortened has small bars.
        """
        book = brief(self.book, limit, drawn=drawn)
        if self.run is None or self.same:
            return book, "same" if self.same else ""
        if self.in_words:  # a yes would be that of our check, not of the sentence
            return book, "" if isinstance(self.run, bool) else brief(self.value, limit, drawn=drawn)
        if words := _words_found(self.book, self.value):
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
        if not is_summary(self.run):
            run = brief(self.value, limit) if layers else _lines(self.value, limit)
            return book, f"{run}, the {self.note}" if self.seeds else run
        if not isinstance(self.run["median"], list | dict):
            return book, measured_text(self.run, limit, {})
        of_runs = (replace(self, run={**self.run, "median": self.run[key]}) for key in SUMMARY[1:])
        median, low, high = (map_leaves(pair.value, _leaf) for pair in of_runs)
        text = _lines(_with_ranges(median, low, high), limit)
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


def _words_found(book: Any, run: Any) -> str:
    """Say how many of a short list of printed words a run has, too; "" if it is not one."""
    printed, measured = _words(book), _words(run)
    if not 2 < len(printed) <= _MOST_WORDS or not measured:
        return ""
    return f"{sum(word in measured for word in printed)} of {len(printed)} words: "


def _words(value: Any) -> list[str]:
    """Return the words of a list of them, each alone or with its number; none for other values."""
    entries = value if isinstance(value, list) else []
    words = [entry[0] if isinstance(entry, list) and _is_entry(entry) else entry for entry in entries]
    return words if all(isinstance(word, str) and " " not in word for word in words) else []


def pair_of(claim: Claim, measured: Any) -> Pair:
    """Return what a claim states and what a run gives, as the results have it.

    Quantities that are only checked, and what is ours next to a printed value, are left out.
    """
    run, stated = printed_part(claim, measured), stated_value(claim)
    in_words = claim.printed is None and not claim.ours
    if not in_words and isinstance(stated, dict) and isinstance(run, Mapping) and not is_summary(run):
        run = {name: value for name, value in run.items() if name in stated} or run
    if is_number(stated) and isinstance(run, Mapping) and claim.name in run:
        run = run[claim.name]
    same = not in_words and run is not None and brief(run, sys.maxsize) == brief(stated, sys.maxsize)
    names = tuple(name for name in claim.measures() if name)
    return Pair(witness(claim), stated, run, same, in_words, claim.rule.needs_sample, names)


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


def side_by_side(printed: Any, other: Any, limit: int, *, drawn: bool = False) -> tuple[str, str]:
    """Write two values, each in `limit` characters: whole or shortened, else where they first differ.

    Neither numbers that agree in the printed digits nor the order of keys make a difference.
    """
    printed = plain(printed)
    other = _in_order(plain(other), printed)
    texts = brief(printed, limit, drawn=drawn), brief(other, limit, drawn=drawn)
    found = next(_differences(printed, other), None)
    aligned = _next_to(printed, other, lambda was, now: was if _alike(was, now) else now)
    if found is None or _shown(texts[0]) != _shown(brief(aligned, limit, drawn=drawn)):
        return texts
    where, left, right = found
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
        noun = "layer " if is_summary_of_layers(printed) else "row " if _is_nested(printed) else ""
        for number, pair in enumerate(zip_longest(printed, other, fillvalue="nothing"), start=1):
            place = [f"{noun}{number} of {size}"] if size > 1 else []
            yield from _differences(*pair, *where, *place)
    elif not _alike(printed, other):
        yield where, printed, other


def _is_entry(*values: list[Any]) -> bool:
    """Whether lists are each written as one entry: a layer, or a word with its number."""
    return all(is_summary_of_layers([one, one]) or list(map(type, one)) == [str, float] for one in values)


def _is_nested(value: list[Any]) -> bool:
    return any(isinstance(item, list | dict) for item in value)


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
