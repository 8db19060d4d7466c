"""Errors in a reader's cells that a change of a library explains: cause, version, remedy, and the number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from workshop.checking.reading import Cell
from workshop.strict_yaml import read_yaml
from workshop.untrusted import one_line


@dataclass(frozen=True)
class CellError:
    """What ended a cell, or a warning that its numbers are others.

    `known` : whether the cause is. `failed` : it ended the cell.
    """

    cell: int
    known: bool
    sentence: str
    failed: bool = True


@dataclass(frozen=True)
class _Known:
    cause: str
    since: str
    remedy: str
    number: str
    error: str = ""
    says: str = ""
    warns: str = ""


@cache
def _known() -> tuple[_Known, ...]:
    text = (resources.files("workshop.checking") / "errors.yaml").read_text("utf-8")
    return tuple(_Known(**entry) for entry in read_yaml(text))


def explain_cells(cells: Iterable[Cell]) -> list[CellError]:
    """Return the errors of cells in order, and the warnings that matter for numbers."""
    return [found for cell in cells for found in _explain(cell)]


def _explain(cell: Cell) -> list[CellError]:
    found = [
        _sentence(cell, known, None)
        for known in _known()
        if known.warns and re.search(known.warns, cell.stderr)
    ]
    failure = cell.failure
    if failure is None:
        return found
    for known in _known():
        if not known.error or not re.fullmatch(known.error, failure.name):
            continue
        if says := re.search(known.says, failure.message):
            return [*found, _sentence(cell, known, says)]
    lines = [line for line in failure.message.splitlines() if line.strip()] or [""]
    message = one_line(lines[0])[:120].rstrip(": ")
    return [*found, CellError(cell.number, known=False, sentence=f"{failure.name}: {message}")]


def _sentence(cell: Cell, known: _Known, says: re.Match[str] | None) -> CellError:
    since = f" since {known.since}" if known.since else ""
    remedy = known.remedy
    if says is not None and says.lastindex:
        remedy = remedy.replace("{1}", one_line(says[1] or ""))
    sentence = f"{known.cause[0].upper()}{known.cause[1:]}{since}: {remedy}. {known.number}"
    return CellError(cell.number, known=True, sentence=sentence, failed=says is not None)
