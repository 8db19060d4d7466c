"""The package's own ledger: it is complete, and claims are found by name."""

import pytest

from workshop.datasets import registry
from workshop.ledger import ledger

# the book's exercises, activities and groups of worked texts by chapter
UNITS = {
    "ch01": (6, 1, 6),
    "ch02": (7, 1, 6),
    "ch03": (4, 2, 12),
    "ch04": (6, 2, 18),
    "ch05": (5, 1, 10),
    "ch06": (5, 1, 15),
    "ch07": (5, 1, 8),
}


@pytest.mark.parametrize("chapter", UNITS)
def test_chapter_is_complete(chapter):
    """Each exercise, activity and text of the book has a unit, and each unit a claim of the book."""
    (found,) = (c for c in ledger().chapters if c.id == chapter)

    kinds = [
        sum(unit.id.startswith(f"{chapter}.{kind}") for unit in found.units) for kind in ("ex", "act", "text")
    ]

    assert tuple(kinds) == UNITS[chapter]
    assert [unit.id for unit in found.units if all(claim.ours for claim in unit.claims)] == []


def test_every_claim_says_what_its_verdict_is_worth():
    """Only what can't be tested has no evidence."""
    without = [claim.id for claim in ledger().claims.values() if claim.evidence is None]

    assert without == [claim.id for claim in ledger().claims.values() if claim.rule.name == "literature"]


def test_needs_are_in_the_registry():
    """Every data set that a claim needs is one of the registry's."""
    ledger().check_needs(registry())


SELECTIONS = [
    (["ch01.text0[1]"], 2),
    (["ch01.text01"], 2),
    (["ch01.text01.columns"], 1),
    (["ch01.text01.columns", "ch01.text01"], 2),
    (["*.iris_head6"], 1),
    (["1.01", "Activity 1.1"], 20),
    (["ch1.*head6"], 1),
]


@pytest.mark.parametrize(("patterns", "count"), SELECTIONS)
def test_select(patterns, count):
    assert len(ledger().select(patterns)) == count


@pytest.mark.parametrize(
    ("patterns", "chapters"),
    [
        ([], "1234567"),
        (["ch01"], "1"),
        (["ch01", "ch02"], "12"),
        (["ch0?.*"], "1234567"),
        (["ch0[12]"], "12"),
        (["CH01", "chapter 2"], "12"),
    ],
)
def test_select_chapters(patterns, chapters):
    expected = [claim for claim in ledger().claims.values() if claim.id[3] in chapters]

    assert list(ledger().select(patterns)) == expected


@pytest.mark.parametrize("pattern", ["ch08", "ch01.text0", "", "1.99"])
def test_select_nothing(pattern):
    with pytest.raises(LookupError, match=r"see `workshop list( ch01)?`"):
        ledger().select(["ch01", pattern])


def test_selection_keeps_the_order_of_the_book():
    ids = [claim.id for claim in ledger().select(["ch02", "ch01"])]

    assert ids == [claim_id for claim_id in ledger().claims if claim_id[:4] in {"ch01", "ch02"}]
