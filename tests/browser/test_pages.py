"""All pages in a real browser, wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import OPEN_ALL, barriers, looks, opened, screenshot, too_narrow
from tests.browser.pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


@pytest.mark.parametrize(("name", "width", "scheme"), looks(PAGES, 1200))
def test_a_page_has_no_barriers(name, width, scheme, visit, written, full):
    """Axe finds nothing wrong with a page with everything open, nor as it opens; a screenshot shows it."""
    page = visit(written[name], width=width, scheme=scheme)
    screenshot(page, f"{name}-{width}-{scheme}", whole=True)

    closed = barriers(page, every=True) if full else []
    page.evaluate(OPEN_ALL)

    assert closed == []
    assert barriers(page, every=full) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_window(name, visit, written):
    """Nothing is wider than the window, so that nobody scrolls sideways; broad tables scroll inside."""
    assert too_narrow(partial(visit, written[name]), (320, 400, 1200)) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_drawing_has_a_text(name, visit, written):
    """A drawing has an alternative text of its own, or is part of a figure that has one."""
    page = visit(written[name])

    texts = page.locator("svg:not(.f-key svg), img, canvas").evaluate_all(
        """all => all.map((drawing) => drawing.closest("[role=img]")?.ariaLabel ?? drawing.alt ?? "")"""
    )

    assert len(texts) > 1 or name in {"comparison", "environments", "class"}
    assert min(map(len, texts), default=20) >= 20


@pytest.mark.parametrize("name", PAGES)
def test_colours_follow_the_readers_choice(name, visit, written):
    """Text is dark on light or light on dark, as chosen, and what is written in drawings stands out, too."""
    page = visit(written[name])
    page.evaluate(OPEN_ALL)

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        paper, ink = (
            luminance(page.locator("body").evaluate("(body, name) => getComputedStyle(body)[name]", style))
            for style in ("backgroundColor", "color")
        )
        written_in = page.locator("svg text").evaluate_all(
            "all => all.map(text => getComputedStyle(text).fill)"
        )

        assert (paper < ink) == (scheme == "dark")
        assert min([contrast(paper, luminance(colour)) for colour in {*written_in}], default=21) >= 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance of `rgb(…)` from 0 to 1, as the accessibility guidelines define it."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: float, other: float) -> float:
    """Return the contrast of two luminances, from 1 to 21."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


FAR_FONT = """<style>
@font-face { font-family: far; src: url(https://fonts.example/far) }
p { font-family: far }
</style><p>far</p>"""
# what is wrong with a page, and where it is noticed
WRONG = [
    ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "barriers", "image-alt (critical)"),
    ('<p style="color: #aaa">pale</p>', "barriers", "color-contrast (serious)"),
    ('<p>fine</p><div style="background: #222"><p>fine</p></div>', "barriers", "color-contrast (serious)"),
    ("<input>", "barriers", "label (critical)"),
    ('<link rel="stylesheet" href="https://fonts.example/css">', "requests", "https://fonts.example/css"),
    (FAR_FONT, "requests", "https://fonts.example/far"),
    ('<script>fetch("https://far.example/").catch(() => {})</script>', "requests", "https://far.example/"),
    ('<script>new WebSocket("wss://far.example/")</script>', "requests", "wss://far.example/"),
    ('<img alt="near" src="near.png">', "requests", "near.png"),
    ("<script>console.error('wrong')</script>", "complaints", "wrong"),
    ("<script>console.warn('odd')</script>", "complaints", "odd"),
    ("<script>nothing()</script>", "complaints", "nothing is not defined"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "where", "message"), WRONG)
def test_what_is_wrong_with_a_page_is_noticed(wrong, where, message, browser, tmp_path):
    """Barriers, requests to anywhere and complaints of the console are seen, each where it belongs."""
    path = tmp_path / "page.html"
    path.write_text(f'<!doctype html><html lang="en"><title>t</title><main><h1>t</h1>{wrong}</main></html>')

    page, heard = opened(browser, path.as_uri())
    found = {"barriers": barriers(page), "requests": heard.requests, "complaints": heard.complaints}
    heard.close()

    assert any(message in line for line in found[where]), found
