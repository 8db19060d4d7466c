"""A strict reader of untrusted JSON: odd content is refused in plain words, and text is made printable."""

from __future__ import annotations

import codecs
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from workshop.files import reason
from workshop.untrusted import printable

LARGEST = 32 * 2**20  # bytes; the results of all claims take about 2 million
DEEPEST = 100


class NotJSON(ValueError):
    """A file that is not the expected JSON; the message gives the reason but not the file."""


def read_json(path: Path) -> Any:
    """Return the value of a JSON file, as `parse_json` does of its content. Raises NotJSON."""
    return parse_json(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Return what a file has, or as much of it as shows that it is too large. Raises NotJSON."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise NotJSON(reason(error)) from None


def parse_json(content: bytes) -> Any:
    """Return a value of JSON: finite numbers, distinct keys, printable text. Raises NotJSON."""
    if len(content) > LARGEST:
        raise NotJSON(f"it has more than {LARGEST // 2**20} MB")
    if content.startswith(codecs.BOM_UTF8):
        raise NotJSON("it begins with a byte order mark")
    try:
        text = content.decode()
        found = json.loads(
            text, object_pairs_hook=_mapping, parse_int=_integer, parse_float=_real, parse_constant=_constant
        )
    except UnicodeDecodeError as error:
        raise NotJSON(f"it is not UTF-8: byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise NotJSON(f"no JSON at {place}" if text.strip() else "it is empty") from None
    except RecursionError:
        raise NotJSON(f"it is nested more than {DEEPEST} levels deep") from None
    return _clean(found, 0)


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise NotJSON(f"key {_short(twice)} is given twice")
    return found


def _integer(text: str) -> int | float:
    """Return an integer of at most 64 bits, as in NumPy, or else a float."""
    number = _real(text)
    return int(text) if abs(number) < 2**63 else number


def _real(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotJSON(f"number {_short(text)} is too large")
    return number


def _constant(name: str) -> NoReturn:
    raise NotJSON(f"{name} is not a JSON number")


def _clean(value: Any, depth: int) -> Any:
    """Return a value with printable text."""
    if isinstance(value, str):
        return _text(value)
    if depth == DEEPEST and isinstance(value, dict | list):
        raise NotJSON(f"it is nested more than {DEEPEST} levels deep")
    if isinstance(value, dict):
        return {_text(key): _clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):  # most are long lists of numbers
        return [item if type(item) is float else _clean(item, depth + 1) for item in value]
    return value


def _text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotJSON(f"text {_short(text)} has half a character") from None
    return printable(text)


def _short(text: str) -> str:
    text = printable(text)
    return f"'{text if len(text) <= 40 else text[:37] + '...'}'"
