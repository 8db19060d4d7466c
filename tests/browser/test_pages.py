"""All pages in a real browser, wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.browsing import HEIGHT, barriers, opened
from tests.browser.pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCREENSHOTS = Path(__file__).parents[2] / "results" / "screenshots"
WIDTHS = (400, 1200)  # CSS pixels: a phone, a desk
SCHEMES = ("light", "dark")
OPEN_ALL = """() => { for (const details of document.querySelectorAll("details")) details.open = true; }"""


@pytest.mark.parametrize(("name", "width", "scheme"), list(product(PAGES, WIDTHS, SCHEMES)))
def test_a_page_has_no_barriers(
    name: str, width: int, scheme: str, visit: Callable[..., Page], written: dict[str, str]
) -> None:
    """Axe finds nothing wrong as a page opens, nor with everything open; screenshots show both."""
    page = visit(written[name], width=width, scheme=scheme)
    closed = barriers(page)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png", full_page=True)

    page.evaluate(OPEN_ALL)
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}-open.png", full_page=True)

    assert closed == []
    assert barriers(page) == []
