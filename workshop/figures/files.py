"""The figures of a run in a file next to its results, from which `workshop report` shows them.

{"schema": "workshop-figures/2",
"results": SHA-256 of the results file that they belong to,
"figures": {unit: [a figure as data, see `model`, …]}}

They are numbers and words, which a page escapes when it draws them, so that the file can bring no markup.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from workshop.errors import WorkshopError
from workshop.figures.drawing import html
from workshop.figures.model import Figure
from workshop.files import write_atomically
from workshop.strict_json import NotJSON, read_json

SCHEMA = "workshop-figures/2"
_FIGURES = TypeAdapter(dict[str, tuple[Figure, ...]])


class NoFigures(WorkshopError):
    """A results file has no figures of its own; the message says why, and the remedy."""


def figures_path(results: Path) -> Path:
    """Return where the figures of a results file are."""
    return results.with_suffix(".figures")


def write_figures(figures: Mapping[str, Any], results: Path) -> None:
    """Write the figures of a results file, in the form of JSON, next to it, whole or not at all."""
    content = {"schema": SCHEMA, "results": _digest(results), "figures": figures}
    write_atomically(figures_path(results), (json.dumps(content) + "\n").encode())


def as_json(figures: Mapping[str, Sequence[Figure]]) -> dict[str, Any]:
    """Return figures in the form of JSON."""
    return {unit: [_plain(asdict(figure)) for figure in drawn] for unit, drawn in figures.items()}


def from_json(content: Any) -> dict[str, tuple[Figure, ...]]:
    """Return the figures that `as_json` has written. Raises ValueError."""
    return _FIGURES.validate_python(content)


def _plain(value: Any) -> Any:
    """Leave out what is as by default."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if each not in ("", (), None, False)}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def read_figures(results: Path) -> Mapping[str, Sequence[Figure]]:
    """Return the figures of a results file. Raises NoFigures."""
    path = figures_path(results)
    again = "run `workshop verify --json` again"
    if not path.exists():
        raise NoFigures(f"no figures: {path} is not there: {again}")
    try:
        content = read_json(path)
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            raise NotJSON(f"its schema is not {SCHEMA}")
        if content.get("results") != _digest(results):
            raise NotJSON("it belongs to other results")
        figures = from_json(content.get("figures"))
        for figure in (each for drawn in figures.values() for each in drawn):
            html(figure)  # so that none that can't be drawn costs a page
    except (NotJSON, ValueError, ArithmeticError, LookupError) as error:
        why = str(error) if isinstance(error, NotJSON) else "its figures are unreadable"
        raise NoFigures(f"no figures: {path}: {why}: {again}") from None
    return figures


def _digest(results: Path) -> str:
    return hashlib.sha256(results.read_bytes()).hexdigest()
