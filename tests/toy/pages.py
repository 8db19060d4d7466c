"""The parser of pages: elements, scripts, cells of tables, and all text in lines."""

from __future__ import annotations

import base64
import json
import re
import zlib
from html.parser import HTMLParser
from typing import Any

_INLINE = {
    "a",
    "abbr",
    "b",
    "code",
    "em",
    "i",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
    "td",
    "th",
    "wbr",
}
_UNSEEN = {"script", "style", "title", "svg"}
_SAID = ("aria-label", "title", "placeholder")  # what a reader or a screen reader is told


def packed(text: str) -> dict[str, Any]:
    """Return what a page unpacks when it has opened: claims, what is below units, and numbers."""
    (content,) = re.findall('<script type="text/plain" id="packed">(.*?)</script>', text)
    unpacked: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(content)))
    return unpacked


def unpacked(text: str) -> str:
    """Return a page with all of its units opened."""
    for unit, inside in packed(text)["units"].items():
        before, found, after = text.partition(
            f'<details class="unit{" text" * (".text" in unit)}" id="{unit}"'
        )
        assert found
        content = f'<div class="content">{inside}</div>'
        text = before + found + after.replace('<div class="content"></div>', content, 1)
    return text


class Page(HTMLParser):
    """All elements of a page with their attributes, its text, the cells of its tables, and its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._lines = [""]
        self._cell = False
        self._unseen = ""
        self.feed(unpacked(text) if 'id="packed"' in text else text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        if tag == "script" and given.get("type") is None:
            self.scripts.append("")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._lines[-1] += " | "
            self._cell = True
        elif self._cell and tag in ("b", "small"):  # which begin a line
            self.rows[-1][-1] += " "
        if self._unseen:
            return
        if tag not in _INLINE:
            self._lines.append("")
        elif tag in ("b", "em", "small", "span", "strong"):
            self._lines[-1] += " "
        self._lines[-1] += "".join(f" [{given[name]}] " for name in _SAID if given.get(name))
        self._unseen = tag if tag in _UNSEEN else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.rows[-1][-1] = " ".join(self.rows[-1][-1].split())
            self._cell = False
        if tag == self._unseen:
            self._unseen = ""
        if not self._unseen and tag not in _INLINE:
            self._lines.append("")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._unseen == "script" and self.elements[-1][1].get("type") is None:
            self.scripts[-1] += data
        if self._cell:
            self.rows[-1][-1] += data
        if not self._unseen:
            self._lines[-1] += data

    @property
    def lines(self) -> str:
        """What a reader reads, a block a line."""
        return "\n".join(filter(None, (" ".join(line.split()) for line in self._lines)))

    def attributes(self, name: str) -> list[str]:
        """Return all values of an attribute."""
        return [value for _, attributes in self.elements if (value := attributes.get(name))]
