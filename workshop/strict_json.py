"""A reader of untrusted JSON: odd content is refused in one line, and text is made printable."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from workshop.files import reason
from workshop.untrusted import printable

LARGEST = 32 * 2**20  # bytes; the results of all claims take about 2 million


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
    """Return a value of JSON: finite numbers, printable text, at most 200 levels. Raises NotJSON."""
    if len(content) > LARGEST:
        raise NotJSON(f"it has more than {LARGEST // 2**20} MB")
    try:
        return _clean(from_json(content, allow_inf_nan=False))
    except OverflowError:
        raise NotJSON("a number is too large") from None
    except ValueError as error:
        raise NotJSON(f"no JSON: {error}") from None


@lru_cache(maxsize=1 << 14)
def _text(text: str) -> str:
    """Return printable text. Names repeat."""
    return text if text.isascii() and text.isprintable() else printable(text)


def _clean(value: Any) -> Any:
    """Return a value with printable text, and integers of at most 64 bits, as in NumPy, or else floats."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):  # most of a results file are numbers: they cost no call
        return {
            _text(key): item if type(item) is float and abs(item) < math.inf else _clean(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [item if type(item) is float and abs(item) < math.inf else _clean(item) for item in value]
    if isinstance(value, float) and math.isinf(value):
        raise OverflowError
    return float(value) if isinstance(value, int) and abs(value) >= 2**63 else value
