"""What a reader of the report sees and does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

IN_SIGHT = """(part) => {
  const line = part.querySelector(":scope > summary") ?? part;
  const {left, top, right, bottom} = line.getBoundingClientRect();
  const at = document.elementFromPoint((left + right) / 2, Math.min((top + bottom) / 2, innerHeight - 20));
  return line.contains(at);
}"""
# folded parts that open by themselves, as far as the filters ask for it
OPEN = "details[open]:not(.drawn, .choices)"


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


def unfold(page: Page) -> None:
    """Open the filters that are folded."""
    choices = page.locator(".choices")
    if not choices.evaluate("part => part.open"):
        choices.locator("summary").click()


def choose(page: Page, **values: str | list[str]) -> None:
    """Choose in the filters as a reader does: by a click on a label, from a list, by typing."""
    for name, value in values.items():
        if isinstance(value, list):
            if name != "verdict":
                unfold(page)
            for one in value:
                label(page, one).click()
        elif name == "search":
            page.get_by_label("Search").fill(value)
        else:
            unfold(page)
            page.get_by_label(name.capitalize()).select_option(value)


def own(page: Page) -> None:
    """Show the suite's own checks, too."""
    page.get_by_label("Show the suite's own").check()


def card(page: Page, name: str) -> Locator:
    """Return the row of a unit or a claim, or another part of the page that a link leads to."""
    return page.locator(f'[id="{name}"]')


def is_open(card: Locator) -> bool:
    """Whether a row is open."""
    return card.evaluate("card => card.open")


def wait_for_focus(page: Page, name: str) -> None:
    """Wait until the focus is in a row: a browser jumps to an address a little later."""
    focus = "document.activeElement.closest('[id]')?.id ?? ''"
    page.wait_for_function(f"name => `${{{focus}}}.`.startsWith(`${{name}}.`)", arg=name)


def in_sight(page: Page, name: str) -> bool:
    """Whether a reader sees the line of a row, or a title: it is in the window, and nothing lies over it."""
    return card(page, name).evaluate(IN_SIGHT)
