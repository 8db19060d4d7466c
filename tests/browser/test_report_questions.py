"""Five questions of readers, each answered in at most three actions, and a failure in the first screen.

An action is a click, a key, or something typed. The page has the real texts of the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import screenshot
from tests.browser.pages import FAILING, MISSING, expected
from tests.browser.report_helpers import card, in_sight, shown
from workshop.ledger import ledger
from workshop.reporting.report.view import NOT_HOLDING
from workshop.wording.words import WORD_OF

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]
ACTIONS = 3
RMSE, CONFUSED = "ch05.text07.test_rmse", "ch07.ex05.text_confused"
CHANGED = "ch06.ex02.epoch1"


class Reader:
    """Someone with mouse and keyboard, whose actions are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def _acts(self) -> None:
        self.actions += 1
        assert self.actions <= ACTIONS

    def click(self, what: Locator) -> None:
        """Click."""
        self._acts()
        what.click()

    def types(self, text: str) -> None:
        """Type into the search, which the first keystroke reaches by itself."""
        self._acts()
        self.page.locator("#q").fill(text)

    def presses(self, key: str) -> None:
        """Press a key."""
        self._acts()
        self.page.keyboard.press(key)


@pytest.fixture
def reader(visit: Visit, written: dict[str, str]) -> Reader:
    """Return a reader who has just opened the page of a fine run."""
    return Reader(visit(written["whole"]))


def test_what_of_chapter_6_does_not_hold(reader: Reader) -> None:
    """The contents lead to the chapter, and its number of what does not hold to these results."""
    reader.click(reader.page.locator(".contents a[href='#ch06']"))
    reader.click(reader.page.locator("#ch06 > header a"))

    assert shown(reader.page) == [
        claim.id
        for claim in ledger().claims.values()
        if claim.id.startswith("ch06.") and not claim.ours and WORD_OF[expected(claim)] in NOT_HOLDING
    ]


def test_how_far_5_03_is_from_the_naive_forecast(reader: Reader) -> None:
    """The exercise's number leads to its training, and the claim says it in a sentence."""
    reader.types("5.03")
    reader.presses("Enter")
    reader.click(card(reader.page, RMSE).locator("summary").first)

    sentence = card(reader.page, RMSE).locator(".sentence").inner_text()
    assert "the naive forecast gives 0.5" in sentence
    assert "times as much" in sentence


def test_which_results_have_no_data(reader: Reader) -> None:
    """The legend's number leads to them, and each says what it needs."""
    reader.click(reader.page.locator(".legend a").filter(has_text="have no data"))

    assert set(shown(reader.page)) == set(MISSING)
    for name, data in MISSING.items():
        assert data in card(reader.page, name).locator(".missing").inner_text()


def test_why_near_half_is_refuted(reader: Reader) -> None:
    """A word of the statement leads to the claim, which says why, with the errors' sentence and proof."""
    reader.types("confused near 0.5")
    reader.presses("Enter")
    if not card(reader.page, CONFUSED).evaluate("claim => claim.open"):
        reader.click(card(reader.page, CONFUSED).locator("summary").first)

    text = card(reader.page, CONFUSED).inner_text()
    entry = ledger().claims[CONFUSED].reader
    assert entry is not None
    for words in (entry.title, entry.printed, entry.right, entry.proof):
        assert words in text


def test_what_changed_between_two_releases(reader: Reader) -> None:
    """The contents lead to the lanes; between TensorFlow 2.15 and 2.21 there is 2.16, with its reasons."""
    reader.click(reader.page.locator(".contents a[href='#versions']"))

    lane = reader.page.locator(".lane").first
    names = lane.locator("li").all_inner_texts()
    assert names[0].split()[-1] == "2.1"
    assert names[-1].split()[-1] == "2.21"
    later = lane.locator("li.stop, li.again").filter(has_text="2.16")
    reader.click(later.locator("a"))
    assert reader.page.url.endswith("#since-keras-3.0")
    assert (
        "TensorFlow 2.16 first brought Keras 3" in reader.page.locator("[id='since-keras-3.0']").inner_text()
    )


IN_WINDOW = """all => all.every((one) => {
  const {top, bottom, left, right} = one.getBoundingClientRect();
  return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
})"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (400, 800)])
def test_a_failure_is_in_the_first_screen(
    width: int, height: int, visit: Visit, written: dict[str, str]
) -> None:
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
