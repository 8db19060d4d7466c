"""The HTML pages: one Jinja environment, and templates that share `base.html.j2`."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from workshop.figures.drawing import STYLE
from workshop.figures.drawing import html as draw_figure
from workshop.wording.numbers import capital

_HERE = Path(__file__).parent


def render(
    template: str, content: dict[str, Any], *, folder: Path = _HERE, **filters: Callable[..., Any]
) -> str:
    """Return a page's HTML: a template, named by its path in a folder or in this one, filled with content.

    All text is escaped, apart from what a template marks as `svg`: drawings of our own, which escape theirs.
    """
    return _environment(folder, tuple(filters.items())).get_template(template).render(content)


@cache  # a template is compiled once, which takes longer than to fill it
def _environment(folder: Path, filters: tuple[tuple[str, Callable[..., Any]], ...]) -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FileSystemLoader([folder, _HERE]),
    )
    environment.globals["figure_style"] = STYLE
    environment.filters.update(
        svg=Markup, sha256=_digest, figure=draw_figure, packed=_packed, capital=capital, **dict(filters)
    )
    return environment


def _digest(text: str) -> str:
    """Return a digest as policies of pages write it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _packed(content: Any) -> str:
    """Return content as compressed JSON in base64, which a page unpacks when it has opened."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
