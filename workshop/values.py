"""Printed and measured values compared leaf by leaf: nested lists, mappings, arrays and scalars."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from itertools import islice
from numbers import Real
from typing import Any, TypeGuard

from workshop.paths import joined

_LARGE = 10_000  # whole numbers from here on have commas
_SCALARS = frozenset({float, int, str, bool, type(None)})


class ShapeMismatch(Exception):
    """The two values differ in structure: another shape, other keys, another kind."""


def plain(value: Any) -> Any:
    """Return the value with dataclasses as dicts, arrays as lists, and NumPy's scalars as Python's."""
    known = type(value)
    if known in _SCALARS:  # most calls
        return value
    if known is list or known is tuple:
        return [plain(v) for v in value]
    if known is dict:
        return {k: plain(v) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    numpy = sys.modules.get("numpy")  # who has a value of NumPy's has imported it, and most commands need not
    if numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic)):
        return value.tolist() if value.dtype.kind in "biufU" else plain(value.tolist())
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(v) for v in value]
    return value


def for_json(value: Any) -> Any:
    """Return the value with arrays as lists, keys as text, and numbers that JSON does not know as None."""
    return _for_json(plain(value))


def _for_json(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):  # half a character can't be written
        return value if value.isascii() else value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {str(k): _for_json(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_for_json(v) for v in value]
    if isinstance(value, Iterable):  # a set, whose items are as they were
        return [for_json(v) for v in value]
    return value


def leaves(value: Any) -> Iterator[Any]:
    """Return the scalars of a nested value in order."""
    return (leaf for _, leaf in named_leaves(value))


def numbers_in(value: Any) -> Iterator[tuple[str, float]]:
    """Yield the finite numbers of a nested value by their paths, without its words and truth values."""
    return ((path, leaf) for path, leaf in named_leaves(value) if is_number(leaf) and math.isfinite(leaf))


def named_leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the scalars of a nested value in order by their paths, as rules name them (`loss[0]`)."""
    yield from _named_leaves(plain(value), "")


def _named_leaves(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _named_leaves(item, joined(where, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _named_leaves(item, f"{where}[{index}]")
    else:
        yield where, value


def pairs(expected: Any, measured: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (path, expected leaf, measured leaf); raise ShapeMismatch where the structures differ."""
    expected, measured = plain(expected), plain(measured)
    if isinstance(expected, dict):
        if not isinstance(measured, dict):
            raise ShapeMismatch(f"{where or 'value'} is {kind(measured)}, not a mapping")
        if set(expected) != set(measured):
            raise ShapeMismatch(
                f"{where or 'value'} has keys {sorted(map(str, measured))}, not {sorted(map(str, expected))}"
            )
        for key, item in expected.items():
            yield from pairs(item, measured[key], f"{where}.{key}")
    elif isinstance(expected, list):
        if not isinstance(measured, list):
            raise ShapeMismatch(f"{where or 'value'} is {kind(measured)}, not a list")
        if len(expected) != len(measured):
            raise ShapeMismatch(f"{where or 'value'} has {len(measured)} entries, not {len(expected)}")
        for index, item in enumerate(expected):
            yield from pairs(item, measured[index], f"{where}[{index}]")
    else:
        if isinstance(measured, dict | list):
            raise ShapeMismatch(f"{where or 'value'} is {kind(measured)}, not a single value")
        yield where, expected, measured


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a leaf is a real number; a truth value is not."""
    known = type(value)
    return known is float or known is int or (isinstance(value, Real) and known is not bool)


def same(expected: Any, measured: Any) -> bool:
    """Whether two leaves are equal; a truth value equals no number, and text equals only text."""
    if is_number(expected) and is_number(measured):
        return bool(expected == measured)
    return type(expected) is type(measured) and bool(expected == measured)


def half_digit(printed: float, decimals: int | None = None) -> float:
    """Return half a unit of the last printed digit of a number.

    `decimals` gives the printed decimals where trailing zeros count; otherwise the number's own are used.
    """
    if decimals is None:
        exponent = 0 if isinstance(printed, int) else Decimal(repr(float(printed))).as_tuple().exponent
        assert isinstance(exponent, int)
        decimals = -exponent
    return 0.5 * 10.0 ** (-decimals)


def kind(value: Any) -> str:
    """Describe the structure of a value for messages."""
    value = plain(value)
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"{value!r}"


def brief(value: Any, limit: int = 100, *, drawn: bool = False) -> str:
    """Write a value in words on one line of at most `limit` characters: whole, or how much more there is.

    If the text is too long, a summary of a network becomes the number of its layers and parameters, a log its
    first and last values, with small bars between them if `drawn`; all else its first entries.
    """
    value = plain(value)
    count = sum(1 for _ in leaves(value))
    if count <= limit:  # else it can't fit, because each entry takes a character
        whole, _ = _written(value)
        if len(whole) <= limit or count == 0:
            return whole
    if is_summary_of_layers(value):
        parameters = f", {sum(layer[2] for layer in value):,} parameters"
        layers = f"{len(value)} layers"
        return layers + (parameters if len(layers) + len(parameters) <= limit else "")
    if isinstance(value, list | dict) and len(value) == 1:
        ((key, item),) = _items(value)
        return key + brief(item, max(limit - len(key), 1), drawn=drawn)
    entries = _log(value, drawn=drawn)
    length = len(entries) or (len(value) if isinstance(value, list | dict) else 0)
    entries = entries or _entries(value, limit)
    shown = _first_of(entries, limit, _separator(entries), length)
    pieces = list(islice(_pieces(value), limit))
    return shown or _first_of(pieces, limit, " ", count) or _cut(_written(value)[0], limit)


def is_summary_of_layers(value: Any) -> bool:
    """Whether a value is a network's table of layers: kind, shape of the output and parameters of each."""
    return (
        isinstance(value, list)
        and len(value) > 1
        and all(
            isinstance(layer, list) and list(map(type, layer)) in ([str, list, int], [str, list, float])
            for layer in value
        )
    )


Entry = tuple[str, int]  # a text, and how deep its lists are nested


def _written(value: Any) -> Entry:
    """Write a value without brackets: `1, 2; 3, 4`, `loss 0.3, accuracy 0.9`, `queen 0.68`."""
    if isinstance(value, float):
        return f"{value:.9g}", 0
    if isinstance(value, int) and abs(value) >= _LARGE:
        return f"{value:,}", 0
    if not isinstance(value, list | dict):
        return str(value), 0
    if not value:
        return "empty", 0
    if isinstance(value, list):
        if len(value) == 1:
            return _written(value[0])
        if list(map(type, value)) == [list, int] and None in value[0]:  # a layer's shape and parameters
            return f"({', '.join(map(str, value[0]))}) {value[1]:,}", 0
        if list(map(type, value)) == [str, float]:  # a word and its number
            return f"{value[0]} {_written(value[1])[0]}", 0
        if len(value) == 3 and is_summary_of_layers([value, value]):
            shape = ", ".join(map(str, value[1]))
            return f"{value[0]} ({shape}) {value[2]:,}", 1
    entries = _entries(value)
    return _separator(entries).join(text for text, _ in entries), 1 + min(max(d for _, d in entries), 1)


def _entries(value: Any, most: int | None = None) -> list[Entry]:
    """Write the first entries of a list or mapping, with their keys; parentheses are around nested lists."""
    if not isinstance(value, list | dict):
        return []
    written = [(key, *_written(item)) for key, item in islice(_items(value), most)]
    return [(f"{key}({text})" if depth > 1 else f"{key}{text}", depth) for key, text, depth in written]


def _items(value: Any) -> list[tuple[str, Any]]:
    """Return the entries of a list or a mapping with their keys as they are written, "" in a list."""
    if isinstance(value, list):
        return [("", item) for item in value]
    return [
        (f"{key} " if str(key).isidentifier() and not isinstance(item, str) else f"{key}: ", item)
        for key, item in value.items()
    ]


def _separator(entries: Sequence[Entry]) -> str:
    return "; " if any(depth for _, depth in entries) else ", "


def _first_of(entries: Sequence[Entry], limit: int, separator: str, count: int) -> str:
    """Return as many entries as fit, with how many of `count` are left; "" if not one fits."""
    shown = ""
    for number in range(1, len(entries) + 1):
        left = count - number
        text = separator.join(text for text, _ in entries[:number]).rstrip(",;")
        text += f" and {left:,} more" if left else ""
        if len(text) > limit:
            break
        shown = text
    return shown


def _pieces(value: Any, key: str = "") -> Iterator[Entry]:
    """Yield the leaves of a value as they are written one after another, each with the keys before it."""
    if not isinstance(value, list | dict):
        yield f"{key}{_written(value)[0]},", 0
        return
    for name, item in _items(value):
        yield from _pieces(item, key + name)
        key = ""


def _log(value: Any, *, drawn: bool) -> list[Entry]:
    """Write the first and last number of each of several series, or networks in short; nothing of others."""
    if not isinstance(value, dict):
        return []
    series = list(value.values())
    if all(map(is_summary_of_layers, series)):
        return [(key + brief(layers, 30), 0) for key, layers in _items(value)]
    if all(str(key).isdigit() for key in value) and all(isinstance(row, list) for row in series):
        first, *_, last = value  # rows of a log by their epochs
        series = list(map(list, zip(*series, strict=False)))
        names = [f"{first} to {last}: ", *[""] * len(series)]
    else:
        names = [name for name, _ in _items(value)]
    for one in series:
        if (
            not isinstance(one, list)
            or len(one) < 3
            or not all(map(is_number, one))
            or all(isinstance(n, int) for n in one)
        ):
            return []
    return [(name + _ends(one, drawn=drawn), 0) for name, one in zip(names, series, strict=False)]


def _ends(numbers: Sequence[float], *, drawn: bool) -> str:
    first, last = (_written(numbers[at])[0] for at in (0, -1))
    if min(numbers) == max(numbers):
        return f"{first} throughout"
    return f"{sparkline(numbers) + ' ' if drawn else ''}{first} to {last}"


def sparkline(numbers: Sequence[float]) -> str:
    """Draw numbers as small bars, at most ten of them: ▇▄▃▂▁."""
    bars, step = "▁▂▃▄▅▆▇", max(-(-len(numbers) // 10), 1)
    shown = [number for number in numbers[::step] if math.isfinite(number)]
    low, high = min(shown, default=0), max(shown, default=0)
    scale = (len(bars) - 1) / (high - low) if high > low else 0
    return "".join(bars[round((number - low) * scale)] for number in shown)


def _cut(text: str, limit: int) -> str:
    """Return the first words of a text with how many more there are, or its first characters."""
    words = text.split()
    for number in range(len(words) - 1, 0, -1):
        shown = f"{' '.join(words[:number]).rstrip(',;')} and {counted_more(len(words) - number, 'word')}"
        if len(shown) <= limit:
            return shown
    room = max(limit - len(f" and {len(text):,} more characters"), 1)
    return f"{text[:room]} and {counted_more(len(text) - room, 'character')}"


def counted_more(number: int, noun: str) -> str:
    """Write how many more of something there are."""
    return f"{number:,} more {noun}{'' if number == 1 else 's'}"


def about(seconds: float) -> str:
    """Write an estimated time, in seconds, in words."""
    if seconds < 15:
        return "a few seconds"
    if seconds < 90:
        return f"about {10 * round(seconds / 10)} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} min"
    hours = seconds / 3600
    return f"about {hours:.0f} h" if hours < 48 else f"about {hours / 24:,.0f} days"
