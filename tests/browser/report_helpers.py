"""What a reader of the report sees and does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

IN_SIGHT = """(part) => {
  const line = part.querySelector(":scope > summary") ?? part;
  const {left, top, right, bottom} = line.getBoundingClientRect();
  return line.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}"""


def shown(page: Page) -> list[str]:
    """Return the ids of the claims that a reader sees, in the order of the page."""
    return page.evaluate(
        """() => [...document.querySelectorAll("details.claim")]
        .filter((claim) => claim.checkVisibility()).map((claim) => claim.id)"""
    )


def hits(page: Page) -> str:
    """Return what the page says of how many claims match."""
    return page.get_by_role("status").first.inner_text()


def box(page: Page, value: str) -> Locator:
    """Return the checkbox of a verdict or a chapter."""
    return page.locator(f'form.filters input[type=checkbox][value="{value}"]')


def label(page: Page, value: str) -> Locator:
    """Return its label, which is what a reader sees of it."""
    return page.locator(f'form.filters label:has(input[value="{value}"])')


def choose(page: Page, **values: str | list[str]) -> None:
    """Choose in the filters as a reader does: by a click on a label, from a list, by typing."""
    for name, value in values.items():
        if isinstance(value, list):
            for one in value:
                label(page, one).click()
        elif name == "search":
            page.get_by_label("Search").fill(value)
        else:
            page.get_by_label(name.capitalize()).select_option(value)


def card(page: Page, name: str) -> Locator:
    """Return the card of a unit or a claim, or another part of the page that a link leads to."""
    return page.locator(f'[id="{name}"]')


def is_open(card: Locator) -> bool:
    """Whether a card is open."""
    return card.evaluate("card => card.open")


def focused(page: Page) -> str:
    """Return the id of the element in focus, or of the nearest around it."""
    return page.evaluate("() => document.activeElement.closest('[id]')?.id ?? ''")


def in_sight(page: Page, name: str) -> bool:
    """Whether a reader sees the line of a card, or a title: it is in the window, and nothing lies over it."""
    return card(page, name).evaluate(IN_SIGHT)
