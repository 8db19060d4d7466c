"""The figures of a run as data in its results file, from which `workshop report` shows them.

They are numbers and words by unit, see `model`, which a page escapes when it draws them, so that the file can
bring no markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from workshop.errors import WorkshopError
from workshop.figures.drawing import html
from workshop.figures.model import Figure
from workshop.strict_json import NotJSON, read_json

_FIGURES = TypeAdapter(dict[str, tuple[Figure, ...]])


class NoFigures(WorkshopError):
    """A results file has no figures; the message says why, and the remedy."""


def as_json(figures: Mapping[str, Sequence[Figure]]) -> dict[str, Any]:
    """Return figures in the form of JSON."""
    return {unit: _plain(drawn) for unit, drawn in figures.items()}


def from_json(content: Any) -> dict[str, tuple[Figure, ...]]:
    """Return the figures that `as_json` has written. Raises ValueError."""
    return _FIGURES.validate_python(content)


def _plain(value: Any) -> Any:
    """Leave out what is as by default, but for the kind."""
    if is_dataclass(value):
        names = [
            each.name
            for each in fields(value)
            if each.name == "kind" or getattr(value, each.name) != each.default
        ]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def read_figures(results: Path) -> Mapping[str, Sequence[Figure]]:
    """Return the figures of a results file. Raises NoFigures."""
    why = "it has none"
    try:
        content = read_json(results)
        if isinstance(content, dict) and "figures" in content:
            why = "they are unreadable"
            figures = from_json(content["figures"])
            for figure in (each for drawn in figures.values() for each in drawn):
                html(figure)  # so that none that can't be drawn costs a page
            return figures
    except NotJSON as error:
        why = str(error)
    except (ValueError, ArithmeticError, LookupError):
        pass
    raise NoFigures(f"no figures: {results}: {why}: run `workshop verify --json` again")
