"""A failure is in the first screen of a page that has the real texts of the ledger."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import screenshot
from tests.browser.pages import FAILING
from tests.browser.report_helpers import card, in_sight

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


IN_WINDOW = """all => all.every((one) => {
  const {top, bottom, left, right} = one.getBoundingClientRect();
  return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
})"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (400, 800)])
def test_a_failure_is_in_the_first_screen(width, height, visit, written):
    """Its name, both values, the miss and the commands are seen before one scrolls; its row is open."""
    page = visit(written["failing"], width=width, height=height)
    screenshot(page, f"report-failed-{width}")

    failure = page.locator(".failure")
    assert failure.locator("dd").all_inner_texts() == ["0.9304", "0.9126"]
    assert "Missed by 0.0178" in failure.inner_text()
    assert f"workshop bisect {FAILING}" in failure.inner_text()
    assert failure.locator("h3, dd, .why, code").evaluate_all(IN_WINDOW)
    assert page.locator(".state").inner_text().endswith("1 failed")
    assert card(page, FAILING).evaluate("claim => claim.open")
    failure.locator("h3 a").click()
    assert in_sight(page, FAILING)
