"""The toy book, on which the engine and what shows its runs are tested: one unit of each kind.

`python -m tests.toy.book` records its runs anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import workshop.book
from tests.toy import units
from workshop import datasets
from workshop.book import Book
from workshop.datasets import DataSet, Found, Missing, Own, registry
from workshop.execution import environment
from workshop.execution.catalogue import Catalogue, arrange
from workshop.ledger import build, read_chapter
from workshop.samples.recording import Site, record_sample
from workshop.samples.recording_repeats import record_repeats
from workshop.units import parts_of

FOLDER = Path(__file__).parent
LEDGER = build([("book.yaml", read_chapter((FOLDER / "book.yaml").read_text("utf-8"), "book.yaml"))])
DATA_SETS = {name: registry()["iris"].model_copy(update={"id": name}) for name in ("toy_data", "other_data")}
# how a default run decides its claims, and by what kind of plan
DECIDED = {
    "ch09.ex01.reproduced": ("reproduced", "Once"),
    "ch09.ex01.corrected": ("corrected", "Once"),
    "ch09.ex01.changed": ("changed", "Once"),
    "ch09.ex01.refuted": ("refuted", "Once"),
    "ch09.ex01.order": ("reproduced", "Once"),
    "ch09.ex01.words": ("reproduced", "Once"),
    "ch09.ex01.losses": ("reproduced", "Once"),
    "ch09.ex01.most": ("reproduced", "Once"),
    "ch09.ex01.least": ("reproduced", "Once"),
    "ch09.ex01.between": ("reproduced", "Once"),
    "ch09.ex01.parts": ("reproduced", "Once"),
    "ch09.ex01.sum": ("reproduced", "Settled"),
    "ch09.ex01.drawing": ("not testable", "Settled"),
    "ch09.ex02.failed": ("failed", "Once"),
    "ch09.ex03.supported": ("supported", "Once"),
    "ch09.ex04.unavailable": ("unavailable", "Settled"),
    "ch09.ex05.deferred": ("deferred", "Settled"),
    "ch09.ex05.recorded": ("reproduced", "Recorded"),
    "ch09.ex06.loss": ("reproduced", "Sampled"),
    "ch09.ex06.undecided": ("undecided", "Sampled"),
    "ch09.ex06.pair": ("reproduced", "Sampled"),
    "ch09.ex06.repeats": ("reproduced", "Once"),
}


def catalogue(_: Iterable[str] = ()) -> Catalogue:
    """Return the toy book's units."""
    return arrange(parts_of(units))


BOOK = Book(LEDGER, catalogue, lambda: DATA_SETS, FOLDER)


def find(data_set: DataSet, *, offline: bool) -> Found | Missing:
    """Find three rows in place of the toy data, and nothing else."""
    del offline
    if data_set.id == "toy_data":
        return Own("toy_data", "e", True, "made of glass", {}, "mirror", "c1", value=[1, 2, 3])
    return Missing(data_set.id, "it is nowhere", "go and get it")


def install(put: Callable[[Any, str, Any], None] = setattr) -> None:
    """Put the toy book in the place of the package's own in this process, which computes alone."""
    put(workshop.book, "package_book", lambda: BOOK)
    put(datasets, "find_data_set", find)
    put(environment, "cores", lambda: 1)  # another process would have the package's book


if __name__ == "__main__":
    for unit in ("ch09.ex05", "ch09.ex06"):
        with tempfile.TemporaryDirectory() as store:
            record_sample(Site(BOOK, unit), 64, store=Path(store))
        record_repeats(BOOK, unit)
