"""Printed and measured values compared leaf by leaf: nested lists, mappings, arrays and scalars."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from numbers import Real
from typing import Any, TypeGuard

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
    """Yield the scalars of a nested value in order."""
    yield from _leaves(plain(value))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    else:
        yield value


def numbers_in(value: Any, where: str = "") -> Iterator[tuple[str, float]]:
    """Yield the finite numbers of a nested value by their paths, without its words and truth values."""
    yield from _numbers_in(plain(value), where)


def _numbers_in(value: Any, where: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers_in(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _numbers_in(item, f"{where}[{index}]")
    elif is_number(value) and math.isfinite(value):
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


def brief(value: Any, limit: int = 100) -> str:
    """Write a value on one line; a long text is shortened in the middle, between words if possible."""
    text = _one_line(plain(value))
    return text if len(text) <= limit else f"{beginning(text, limit // 2 - 2)} … {_end(text, limit // 2 - 2)}"


def beginning(text: str, room: int, least: int | None = None) -> str:
    """Return the beginning of a text that is longer than `room` characters.

    It ends with a whole word or number, because a part of a number reads as another number. It fills the room
    where whole words would leave fewer than `least` characters, by default a quarter of the room.
    """
    least = room // 4 if least is None else least
    ends = (n for n in range(room, least - 1, -1) if text[n] in " ,;:)]}")
    whole = (n for n in ends if text[n] == " " or not text[n + 1 : n + 2].isalnum())  # 40,275 is one number
    return text[: next(whole, room)].rstrip()


def _end(text: str, room: int) -> str:
    """Return the end of a text, cut like its `beginning`."""
    whole = (n for n in range(room, room // 4 - 1, -1) if text[-n - 1] == " ")
    return text[-next(whole, room) :].lstrip()


def _one_line(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_one_line, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_one_line(v)}" for k, v in value.items()) + "}"
    return str(value)


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
