"""The templates of all pages: their colours, and what a page may do."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.browser import pages
from tests.checking import a_class
from workshop import reporting

TEMPLATES = sorted(Path(reporting.__file__).parent.rglob("*.j2"))


def test_every_colour_is_defined_once():
    """A colour that a style uses is in the palette, in light and dark, or is set by the style itself."""
    texts = {path.name: path.read_text("utf-8") for path in TEMPLATES}
    palette = re.findall(r'"([\w-]+)": \("#\w+", "#\w+"\)', texts["base.html.j2"])

    used = set(re.findall(r"var\(--([\w-]+)", " ".join(texts.values())))
    own = set(re.findall(r"""[{;"] ?--([\w-]+):""", " ".join(texts.values())))

    assert len(palette) == len(set(palette))
    assert used <= {*palette, *own}
    assert not own & set(palette)


def test_every_page_extends_the_one_with_the_policy():
    """No other template writes a document or a policy; what is not a page is included by one."""
    texts = {path.name: path.read_text("utf-8") for path in TEMPLATES}
    documents = [name for name, text in texts.items() if re.search("<!doctype|Content-Security-Policy", text)]

    assert documents == ["base.html.j2"]
    # before anything that could be fetched
    assert texts["base.html.j2"].index("Content-Security-Policy") < texts["base.html.j2"].index("block head")


class _Scripts(HTMLParser):
    """The policy of a page, and its scripts that run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.policy: dict[str, str] = {}
        self.scripts: list[str] = []
        self._runs = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._runs = tag == "script" and given.get("type") is None
        if given.get("http-equiv") == "Content-Security-Policy":
            parts = [part.strip().partition(" ") for part in (given["content"] or "").split(";")]
            self.policy = {name: value for name, _, value in parts}

    def handle_endtag(self, tag: str) -> None:
        self._runs = False

    def handle_data(self, data: str) -> None:
        if self._runs:
            self.scripts.append(data)


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_page_runs_its_own_script_alone(name, tmp_path, monkeypatch):
    """The policy names the digest of the one script that a template has."""
    monkeypatch.setattr(a_class, "STUDENTS", 3)  # a class of any size has the same script
    monkeypatch.setattr(pages, "STUDENT", 1)
    page = _Scripts(pages.PAGES[name](tmp_path / "page.html").read_text("utf-8"))

    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in page.scripts]
    assert len(digests) == 1
    assert page.policy == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": "'unsafe-inline'",
        "script-src": f"'sha256-{digests[0]}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
