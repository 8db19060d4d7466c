"""The figures of a run in a file next to its results, from which `workshop report` shows them.

{"schema": "workshop-figures/1",
"results": SHA-256 of the results file that they belong to,
"figures": {unit: [{"title": …, "alt": …, "content": an SVG element or an HTML table,
"claims": ids of the errors of the book that it makes visible}, …]}}
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree as ET

from pydantic import TypeAdapter, ValidationError

from workshop.errors import WorkshopError
from workshop.figures.registry import Figure
from workshop.files import write_atomically
from workshop.strict_json import NotJSON, read_json

SCHEMA = "workshop-figures/1"
_FIGURES = TypeAdapter(dict[str, tuple[Figure, ...]])

# all that our figures are made of: no scripts, no handlers of events, nothing from elsewhere
_ELEMENTS = frozenset(
    "svg g use path text defs rect clipPath image style pattern table thead tbody tr th td".split()  # noqa: SIM905
)
_ATTRIBUTES = frozenset(
    "id style x y href d transform clip-path width height scope role aria-label viewBox version type colspan "  # noqa: SIM905
    "class rowspan patternUnits fill".split()
)
_NAMESPACE = re.compile(r"\{http://www\.w3\.org/(?:2000/svg|1999/xlink)\}")
_LINKS = ("#", "data:image/png;base64,")
# in styles: what fetches a file, and escapes, which could hide it
_OUTSIDE = re.compile(r"url\((?!#)|image-set|@import|//|\\", re.IGNORECASE)


class NoFigures(WorkshopError):
    """A results file has no figures of its own; the message says why, and the remedy."""


def figures_path(results: Path) -> Path:
    """Return where the figures of a results file are."""
    return results.with_suffix(".figures")


def write_figures(figures: Mapping[str, Sequence[Figure]], results: Path) -> None:
    """Write the figures of a results file next to it, whole or not at all."""
    content = {
        "schema": SCHEMA,
        "results": _digest(results),
        "figures": {unit: [asdict(figure) for figure in drawn] for unit, drawn in figures.items()},
    }
    write_atomically(figures_path(results), (json.dumps(content, indent=1) + "\n").encode())


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
        figures = _FIGURES.validate_python(content.get("figures"))
    except (NotJSON, ValidationError) as error:
        why = "its figures are unreadable" if isinstance(error, ValidationError) else str(error)
        raise NoFigures(f"no figures: {path}: {why}: {again}") from None
    if not all(_harmless(figure.content) for drawn in figures.values() for figure in drawn):
        raise NoFigures(f"no figures: {path} has something that we never draw: {again}")
    return figures


def _digest(results: Path) -> str:
    return hashlib.sha256(results.read_bytes()).hexdigest()


def _harmless(content: str) -> bool:
    """Whether a page can show an element without a script running or anything being fetched."""
    if not content:
        return True
    if "<!" in content or "<?" in content:
        return False
    try:
        root = ET.fromstring(content)  # noqa: S314 - there is no declaration, so there are no entities
    except ET.ParseError:
        return False
    return all(map(_harmless_element, root.iter()))


def _harmless_element(element: ET.Element) -> bool:
    tag = _NAMESPACE.sub("", element.tag)
    attributes = [(_NAMESPACE.sub("", name), value) for name, value in element.attrib.items()]
    styles = [value for name, value in attributes if name not in {"href", "aria-label"}]
    styles += [element.text or ""] * (tag == "style")
    return (
        tag in _ELEMENTS
        and all(name in _ATTRIBUTES for name, _ in attributes)
        and all(value.startswith(_LINKS) for name, value in attributes if name == "href")
        and not any(map(_OUTSIDE.search, styles))
    )
