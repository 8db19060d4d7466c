"""Check the built documentation: `python scripts/check_site.py site`.

`zensical build --strict` checks the links and anchors of Markdown. This checks the HTML that readers get:
each link and anchor leads somewhere, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# what a browser loads without being asked; a link (<a href>) may lead elsewhere
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


@dataclass
class Page(HTMLParser):
    """The anchors, links and loaded addresses of a page."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag is or leads to."""
        given = dict(attrs)
        self.anchors |= {name for name in (given.get("id"), given.get("name")) if name}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        address = given.get(LOADED.get(tag, ""))
        if address and given.get("rel") not in {"canonical", "next", "prev"}:
            self.loaded.append(address)


def read_pages(site: Path) -> dict[Path, Page]:
    """Return the pages of a site; the one for missing pages is shown at any address, so it is left out."""
    pages = {}
    for path in sorted(site.rglob("*.html")):
        if path.name != "404.html":
            pages[path.resolve()] = Page()
            pages[path.resolve()].feed(path.read_text("utf-8"))
    return pages


def problems(site: Path) -> Iterator[str]:
    """Yield a line for each link, anchor or file that is missing, and each file from elsewhere."""
    pages = read_pages(site)
    for path, page in pages.items():
        name = path.relative_to(site.resolve()).as_posix()
        for address in page.loaded:
            parts = urlsplit(address)
            if (parts.scheme and parts.scheme != "data") or parts.netloc:
                yield f"{name}: loads {address}"
        for address in [*page.links, *page.loaded]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                yield f"{name}: {address} leads nowhere"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{name}: {address} leads to no anchor"


if __name__ == "__main__":
    sys.exit("\n".join(problems(Path(sys.argv[1]))) or 0)
