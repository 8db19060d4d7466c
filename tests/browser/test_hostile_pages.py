"""Pages of what others wrote: whatever a file says, the page asks for nothing and runs nothing of it."""

# ruff: noqa: E501  a case is a line

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.page_helpers import OPEN_ALL, READY
from tests.browser.pages import UNITS
from tests.browser.pages import run as made_up_run
from tests.toy.commands import invoke
from tests.toy.pages import unpacked
from tests.toy.records import measured_as
from workshop.checking.files import check_file
from workshop.checking.page import class_page
from workshop.figures import drawing
from workshop.figures.files import as_json
from workshop.figures.model import Chart, Figure, Layers, Marks, Rank
from workshop.verification.results import claims_text, write_file

if TYPE_CHECKING:
    pass

# each asks for URL if a page takes it for markup
TEXTS = (
    '<img src="URL/text">',
    '"><img src="URL/attribute">',
    "<svg/onload=\"fetch('URL/handler')\">",
    "</script><script>fetch('URL/script')</script>",
    "</style><style>@import 'URL/sheet';</style>",
    '<link rel="stylesheet" href="URL/link">',
    '<iframe src="URL/frame"></iframe>',
    "<style>body{background:url(URL/background)}</style>",
)


@pytest.fixture(scope="module")
def asked() -> Iterator[tuple[str, list[str]]]:
    """Serve nothing on this machine, and return the address and the paths that were asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()


@pytest.fixture(scope="module")
def requests(browser, asked) -> Callable[..., set[str]]:
    """Return what opens a page, with everything in it, and gives the paths that it asked for.

    It waits until the page asks for nothing more, or for as many paths as are expected.
    """
    from playwright.sync_api import TimeoutError as NotIdle

    _, paths = asked
    window = browser.new_context()
    window.new_page()  # stays open, and with it the process for pages

    def of_page(page: Path, expected: int | None = None) -> set[str]:
        paths.clear()
        opened = window.new_page()
        opened.goto(page.as_uri(), timeout=30_000)
        opened.wait_for_function(READY, timeout=30_000)
        opened.evaluate(OPEN_ALL)
        opened.mouse.wheel(0, 100_000)
        if expected:
            end = monotonic() + 30
            while len({*paths}) < expected and monotonic() < end:
                opened.wait_for_timeout(20)
        else:
            with contextlib.suppress(NotIdle):  # a busy machine: it had 30 seconds to ask
                opened.wait_for_load_state("networkidle", timeout=30_000)
        opened.close()
        return {*paths}

    return of_page


def command(*words: str | Path) -> None:
    """Run the command line, which writes a page."""
    answer = invoke(*words)
    assert answer.exit_code in {0, 1, 2}, answer.output  # 2: nothing of the book is in it


def results(path: Path, address: str) -> Path:
    """Write the made-up run with hostile text in every field that takes any."""
    texts = [text.replace("URL", address) for text in TEXTS]
    records = []
    for number, record in enumerate(made_up_run().claims):
        text = texts[number % len(texts)]
        kept = record.sample and replace(record.sample, dates=text, problem=text)
        records.append(
            replace(
                record, reason=text, rule=text, documented=text, measured={text: [text]}, beside={text: measured_as(text)},
                sample=kept,
            )
        )  # fmt: skip
    facts = {**made_up_run().environment, "tensorflow": texts[0], "system": texts[1], texts[2]: texts[3]}
    replace(made_up_run(), environment=facts, claims=tuple(records)).write(path)
    return path


def figures(text: str) -> list[Figure]:
    """Return figures with hostile text in every field."""
    line = Marks("run", (1.0, 2.0), (1.0, 2.0), text, text)
    parts = (
        Chart((line,), text, text, ticks=("", text, text), splits=((1.0, text),), note=text),
        Rank((text,), ((text, 1.0),), 2),
        Layers(((text, text, 1, 2, text),), True),
    )
    return [Figure(text, text, (part,), text) for part in parts]


def report(path: Path, address: str) -> Path:
    """Write the report of hostile results."""
    command("report", results(path.with_suffix(".json"), address), "--output", path)
    return path


def comparison(path: Path, address: str) -> Path:
    """Write the comparison of hostile results."""
    one, other = results(path.with_name("one.json"), address), path.with_name("other.json")
    made_up_run(other=True).write(other)
    command("compare", one, other, "--html", path)
    return path


def notebooks(folder: Path, address: str) -> list[Path]:
    """Write submissions with hostile names, cells and outputs."""
    written = []
    for number, text in enumerate(TEXTS):
        payload = text.replace("URL", address)
        cell = {
            "cell_type": "code", "execution_count": 1, "metadata": {}, "source": f"# exercise 5.04\n{payload}",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": f"{payload}\nTest RMSE: 7.8 {payload}"}],
        }  # fmt: skip
        book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        written.append(folder / (f"{number}{payload.replace('/', '_')}"[:200] + ".ipynb"))
        written[-1].write_text(json.dumps(book), "utf-8")
    return written


def a_list(path: Path, address: str) -> Path:
    """Write the page of such files, in which no exercise occurs twice."""
    command("check", *notebooks(path.parent, address), "--html", path)
    return path


def a_class(path: Path, address: str) -> Path:
    """Write the page of a class of such files."""
    path.write_bytes(class_page([*map(check_file, notebooks(path.parent, address))]).encode())
    return path


@pytest.mark.parametrize("write", [report, comparison, a_list, a_class])
def test_a_page_of_hostile_texts_asks_for_nothing(write, tmp_path, asked, requests):
    page = write(tmp_path / "page.html", asked[0])

    text = page.read_text("utf-8")
    assert asked[0].removeprefix("http://") in (unpacked(text) if "packed" in text else text)
    assert requests(page) == set()


def test_a_page_of_hostile_figures_asks_for_nothing(tmp_path, asked, requests, monkeypatch):
    """Their words are words; and if they were not, the page's policy would stop them."""
    results, page = tmp_path / "r.json", tmp_path / "page.html"
    texts = [text.replace("URL", asked[0]) for text in TEXTS]
    drawn: dict[str, list[Figure]] = defaultdict(list)
    for unit, text in zip(cycle(UNITS), texts, strict=False):
        drawn[unit] += figures(text)
    made = made_up_run()
    write_file(made.environment, claims_text(made.claims), results, as_json(drawn))

    command("report", results, "--output", page)
    assert asked[0].removeprefix("http://") in unpacked(page.read_text("utf-8"))
    assert requests(page) == set()

    monkeypatch.setattr(drawing, "escape", lambda words: words)
    command("report", results, "--output", page)
    let_through = page.read_text("utf-8")
    assert all(text in unpacked(let_through) for text in texts)
    assert requests(page) == set()

    policy = let_through[let_through.index("<meta http-equiv") :].partition("\n")[0]
    page.write_text(let_through.replace(policy, ""), "utf-8")
    # a script that is inserted does not run
    attacks = {path_of(text) for text in TEXTS if "<script" not in text}
    assert requests(page, len(attacks)) == attacks


def path_of(text: str) -> str:
    """Return the path that a hostile text asks for."""
    return text.partition("URL")[2].partition("'")[0].partition('"')[0].partition(")")[0]


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_would_ask_for_something(text, tmp_path, asked, requests):
    """In a page that takes it for markup; so the counts above are of something."""
    page = tmp_path / "page.html"
    page.write_text(f'<!doctype html><title a="">t</title><p title="">{text.replace("URL", asked[0])}</p>')

    assert requests(page, 1) == {path_of(text)}
