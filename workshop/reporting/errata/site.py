"""The errors of the book as static pages: an index, a page with an address of its own each, and a JSON feed.

Addresses are made of the claims' ids, which never change. Nothing is loaded from anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.files import write_atomically
from workshop.ledger import Ledger
from workshop.reporting.describe import command
from workshop.reporting.errata.model import CONSEQUENCES, Erratum, counted_errors, is_warning, run_text
from workshop.reporting.html import render
from workshop.verification.results import Record, Results
from workshop.wording.places import label, title
from workshop.wording.words import CHANGED, HOLDS, OPEN, WORD_OF, WORDS, WRONG, Word

TITLE = "What The Deep Learning Workshop has wrong"
FEED = "errata.json"


@dataclass(frozen=True)
class Entry:
    """An error or a change on the pages.

    `address` : that of its page from the index. `where` : exercise and title. `word` : its word for readers.
    `run` : what a run says of it, and `confirmed` whether the run confirmed it, None if it did not decide it.
    """

    erratum: Erratum
    address: str
    where: str
    word: Word
    confirmed: bool | None
    run: str
    command: str


def write_site(
    folder: Path,
    ledger: Ledger,
    found: Sequence[Erratum],
    results: Results | None = None,
    base_url: str = "",
) -> None:
    """Write the pages and the feed of errors, of what is not confirmed, and of changes.

    `base_url` is where they will be.

    With the results of a run, each page says whether that run confirmed it. Raises OSError.
    """
    base_url = f"{base_url.rstrip('/')}/" if base_url else ""
    records = {} if results is None else {record.id: record for record in results.claims}
    environment = {} if results is None else results.environment
    entries = [_entry(one, ledger, records.get(one.claim.id), environment) for one in found]
    shown = {
        "words": WORDS,
        "consequences": CONSEQUENCES,
        "site": TITLE,
        "run": run_text(environment) if environment else "",
        "feed": FEED,
        "base_url": base_url,
    }
    errors = [entry for entry in entries if not entry.erratum.since and not entry.erratum.confirms]
    changes = [entry for entry in entries if entry.erratum.since]
    index = {
        "title": TITLE,
        "warnings": [entry for entry in changes if is_warning(entry.erratum)],
        "errors": errors,
        "counted": counted_errors([entry.erratum for entry in errors]),
        "likely": [entry for entry in entries if entry.erratum.confirms],
        "changes": [entry for entry in changes if not is_warning(entry.erratum)],
    }
    _write(folder / "index.html", render("errata/index.html.j2", {**shown, **index}))
    for before, entry, after in zip([None, *entries], entries, [*entries[1:], None], strict=False):
        content = {"title": entry.erratum.title, "entry": entry, "before": before, "after": after}
        _write(folder / entry.address, render("errata/erratum.html.j2", {**shown, **content}))
    _write(folder / FEED, json.dumps(feed(entries, base_url), indent=1, ensure_ascii=False) + "\n")


def _write(path: Path, text: str) -> None:
    write_atomically(path, text.encode())


def _entry(one: Erratum, ledger: Ledger, record: Record | None, environment: Mapping[str, Any]) -> Entry:
    claim = one.claim
    unit = ledger.units[claim.unit]
    confirmed, run = _confirmed(one, record, environment)
    return Entry(
        one,
        f"{claim.id}.html",
        f"{label(claim.unit, ledger)}, {title(unit)}",
        CHANGED if one.since else OPEN if one.confirms else WRONG,
        confirmed,
        run,
        command(claim, environment),
    )


def _confirmed(
    one: Erratum, record: Record | None, environment: Mapping[str, Any]
) -> tuple[bool | None, str]:
    """Return whether a run confirmed an error or a change, and a sentence that names the run."""
    if not environment:
        return None, "These pages were made without the results of a run."
    run = run_text(environment)
    if record is None:
        return None, f"{run} did not include it."
    word = WORD_OF[record.verdict]
    if word in {WRONG, CHANGED}:
        return True, f"{run} confirmed it."
    if word is HOLDS and one.since:
        return None, f"{run} used versions in which the printed result still holds."
    if record.verdict in {"reproduced", "failed"}:
        return False, f"{run} did not confirm it: {record.reason}"
    return None, f"{run} did not decide it: {word.name}. {word.meaning}"


def feed(entries: Sequence[Entry], base_url: str) -> dict[str, Any]:
    """Return the errors as a JSON feed, version 1.1 (jsonfeed.org); addresses are relative without a base."""
    content: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "description": "Printed results of the book that its own code does not give, with the proof.",
        "language": "en",
        "items": [_item(entry, base_url) for entry in entries],
    }
    if base_url:
        content |= {"home_page_url": base_url, "feed_url": f"{base_url}{FEED}"}
    return content


def _item(entry: Entry, base_url: str) -> dict[str, Any]:
    one = entry.erratum
    lines = [one.sentence, f"Printed: {one.printed}", f"Right: {one.right}", f"Proof: {one.proof}"]
    return {
        "id": one.claim.id,
        "url": f"{base_url}{entry.address}",
        "title": one.title,
        "content_text": "\n".join(lines),
        "tags": [one.claim.unit[:4], entry.word.name, CONSEQUENCES[one.consequence]],
        "_workshop": {
            **one.facts,
            "also": [name for _, name in one.also],
            "command": entry.command,
            "confirmed": entry.confirmed,
            "run": entry.run,
        },
    }
