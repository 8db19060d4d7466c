"""A headless browser without a network, what a page asks for and complains of, and axe's scan of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ARGUMENTS = (
    "--no-sandbox",  # which Chromium demands of root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
HEIGHT = 900


@dataclass
class Heard:
    """What a page asked for beside itself, and what it wrote to the console as an error or a warning."""

    address: str
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


def opened(browser: Browser, address: str, *, width: int = 1200, scheme: str = "light") -> tuple[Page, Heard]:
    """Open an address without a network and return the page, and what is heard of it from now on."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, offline=True
    )
    context.set_default_timeout(2_000)  # milliseconds: a control that is not there fails soon
    heard = Heard(address, context)
    itself = address.split("?")[0].split("#")[0]
    context.on(
        "request",
        lambda request: (
            None if request.url.split("?")[0].split("#")[0] == itself else heard.requests.append(request.url)
        ),
    )
    page = context.new_page()
    page.on("websocket", lambda socket: heard.requests.append(socket.url))
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            heard.complaints.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    page.goto(address)
    return page, heard


def barriers(page: Page) -> list[str]:
    """Return what axe finds wrong with a page as it is shown, a line an element."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
