"""A headless browser without a network, what a page asks for and complains of, and axe's scan of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

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
PHONE = 500  # up to this width it is one: it takes the width that a page asks for


@dataclass
class Heard:
    """The other addresses a page asked for, and the errors and warnings it wrote to the console."""

    context: BrowserContext
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Close the page; nothing is heard afterwards."""
        self.context.close()


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
    context = browser.new_context(
        viewport={"width": width, "height": height},
        is_mobile=width <= PHONE,
        color_scheme=scheme,
        offline=True,
    )
    context.set_default_timeout(5_000)  # milliseconds: a control that is not there fails soon
    heard = Heard(context)

    def asks(request: Request) -> None:
        if file_of(request.url) != file_of(address):
            heard.requests.append(request.url)

    def says(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            heard.complaints.append(message.text)

    page = context.new_page()
    page.on("request", asks)
    page.on("websocket", lambda socket: heard.requests.append(socket.url))
    page.on("console", says)
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.goto(address, timeout=30_000)
    page.wait_for_function(READY, timeout=30_000)
    return page, heard


def looks(names: Iterable[str], desk: int) -> list[ParameterSet]:
    """Return pages on a phone and on a desk, light and dark; by day light on a phone and dark on a desk."""
    night = pytest.mark.nightly("workshop/reporting", "workshop/checking", "docs", "benchmarks/report")
    return [
        pytest.param(*look, marks=() if (look[1] == desk) == (look[2] == "dark") else night)
        for look in product(names, (400, desk), ("light", "dark"))
    ]


def screenshot(page: Page, name: str, *, whole: bool = False) -> None:
    """Leave a picture of what is in the window, or of the whole page."""
    # the page of the whole book takes seconds to paint on a busy machine
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole, timeout=30_000)


def file_of(address: str) -> str:
    """Return an address without its query and hash."""
    return re.split("[?#]", address, maxsplit=1)[0]


def barriers(page: Page) -> list[str]:
    """Return what axe finds wrong with a page as it is shown, a line an element."""
    from axe_playwright_python.sync_playwright import Axe

    # it would load the style sheets once more, which a page that was opened from disk must not; to list what
    # passes would double its time
    found = Axe().run(page, options={"preload": False, "resultTypes": ["violations"]}).response
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
