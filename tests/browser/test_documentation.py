"""The built documentation, opened from disk in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.page_helpers import Heard, barriers, looks, opened, screenshot, too_narrow

if TYPE_CHECKING:
    from playwright.sync_api import Page

SITE = Path(__file__).parents[2] / "site"
# one with a table and a picture, one with figures, one with code, tables and plots of a notebook
PAGES = ("index", "chapter_6", "own_prices")
WIDE = 1280  # CSS pixels

NIGHT = pytest.mark.nightly  # the search takes seconds to read its index

Open = Callable[..., "Page"]


@pytest.fixture
def read(browser) -> Iterator[Open]:
    """Open pages of the site by name; each must load nothing from outside the site and report no error."""
    if not (SITE / "index.html").is_file():
        pytest.skip("needs the built pages: nox -s docs")
    heard: list[Heard] = []

    def open_one(name: str, **settings: Any) -> Page:
        page, ears = opened(browser, (SITE / f"{name}.html").as_uri(), **settings)
        heard.append(ears)
        return page

    yield open_one
    for ears in heard:
        ears.close()
    assert [address for ears in heard for address in ears.requests if not inside(address)] == []
    assert [complaint for ears in heard for complaint in ears.complaints] == []


def inside(address: str) -> bool:
    """Whether an address is a file of the site."""
    return address.startswith(f"{SITE.as_uri()}/")


def search(page: Page, words: str) -> None:
    """Open the search, and type words letter by letter, as a reader does."""
    page.get_by_role("button", name="Search").click()
    field = page.get_by_role("combobox", name="Search")
    field.press_sequentially(words, delay=40)
    page.get_by_role("option").first.wait_for(timeout=30_000)
    assert field.input_value() == words


@pytest.mark.parametrize(
    ("start", "words", "page"),
    [
        ("index", "lesson plan", "lesson_plan.html"),
        pytest.param("reference/exercises", "discriminator not learning", "faq.html", marks=NIGHT),
        pytest.param("faq", "workshop_mirror", "commands.html", marks=NIGHT),
    ],
)
def test_the_search_works_from_disk(start, words, page, read):
    shown = read(start, width=WIDE)

    search(shown, words)
    found = shown.get_by_role("option").and_(shown.locator(f"a[href*='{page}']")).first
    found.click(timeout=30_000)

    shown.wait_for_url(f"**/{page}*")
    assert shown.locator("h1").count() == 1


def test_guides_are_found_before_modules(read):
    shown = read("index", width=WIDE)
    search(shown, "seed")

    results: list[str] = []
    for _ in range(100):  # they are drawn anew while one types
        results = shown.get_by_role("option").all_inner_texts()
        if results and all("\n" in text for text in results):
            break
        shown.wait_for_timeout(100)
    kinds = [text.split("\n")[1] for text in results]
    assert kinds == sorted(kinds, key=lambda kind: kind == "Modules")
    assert kinds[0] != "Modules"


@pytest.mark.parametrize("name", [*PAGES, "errata"])
def test_a_page_fits_its_window(name, read):
    assert too_narrow(partial(read, name), (320, 400, 768, WIDE)) == []


@pytest.mark.parametrize(("name", "width", "scheme"), looks(PAGES, WIDE))
def test_a_page_has_no_barriers(name, width, scheme, read, full):
    page = read(name, width=width, scheme=scheme)
    page.wait_for_load_state("load")
    screenshot(page, f"docs-{name}-{width}-{scheme}")

    assert barriers(page, every=full) == []


def test_figures_are_drawn_in_the_colours_of_the_page(read):
    """They have an alternative text, or are a table, and their lines stand out on dark ground."""
    page = read("chapter_6", width=WIDE, scheme="dark")
    figures = page.locator("figure.plot")

    texts = figures.locator("[role=img]").evaluate_all("all => all.map(one => one.ariaLabel)")
    ink = figures.locator("text").first.evaluate("text => getComputedStyle(text).fill")

    assert len(texts) + figures.locator("table").count() >= figures.count() >= 4
    assert min(map(len, texts)) >= 20
    assert min(int(part) for part in ink.removeprefix("rgb(").removesuffix(")").split(",")) > 150
