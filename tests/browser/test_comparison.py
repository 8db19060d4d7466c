"""Comparisons in a real browser: the grid and its links, what is open, and what stays in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.pages import NEEDS_DATA
from workshop.wording.words import WORDS

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
def page(visit, written) -> Page:
    """Open the comparison of nine environments in a wide window."""
    return visit(written["environments"])


def test_the_grid_is_in_the_first_screen(page):
    """Each environment has a row, and each chapter a column; a count names its verdict."""
    grid = region(page, "What differs, by chapter")

    assert grid.locator("thead").evaluate(SEEN)
    assert grid.locator("tbody tr").count() == 9
    assert "extra" in grid.locator("thead").inner_text()
    named = grid.locator("a").evaluate_all("all => all.map((a) => a.title.replace(/^[0-9]+ /, ''))")
    assert {*named} <= {*(word.name for word in WORDS), "with a value that moved"}


@pytest.mark.parametrize("width", [400, 1200])
def test_a_count_leads_to_its_claims(width, visit, written):
    """A click, or Enter, shows the first claim that it counts, also in a group that was closed."""
    page = visit(written["environments"], width=width)
    grid = region(page, "What differs, by chapter")
    hashes = {*grid.locator("a").evaluate_all("all => all.map((one) => one.hash)")}

    assert len(hashes) > 20
    for name in hashes:  # several counts may lead to the same claim
        grid.locator(f"a[href='{name}']").first.press("Enter")
        head = page.locator(f"[id='{name.removeprefix('#')}'] th")
        page.wait_for_function(SEEN, arg=head.element_handle())  # a closed group opens first


def test_other_data_is_apart_and_closed(page):
    """What only missing data explains is no unexplained difference, and opens with a click, or a key."""
    data = page.locator("details#data")

    assert page.locator("details[open]").count() == 0
    assert page.locator("section#unexplained").is_visible()
    data.locator("summary").focus()
    page.keyboard.press("Enter")
    assert data.locator("tbody tr").first.is_visible()
    assert data.locator("tr[id]").evaluate_all("all => all.map((row) => row.id)") == [NEEDS_DATA]


def test_a_word_has_one_colour(page):
    """In the grid, the legend and the rows a verdict's word has the same colour, and all of them differ."""
    found = page.locator(".verdict, .runs a").evaluate_all(
        """all => all.map((one) => [one.classList[one.classList.length - 1], getComputedStyle(one).color])"""
    )

    colours = {name: {colour for own, colour in found if own == name} for name, _ in found}
    assert {name: len(own) for name, own in colours.items() if len(own) > 1} == {}
    strong = ("failed", "holds", "wrong", "changed", "supported", "open")
    assert len({min(colours[f"v-{name}"]) for name in strong}) == len(strong)


def test_numbers_are_aligned(page):
    cells = region(page, "Unexplained").locator("tr[id] td")

    aligned = cells.evaluate_all("all => all.map((one) => getComputedStyle(one).textAlign)")
    figures = cells.first.evaluate("(one) => getComputedStyle(one).fontVariantNumeric")

    assert {*aligned} == {"right"}
    assert "tabular-nums" in figures


@pytest.mark.parametrize("width", [400, 1200])
def test_claims_and_environments_stay_in_sight(width, visit, written):
    """Scrolled to its last cell, a table still shows which claim and which environment that is of."""
    page = visit(written["environments"], width=width)
    page.set_viewport_size({"width": width, "height": 400})
    table = region(page, "Unexplained")

    table.evaluate(SCROLL_ON)

    last = table.locator("tbody tr[id]").last
    for cell in (last.locator("th"), last.locator("td").last, table.locator("thead th").last):
        assert cell.evaluate(SEEN)
    assert table.evaluate("(region) => region.scrollTop") > 0


@pytest.mark.parametrize("width", [400, 1200])
def test_a_verdict_is_one_line(width, visit, written):
    """Columns are narrow, but no verdict is broken: its text is no higher than a line."""
    verdicts = visit(written["environments"], width=width).locator("tr[id] .verdict")

    heights = verdicts.evaluate_all(
        """all => all.filter((one) => one.checkVisibility()).map((one) => {
            const range = document.createRange();
            range.setStart(one, 0);
            range.setEndAfter(one.childNodes[1]);
            return range.getBoundingClientRect().height;
        })"""
    )

    assert len(heights) > 100
    assert max(heights) < 30  # pixels


def test_print_hides_nothing_of_a_table(page):
    """On paper nothing scrolls: the tables are as wide and as high as they need."""
    page.emulate_media(media="print")

    hidden = page.locator(".scroll:visible").evaluate_all(
        """all => all.filter((region) => getComputedStyle(region).overflow !== "visible"
                                          || region.scrollWidth > region.clientWidth + 1)
                      .map((region) => region.ariaLabel)"""
    )

    assert hidden == []
