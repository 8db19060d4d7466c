"""The comparison of many environments in a real browser: what is seen first, and what stays in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.pages import EXPLAINED

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]
# whether the middle of an element is in the window, and nothing lies over it
SEEN = """(element) => {
  const {left, top, right, bottom} = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}"""
SCROLL_ON = "(region) => { region.scrollIntoView(); region.scrollTo(1e6, 1e6); }"


def region(page: Page, title: str) -> Locator:
    """Return the part of the page that a table scrolls in."""
    return page.get_by_role("region", name=title)


@pytest.fixture
def page(visit: Visit, written: dict[str, str]) -> Page:
    """Open the comparison of nine environments in a wide window."""
    return visit(written["environments"])


def test_what_differs_is_open_and_what_does_not_is_closed(page: Page) -> None:
    """Verdicts that differ are seen without a click; the others after one, or a key."""
    same = page.locator("details", has_text="The same everywhere")

    assert region(page, "Verdicts that differ").is_visible()
    assert page.locator("details[open]").count() == 0
    same.locator("summary").focus()
    page.keyboard.press("Enter")
    assert same.locator("tbody tr").first.is_visible()


@pytest.mark.parametrize("width", [400, 1200])
def test_claims_and_environments_stay_in_sight(width: int, visit: Visit, written: dict[str, str]) -> None:
    """Scrolled to its last cell, a table still shows which claim and which environment that is of."""
    page = visit(written["environments"], width=width)
    page.set_viewport_size({"width": width, "height": 400})
    table = region(page, "Verdicts that differ")

    table.evaluate(SCROLL_ON)

    last = table.locator("tbody tr").last
    for cell in (last.locator("th"), last.locator("td").last, table.locator("thead th").last):
        assert cell.evaluate(SEEN)
    assert table.evaluate("(region) => region.scrollTop") > 0


@pytest.mark.parametrize("width", [400, 1200])
def test_a_verdict_is_one_line(width: int, visit: Visit, written: dict[str, str]) -> None:
    """Columns are narrow, but no verdict is broken: its text is no higher than a line."""
    cells = visit(written["environments"], width=width).locator(".grid td")

    heights = cells.evaluate_all(
        """all => all.filter((cell) => cell.checkVisibility()).map((cell) => {
            const range = document.createRange();
            range.selectNode(cell.firstChild);
            return [...range.getClientRects()].length;
        })"""
    )

    assert len(heights) > 100
    assert set(heights) == {1}


def test_a_cause_names_both_sides(page: Page) -> None:
    """The condition of the finding is a heading, with its claim and the environments on each side."""
    text = page.locator("section", has_text="Since when and why").first.inner_text()

    assert "Unexplained: " in text
    assert text.index("Unexplained: ") < text.index("NLTK ≥ 3.6: 1 claims")
    assert f"{EXPLAINED} changed where met, else reproduced: since 3.6" in text
    assert "Not met by NLTK 3.5 (py30-tf220-k2, py31-tf219-k2, py32-tf218-k2)" in text


def test_print_hides_nothing_of_a_table(page: Page) -> None:
    """On paper nothing scrolls: the tables are as wide and as high as they need."""
    page.emulate_media(media="print")

    hidden = page.locator(".scroll:visible").evaluate_all(
        """all => all.filter((region) => getComputedStyle(region).overflow !== "visible"
                                          || region.scrollWidth > region.clientWidth + 1)
                      .map((region) => region.ariaLabel)"""
    )

    assert hidden == []
