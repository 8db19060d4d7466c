"""Docstrings of the house in the form that the reference of docs/ reads: an extension of griffe.

The signature has the types already. So a parameter is written as `name : meaning`, and results are a
sentence, where griffe expects types. `Source: …` may come last, where griffe takes it for part of a list.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

_HEADING = re.compile(r"^([A-Z]\w+)\n-{3,}\n", re.MULTILINE)
_PARAMETER = re.compile(r"^(\*{0,2}\w[\w, *]*) : (.+)$", re.MULTILINE)
_SOURCE = re.compile(r"\n+(Source: (?:(?!\n\n).)*)\Z", re.DOTALL)


def rewritten(docstring: str) -> str:
    """Return a docstring with results and source before its lists, and what parameters mean below them."""
    source = _SOURCE.search(docstring)
    text, *parts = _HEADING.split(docstring if source is None else docstring[: source.start()])
    lists = []
    for heading, content in zip(parts[::2], parts[1::2], strict=True):
        if heading == "Returns":
            text = f"{text.rstrip()}\n\nReturns: {content.strip()}"
        else:
            items = _PARAMETER.sub(r"\1\n    \2", content.strip())
            lists.append(f"{heading}\n{'-' * len(heading)}\n{items}")
    return "\n\n".join([text.rstrip(), *([] if source is None else [source[1]]), *lists])


class HouseDocstrings(griffe.Extension):
    """Rewrites the docstring of everything that is read."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of one object."""
        if obj.docstring is not None:
            obj.docstring.value = rewritten(obj.docstring.value)
