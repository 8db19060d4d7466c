"""The errata pages in a real browser: wide and narrow, light and dark, by keyboard, on paper."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.page_helpers import barriers, looks, opened, screenshot, too_narrow
from tests.browser.test_pages import contrast, luminance
from workshop.ledger import ledger
from workshop.reporting.errata import changes, errata, unconfirmed
from workshop.reporting.errata.site import write_site
from workshop.verification.results import Record, Results

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Visit = Callable[..., "Page"]

GAN = "ch07.text04.literal"
COMPANY = "ch05.text01.company"
PAGES = ("index", GAN, COMPANY)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages once, with the results of a made-up run."""
    folder: Path = tmp_path_factory.mktemp("errata")
    claim = ledger().claims[COMPANY]
    record = Record(
        COMPANY, claim.unit, False, "corrected", claim.documented, None, {}, "equal", None, (), 0.1, "made up"
    )  # fmt: skip
    results = Results({"tensorflow": "2.21.0", "device": "cpu", "date": "2026-01-02"}, (record,))
    write_site(folder, ledger(), [*errata(ledger()), *unconfirmed(ledger()), *changes(ledger())], results)
    return folder


def address(site: Path, name: str) -> str:
    """Return the address of a page."""
    return (site / f"{name}.html").as_uri()


@pytest.mark.parametrize(("name", "width", "scheme"), looks(PAGES, 1280))
def test_a_page_has_no_barriers(
    name: str, width: int, scheme: str, visit: Visit, site: Path, full: bool
) -> None:
    """Axe finds nothing wrong; text is dark on light or light on dark, as chosen."""
    page = visit(address(site, name), width=width, scheme=scheme)
    screenshot(page, f"errata-{name}-{width}-{scheme}")

    paper, ink = (
        luminance(page.locator("body").evaluate("(body, name) => getComputedStyle(body)[name]", style))
        for style in ("backgroundColor", "color")
    )
    assert barriers(page, every=full) == []
    assert (paper < ink) == (scheme == "dark")
    assert contrast(paper, ink) >= 7


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_window(name: str, visit: Visit, site: Path) -> None:
    """Nobody scrolls sideways."""
    assert too_narrow(partial(visit, address(site, name)), (320, 400, 768, 1280)) == []


def test_the_gan_that_stops_training_is_seen_first(visit: Visit, site: Path) -> None:
    """It is the first link of the page, in the first window, before the errors of the book."""
    page = visit(address(site, "index"), width=1280)

    first = page.locator("main a").first
    assert first.get_attribute("href") == f"{GAN}.html"
    assert first.bounding_box()["y"] < 600
    consequences = page.locator("main section h2 .consequence").all_inner_texts()
    assert consequences == ["◆◆◆", "◆◆", "◆"]


def test_an_address_leads_to_its_error(visit: Visit, site: Path) -> None:
    """The index' part for an id comes into sight, and the page of an id says what the run confirmed."""
    page = visit(f"{address(site, 'index')}#{COMPANY}", width=1280)
    top = page.locator(f'[id="{COMPANY}"]').evaluate("part => part.getBoundingClientRect().top")
    assert 0 <= top < 200

    page = visit(address(site, COMPANY), width=1280)
    assert page.get_by_role("heading", level=1).inner_text() == '"AAPL.csv" contains IBM\'s prices'
    text = page.locator("main").inner_text()
    assert "The run of 2026-01-02 with TensorFlow 2.21.0, CPU confirmed it." in text
    assert f"workshop verify {COMPANY}" in text


def test_the_pages_are_used_by_keys(browser: Browser, site: Path) -> None:
    """From the link that skips to the errors on: to an error, to the next one, and back to the list."""
    page, heard = opened(browser, address(site, "index"), width=1280)
    press = page.keyboard.press
    press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the errors"
    press("Enter")
    press("Tab")
    outline = page.locator(":focus").evaluate("at => getComputedStyle(at).outlineStyle")
    target = page.locator(":focus").get_attribute("href")
    assert (outline, target) == ("solid", f"{errata(ledger())[0].claim.id}.html")
    press("Enter")
    page.wait_for_url(f"**/{target}")
    page.get_by_role("navigation", name="Other errors").get_by_role("link").last.press("Enter")
    page.wait_for_url(f"**/{errata(ledger())[1].claim.id}.html")
    page.get_by_role("navigation", name="All errors").get_by_role("link").press("Enter")
    page.wait_for_url(f"**/index.html#{errata(ledger())[1].claim.id}")
    heard.close()

    assert {Path(request).parent.as_posix() for request in heard.requests} == {
        site.as_uri().replace("file:///", "file:/")
    }
    assert heard.complaints == []


def test_print(visit: Visit, site: Path) -> None:
    """On paper there are no links to other pages' errors, and all texts."""
    page = visit(address(site, COMPANY), width=1280)
    page.emulate_media(media="print")

    assert not page.get_by_role("navigation", name="Other errors").is_visible()
    assert page.locator("dl.versus").is_visible()
    assert page.pdf()
