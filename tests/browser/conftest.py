"""Headless Chromium for the tests of pages; without one they are skipped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import pages
from tests.browser.page_helpers import Heard, launched, opened
from tests.selection import in_full

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the browser that the session has found; inside the session nothing is skipped."""
    path = os.environ.get("WORKSHOP_BROWSER")
    if path is None or find_spec("playwright") is None:
        pytest.skip("needs a browser: nox -s browser")
    with launched(path) as running:
        yield running


@pytest.fixture
def full(request) -> bool:
    """Whether axe scans every text of a page, and a page also before everything in it is opened."""
    return in_full(request.config)


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., Page]]:
    """Open pages by their address; each must have asked for nothing else and complained of nothing."""
    heard: list[Heard] = []

    def open_one(address: str, **settings: Any) -> Page:
        page, ears = opened(browser, address, **settings)
        heard.append(ears)
        return page

    yield open_one
    for ears in heard:
        ears.close()
    assert [request for ears in heard for request in ears.requests] == []
    assert [complaint for ears in heard for complaint in ears.complaints] == []


class Written(dict[str, str]):
    """The addresses of pages by name; each is written when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __missing__(self, name: str) -> str:
        write = {**pages.PAGES, **pages.BOOK_PAGES}[name]
        self[name] = write(self._folder / f"{name}.html").as_uri()
        return self[name]


@pytest.fixture(scope="session")
def written(browser, tmp_path_factory) -> dict[str, str]:
    """Return the addresses of pages, which are written once; `browser` skips where there is none."""
    assert browser
    return Written(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def report(visit, written) -> Page:
    """Open the report of the made-up run in a wide window."""
    return visit(written["report"])
