"""Check the built documentation: `python scripts/check_site.py site`.

`zensical build --strict` checks the links and anchors of Markdown. This checks the HTML that readers get:
each link and anchor leads somewhere, nothing is loaded from elsewhere, and each page is in the navigation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

ROOT = Path(__file__).parents[1]
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


def outside_navigation(docs: Path, configuration: Mapping[str, Any]) -> list[str]:
    """Return the pages of docs/ that the navigation does not have."""
    listed = set(_pages_of(configuration["nav"]))
    return sorted({path.relative_to(docs).as_posix() for path in docs.rglob("*.md")} - listed)


def _pages_of(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        for inner in entry.values() if isinstance(entry, Mapping) else entry:
            yield from _pages_of(inner)


def main(site: Path) -> int:
    """Print what is wrong with the site, and return the exit code."""
    configuration = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    missing = outside_navigation(ROOT / "docs", configuration)
    found = [*(f"docs/{name}: not in the nav of mkdocs.yml" for name in missing), *problems(site)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
