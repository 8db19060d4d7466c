"""The package's own ledger: it is complete, and claims are found by name."""

from __future__ import annotations

import pytest

from workshop.datasets import registry
from workshop.ledger import ledger

# chapter: units, claims, claims with a correct value (as the transcription of the book counts them)
COUNTS = {
    "ch01": (13, 87, 4),
    "ch02": (14, 126, 7),
    "ch03": (18, 145, 13),
    "ch04": (26, 117, 6),
    "ch05": (16, 115, 8),
    "ch06": (21, 140, 10),
    "ch07": (14, 159, 6),
}
OURS = 80  # claims of our own, which the book does not make


@pytest.mark.parametrize("chapter", COUNTS)
def test_chapter_is_complete(chapter: str) -> None:
    """Each chapter has all its units and claims, and has lost no correct value."""
    (found,) = (c for c in ledger().chapters if c.id == chapter)
    claims = [claim for unit in found.units for claim in unit.claims if not claim.ours]

    corrected = [claim for claim in claims if claim.correct is not None]

    assert (len(found.units), len(claims), len(corrected)) == COUNTS[chapter]


def test_book_is_complete() -> None:
    """Seven chapters, 122 units, 889 claims, all ids distinct."""
    book = ledger()

    claims = [claim for claim in book.claims.values() if not claim.ours]

    assert (len(book.chapters), len(book.units), len(claims)) == (7, 122, 889)
    assert len(book.claims) == len(claims) + OURS


def test_needs_are_in_the_registry() -> None:
    """Every data set that a claim needs is one of the registry's."""
    ledger().check_needs(registry())


SELECTIONS = [
    ([], 889 + OURS),
    (["ch01"], 87),
    (["ch01", "ch02"], 220),
    (["ch0?.*"], 889 + OURS),
    (["ch0[12]"], 220),
    (["ch01.text0[1]"], 2),
    (["ch01.text01"], 2),
    (["ch01.text01.columns"], 1),
    (["ch01.text01.columns", "ch01.text01"], 2),
    (["*.iris_head6"], 1),
    (["CH01", "chapter 2"], 220),
    (["1.01", "Activity 1.1"], 19),
    (["ch1.*head6"], 1),
]


@pytest.mark.parametrize(("patterns", "count"), SELECTIONS)
def test_select(patterns: list[str], count: int) -> None:
    """Chapters, units, claims and globs select; what two patterns name is selected once."""
    assert len(ledger().select(patterns)) == count


@pytest.mark.parametrize("pattern", ["ch08", "ch01.text0", "", "1.99"])
def test_select_nothing(pattern: str) -> None:
    """The message on a pattern that names nothing has the remedy."""
    with pytest.raises(LookupError, match=r"see `workshop list( ch01)?`"):
        ledger().select(["ch01", pattern])


def test_selection_keeps_the_order_of_the_book() -> None:
    """Whatever the order of the patterns, claims come in the book's order."""
    ids = [claim.id for claim in ledger().select(["ch02", "ch01"])]

    assert ids == [claim_id for claim_id in ledger().claims if claim_id[:4] in {"ch01", "ch02"}]
