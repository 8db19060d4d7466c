"""Dotted paths with indices and slices into nested values: `history.loss[7:]`, `ch06.ex01.summary[0][1]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

_HEAD = re.compile(r"(?:(?P<unit>ch\d\d\.(?:ex|act|text)\d\d)\.)?(?P<field>[A-Za-z_]\w*)")
_STEP = re.compile(
    r"\.(?P<name>\w+)"
    r"|\[(?P<index>-?\d+)\]"
    r"|\[(?P<slice>(?:-?\d+)?:(?:-?\d+)?(?::(?:-?[1-9]\d*)?)?)\]"
    r"|\[:\s*,\s*(?P<column>-?\d+)\]"
)

Step = str | int | slice | tuple[slice, int]


@dataclass(frozen=True)
class Measure:
    """The path of a claim's quantity: a unit, a field of its outcome, and the steps into that field."""

    unit: str
    field: str
    steps: tuple[Step, ...]

    def __hash__(self) -> int:
        return hash(str(self))  # slices have no hash of their own before Python 3.12

    def __str__(self) -> str:
        return f"{self.unit}.{self.field}" + "".join(_written(step) for step in self.steps)


@cache
def parse_measure(text: str, *, home: str) -> Measure:
    """Parse a claim's `measure:`; a path without a unit is one in the claim's own unit `home`.

    Raises ValueError if the text is not a path.
    """
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"measure {text!r} is not a path like history.loss[7:] or ch06.ex01.test_accuracy")
    return Measure(head["unit"] or home, head["field"], parse_steps(text[head.end() :]))


def parse_steps(text: str) -> tuple[Step, ...]:
    """Parse the steps of a path (`.loss[7:]`, `[0][1]`); a leading dot may be left out. Raises ValueError."""
    if text and text[0] not in ".[":
        text = "." + text
    steps: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(
                f"path {text!r} can't be read from {text[position:]!r} on: use .name, [index] or [from:to]"
            )
        position = match.end()
        if match["name"] is not None:
            steps.append(match["name"])
        elif match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["slice"] is not None:
            steps.append(slice(*(int(s) if s else None for s in match["slice"].split(":"))))
        else:
            steps.append((slice(None), int(match["column"])))
    return tuple(steps)


def joined(path: str, rest: str) -> str:
    """Return a path and what follows it as one: `log` and `loss` are `log.loss`, `log` and `[0]` `log[0]`."""
    return f"{path}{'.' if path and rest and rest[0] not in '.[' else ''}{rest}"


def is_within(path: str, whole: str) -> bool:
    """Whether a path is that of a whole or leads into it; "" is the path of all."""
    return not whole or path == whole or path.startswith((f"{whole}.", f"{whole}["))


def follow(value: Any, steps: tuple[Step, ...]) -> Any:
    """Return the value at the end of the steps in nested dataclasses, mappings, sequences and arrays.

    Raises LookupError naming the step that leads nowhere.
    """
    for step in steps:
        try:
            if isinstance(step, str):
                value = _named(value, step)
            elif isinstance(step, tuple):
                value = [row[step[1]] for row in value]
            else:
                value = value[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            raise LookupError(f"{_written(step)} leads nowhere in {_short(value)}") from None
    return value


def _named(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value[name] if name in value or not name.isdigit() else value[int(name)]
    return getattr(value, name)


def _written(step: Step) -> str:
    if isinstance(step, str):
        return f".{step}"
    if isinstance(step, int):
        return f"[{step}]"
    if isinstance(step, tuple):
        return f"[:, {step[1]}]"
    parts = [step.start, step.stop] if step.step is None else [step.start, step.stop, step.step]
    return "[" + ":".join("" if p is None else str(p) for p in parts) + "]"


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."
