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

_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?(?:pt|px|%)?"
_ID = r"ch\d\d-(?:ex|act|text)\d\d-[\w.-]+"  # of the unit, so that none is one of the page's own
_COLOUR = r"none|#[0-9a-f]{3,8}|var\(--[\w-]+(?:, ?#[0-9a-f]{3,8})?\)"
_PAINT = rf"{_COLOUR}|url\(#{_ID}\)"
_NUMBERS = rf"none|{_NUMBER}(?:[, ]+{_NUMBER})*"
_WORDS = "[a-z-]+"
_FONT = r"[\w.,%'-]+(?: [\w.,%'-]+)*"
_PROPERTIES = {
    "color": _COLOUR,
    "fill": _PAINT,
    "fill-opacity": _NUMBER,
    "fill-rule": _WORDS,
    "font": _FONT,
    "font-family": _FONT,
    "font-size": _NUMBER,
    "font-style": _WORDS,
    "font-weight": r"[a-z]+|\d+",
    "image-rendering": _WORDS,
    "opacity": _NUMBER,
    "stroke": _PAINT,
    "stroke-dasharray": _NUMBERS,
    "stroke-dashoffset": _NUMBER,
    "stroke-linecap": _WORDS,
    "stroke-linejoin": _WORDS,
    "stroke-miterlimit": _NUMBER,
    "stroke-opacity": _NUMBER,
    "stroke-width": _NUMBER,
    "text-anchor": _WORDS,
}
_STYLE = "|".join(rf"\s*{name}\s*:\s*(?:{value})\s*" for name, value in _PROPERTIES.items())
_STYLE = rf"(?:{_STYLE})(?:;(?:{_STYLE}))*(?:;\s*)?"
_ATTRIBUTES = {
    "aria-label": r"[\s\S]*",
    "class": _WORDS,
    "clip-path": rf"url\(#{_ID}\)",
    "colspan": r"\d{1,2}",
    "d": r"[MLHVCSQTAZmlhvcsqtaze\d.,\s-]*",
    "fill": _PAINT,
    "height": _NUMBER,
    "href": rf"#{_ID}|data:image/png;base64,[A-Za-z0-9+/=\s]*",
    "id": _ID,
    "patternUnits": "userSpaceOnUse",
    "role": "img",
    "rowspan": r"\d{1,2}",
    "scope": _WORDS,
    "style": _STYLE,
    "transform": rf"(?:[a-zA-Z]+\((?:{_NUMBERS})\)\s*)*",
    "type": "text/css",
    "version": r"[\d.]+",
    "viewBox": _NUMBERS,
    "width": _NUMBER,
    "x": _NUMBER,
    "y": _NUMBER,
}
_DRAWN = ("class", "clip-path", "id", "style", "transform")
_BOX = ("x", "y", "width", "height")
# all that our figures are made of: elements and their attributes, the roots first
_ROOTS = {
    "svg": ("aria-label", "role", "version", "viewBox", "width", "height"),
    "table": ("class",),
}
_ELEMENTS = _ROOTS | {
    "clipPath": ("id",),
    "defs": (),
    "g": _DRAWN,
    "image": (*_DRAWN, *_BOX, "href"),
    "path": (*_DRAWN, "d"),
    "pattern": ("id", "patternUnits", *_BOX),
    "rect": (*_DRAWN, *_BOX, "fill"),
    "style": ("type",),
    "tbody": (),
    "td": ("class", "colspan", "rowspan", "style"),
    "text": (*_DRAWN, "x", "y"),
    "th": ("class", "colspan", "rowspan", "scope", "style"),
    "thead": (),
    "tr": ("class",),
    "use": (*_DRAWN, "x", "y", "href"),
}
_SHEET = rf"\s*\*\s*\{{{_STYLE}\}}\s*"  # Matplotlib's, for all elements
_NAMESPACE = re.compile(r"\{http://www\.w3\.org/(?:2000/svg|1999/xlink)\}")


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
    return _plain_name(root.tag) in _ROOTS and all(map(_harmless_element, root.iter()))


def _harmless_element(element: ET.Element) -> bool:
    """Whether an element is one that we draw, with attributes that we write, each of the form that it has."""
    tag = _plain_name(element.tag)
    if tag == "style" and (len(element) or not re.fullmatch(_SHEET, element.text or "")):
        return False
    return tag in _ELEMENTS and all(
        (plain := _plain_name(name)) in _ELEMENTS[tag] and re.fullmatch(_ATTRIBUTES[plain], value)
        for name, value in element.attrib.items()
    )


def _plain_name(name: str) -> str:
    return _NAMESPACE.sub("", name)
