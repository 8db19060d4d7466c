"""A headless browser without a network, what a page asks for and complains of, and axe's scan of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import groupby, product
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import url2pathname

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

ARGUMENTS = (
    "--no-sandbox",  # which Chromium demands of root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SCREENSHOTS = Path(__file__).parents[2] / "results" / "screenshots"  # to be looked at
HEIGHT = 900
# also what a report keeps as text until somebody opens it
OPEN_ALL = """() => {
  for (const unit of document.querySelectorAll("details.unit")) globalThis.fill?.(unit);
  for (const details of document.querySelectorAll("details")) details.open = true;
}"""
READY = """() => !document.getElementById("packed") || "ready" in document.documentElement.dataset"""
ONE_OF_EACH = """
axe.configure({rules: [{id: "color-contrast", selector: "*:not([data-again])"}]});
{
  const seen = new Set(), grounds = new Map([[null, ""]]);
  const ground = (one) => {
    if (!grounds.has(one)) {
      const s = getComputedStyle(one), at = s.position + s.float;
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode, at].join();
      const under = ground(one.parentElement);
      grounds.set(one, own === "rgba(0, 0, 0, 0),none,1,none,normal,staticnone" ? under : `${under};${own}`);
    }
    return grounds.get(one);
  };
  for (const one of document.querySelectorAll("body *")) {
    const s = getComputedStyle(one);
    const look = [ground(one), s.color, s.fontSize, s.fontWeight, s.textShadow].join();
    const texts = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    one.toggleAttribute("data-again", !texts || seen.has(look));
    if (texts && one.checkVisibility()) seen.add(look);
  }
}"""
FITS = """(width) => {
  const {scrollWidth, clientWidth} = document.documentElement;
  return scrollWidth <= clientWidth && clientWidth <= width;
}"""
PHONE = 500  # up to this width it is one: it takes the width that a page asks for


class Heard:
    """The other addresses a page asked for, and the errors and warnings it wrote to the console."""

    def __init__(self, page: Page, address: str) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._page, self._file = page, file_of(address)
        page.on("request", self._asks)
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("console", self._says)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def close(self) -> None:
        """Forget what the page has stored, and close it: one behind another paints once a second."""
        self._page.evaluate("() => localStorage.clear()")
        self._page.close()

    def _asks(self, request: Request) -> None:
        if file_of(request.url) != self._file:
            self.requests.append(request.url)

    def _says(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """Run the browser at a path while this lasts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        running.close()


def opened(
    browser: Browser, address: str, *, width: int = 1200, height: int = HEIGHT, scheme: str = "light"
) -> tuple[Page, Heard]:
    """Open an address without a network and return the page, and what is heard of it from now on."""
    page = _context(browser, width <= PHONE).new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme, media="null")
    heard = Heard(page, address)
    page.goto(address)
    page.wait_for_function(READY, timeout=30_000)
    return page, heard


@cache
def _context(browser: Browser, is_mobile: bool) -> BrowserContext:
    """Return a window of the browser, which is kept: to open one takes longer than most tests."""
    context = browser.new_context(is_mobile=is_mobile, offline=True)
    context.set_default_timeout(30_000)  # milliseconds: a busy machine takes seconds to paint a page
    context.set_default_navigation_timeout(30_000)
    return context


def looks(names: Iterable[str], desk: int) -> list[ParameterSet]:
    """Return pages on a phone and on a desk, light and dark; by day light on a phone and dark on a desk."""
    return [
        pytest.param(*look, marks=() if (look[1] == desk) == (look[2] == "dark") else pytest.mark.nightly)
        for look in product(names, (400, desk), ("light", "dark"))
    ]


def too_narrow(open_page: Callable[..., Page], widths: Iterable[int]) -> list[int]:
    """Return the widths, first those of a phone, of which a page with everything open takes more.

    It is opened once on a phone and once on a desk, and the window then changes.
    """
    found = []
    for is_phone, some in groupby(widths, lambda width: width <= PHONE):
        page = open_page(width=PHONE if is_phone else 1200)
        page.evaluate(OPEN_ALL)
        for width in some:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if not page.evaluate(FITS, width):
                found.append(width)
    return found


def screenshot(page: Page, name: str, *, whole: bool = False) -> None:
    """Leave a picture of what is in the window, or of the whole page."""
    # the page of the whole book takes seconds to paint on a busy machine
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole, timeout=30_000)


def file_of(address: str) -> str:
    """Return an address without its query and hash."""
    return re.split("[?#]", address, maxsplit=1)[0]


def size_of(address: str) -> int:
    """Return the size of a page's file."""
    return Path(url2pathname(address.removeprefix("file://"))).stat().st_size


def barriers(page: Page, *, every: bool = False) -> list[str]:
    """Return what axe finds wrong with a page as it is shown, a line an element.

    It computes the contrast of one text in the same colours and size on the same ground, or of every text.
    """
    from axe_playwright_python.base import AXE_SCRIPT
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe(AXE_SCRIPT if every else f"{AXE_SCRIPT};{ONE_OF_EACH}")
    # it would load the style sheets once more, which a page that was opened from disk must not; to list what
    # passes would double its time
    found = axe.run(page, options={"preload": False, "resultTypes": ["violations"]}).response
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
