"""Values in printed texts: numbers that remember how they were printed, lists, arrays, tensors and tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

# a number as Python, NumPy and Keras print it, that of a training that diverged, too
NUMBER = r"(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|-?(?:nan|inf)\b)"
MOST_DIGITS = 40  # characters of a number: no library prints longer ones


class Shown(float):
    """A number and the text that it was read from."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str, value: float | None = None) -> Self:
        """Read a number as printed, or take its value. Raises ValueError if the text is none."""
        number = super().__new__(cls, text if value is None else value)
        number.text = text
        return number

    def __format__(self, spec: str) -> str:
        """Write the number as it was printed, whatever the format."""
        return self.text


MOST_PARTS = 20_000
_PART = re.compile(
    r"(?P<text>'(?:[^'\\\n]|\\.){0,1000}'|\"(?:[^\"\\\n]|\\.){0,1000}\")"
    rf"|(?P<number>(?<![\w.]){NUMBER}(?!\w))"
    r"|(?P<open>[\[({])|(?P<close>[\])}])|(?P<comma>,)|(?P<colon>:)|(?P<more>\.\.\.|…)|(?P<name>[A-Za-z_][\w.]*)"
    r"|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
_ABOUT = re.compile(r"dtype=[\w.'<]+|shape=\([^()]*\)")  # what arrays and tensors say of themselves
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_SCALARS = {"True": True, "False": False, "None": None}


def read_values(text: str) -> list[Any]:
    """Return the values in a text in order: numbers as Shown, texts, lists, and mappings.

    Lists that are printed with gaps are left out.
    """
    return list(_values(text))


@lru_cache(maxsize=4)  # each call on a model asks for those of its cell
def _values(text: str) -> tuple[Any, ...]:
    values: list[Any] = []
    for block in _blocks(text):
        values += block
        if len(values) > MOST_PARTS:
            break
    return tuple(values)


def _blocks(text: str) -> Iterator[list[Any]]:
    if table := read_frame(text):
        yield [table]
        return
    # a tensor's numbers come after its shape and type
    tensors = list(re.finditer(r"numpy=\s*", text))
    if tensors:
        for number, match in enumerate(tensors):
            end = tensors[number + 1].start() if number + 1 < len(tensors) else len(text)
            yield _scan(_ABOUT.sub("", text[match.end() : end]))[:1]
        return
    yield _scan(_ABOUT.sub("", text))


def _scan(text: str) -> list[Any]:
    """Return the values of a text: those in brackets, and numbers and texts outside of them."""
    values: list[Any] = []
    stack: list[
        tuple[str, list[Any], bool]
    ] = []  # opening bracket, or "call", items, whether it is a mapping
    whole, before = True, ""
    for count, match in enumerate(_PART.finditer(text)):
        if count > MOST_PARTS:
            break
        kind, part = match.lastgroup or "", match[0]
        items = stack[-1][1] if stack else values
        called, before = before == "name", kind
        if kind == "open":
            if len(stack) > 20:
                return values
            stack.append(("call" if called and part == "(" else part, [], False))
            whole = whole if len(stack) > 1 else True
        elif kind == "close":
            if not stack or _CLOSING.get(stack[-1][0], ")") != part:
                stack = []
                continue
            opened, inner, mapping = stack.pop()
            value = _closed(opened, inner, mapping)
            if stack or whole:
                (stack[-1][1] if stack else values).append(value)
        elif kind == "text":
            items.append(_unquoted(part))
        elif kind == "number":
            items.append(Shown(part) if len(part) < MOST_DIGITS else part)
        elif kind == "colon" and stack and stack[-1][0] == "{":
            stack[-1] = ("{", stack[-1][1], True)
        elif kind == "more":
            whole = False
        elif kind == "name" and stack and text[match.end() : match.end() + 1] not in {"(", "="}:
            items.append(_SCALARS.get(part, part))
    return values


def _unquoted(part: str) -> str:
    try:
        return str(ast.literal_eval(part))
    except (ValueError, SyntaxError):
        return part[1:-1]


def _closed(opened: str, inner: list[Any], mapping: bool) -> Any:
    if mapping and len(inner) % 2 == 0:
        keys = inner[::2]
        if all(isinstance(key, str | float) for key in keys):
            texts = (key.text if isinstance(key, Shown) else str(key) for key in keys)
            return dict(zip(texts, inner[1::2], strict=True))
    return inner[0] if opened == "call" and len(inner) == 1 else inner  # array(…) is what is inside


def read_frame(text: str) -> list[list[Any]]:
    """Return the rows of a data frame printed as text, without its index; nothing if it is none."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not lines[0].startswith((" ", "\t")) or len(lines) > 200:
        return []
    columns = lines[0].split()
    rows: list[list[Any]] = []
    for line in lines[1:]:
        if not re.match(r"\d+\s", line):
            break
        cells = (
            re.split(r"\s{2,}", line.rstrip())[1:]
            if len(line.split()) != len(columns) + 1
            else line.split()[1:]
        )
        if len(cells) != len(columns):
            return []
        rows.append([Shown(cell) if re.fullmatch(NUMBER, cell) else cell for cell in cells])
    return rows
