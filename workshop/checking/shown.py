"""Numbers as they were printed: a value that remembers its text, which says how far it was rounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

# a number as Python, NumPy, Keras and pandas print it
NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
MOST_DIGITS = 40  # characters of a number: no library prints longer ones
_WHOLE = re.compile(NUMBER)


class Shown(float):
    """A number and the text that it was read from."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str, value: float | None = None) -> Self:
        """Read a number as printed, or take its value. Raises ValueError if the text is none."""
        number = super().__new__(cls, text if value is None else value)
        number.text = text
        return number


def shown(text: str) -> Shown | None:
    """Return the number that a text is, None if it is none."""
    text = text.strip()
    return Shown(text) if len(text) < MOST_DIGITS and _WHOLE.fullmatch(text) else None


def leaves(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of nested lists and mappings by their paths, as rules name them (`loss[0]`)."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from leaves(item, f"{where}[{index}]")
    else:
        yield where, value
