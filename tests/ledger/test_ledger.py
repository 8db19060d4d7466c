"""The package's own ledger: it is complete, and claims are found by name."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from workshop.datasets import registry
from workshop.ledger import ledger, loading

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
def test_chapter_is_complete(chapter: str) -> None:
    """Each exercise, activity and text of the book has a unit, and each unit a claim of the book."""
    (found,) = (c for c in ledger().chapters if c.id == chapter)

    kinds = [
        sum(unit.id.startswith(f"{chapter}.{kind}") for unit in found.units) for kind in ("ex", "act", "text")
    ]

    assert tuple(kinds) == UNITS[chapter]
    assert [unit.id for unit in found.units if all(claim.ours for claim in unit.claims)] == []


def test_every_claim_says_what_its_verdict_is_worth() -> None:
    """Only what can't be tested has no evidence."""
    without = [claim.id for claim in ledger().claims.values() if claim.evidence is None]

    assert without == [claim.id for claim in ledger().claims.values() if claim.rule.name == "literature"]


def test_needs_are_in_the_registry() -> None:
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
def test_select(patterns: list[str], count: int) -> None:
    """Chapters, units, claims and globs select; what two patterns name is selected once."""
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
def test_select_chapters(patterns: list[str], chapters: str) -> None:
    """Whole chapters are selected in the book's order."""
    expected = [claim for claim in ledger().claims.values() if claim.id[3] in chapters]

    assert list(ledger().select(patterns)) == expected


@pytest.mark.parametrize("pattern", ["ch08", "ch01.text0", "", "1.99"])
def test_select_nothing(pattern: str) -> None:
    """The message on a pattern that names nothing has the remedy."""
    with pytest.raises(LookupError, match=r"see `workshop list( ch01)?`"):
        ledger().select(["ch01", pattern])


def test_selection_keeps_the_order_of_the_book() -> None:
    """Whatever the order of the patterns, claims come in the book's order."""
    ids = [claim.id for claim in ledger().select(["ch02", "ch01"])]

    assert ids == [claim_id for claim_id in ledger().claims if claim_id[:4] in {"ch01", "ch02"}]


def read_in(folder: Path, monkeypatch: pytest.MonkeyPatch, yaml: str) -> dict[str, Any]:
    """Return the chapters that one file of YAML holds, with the cache in a folder."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(folder))
    return dict(loading.parse_once({"ch01.yaml": yaml.encode()}))


def test_parsed_files_are_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading parses no YAML, and gives the same keys, numbers and texts."""
    yaml = "{a: {1: x, 994: [1.5, .inf, null, true]}, $: {b: {$: 1}}}"
    first = read_in(tmp_path, monkeypatch, yaml)
    monkeypatch.setattr(loading, "read_yaml", None)

    assert read_in(tmp_path, monkeypatch, yaml) == first
    assert first == {"ch01.yaml": {"a": {1: "x", 994: [1.5, math.inf, None, True]}, "$": {"b": {"$": 1}}}}


def test_cache_of_other_files_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed file is parsed again."""
    read_in(tmp_path, monkeypatch, "a: 1")

    assert read_in(tmp_path, monkeypatch, "a: 2") == {"ch01.yaml": {"a": 2}}


@pytest.mark.parametrize("damage", [b"", b"[]", b"{}", b'{"digest": 1}', b"\xff", b"[" * 100_000])
def test_damaged_cache_is_not_used(damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are parsed again if what is cached of them is damaged."""
    read_in(tmp_path, monkeypatch, "a: 1")
    (cached,) = (tmp_path / "ledger").iterdir()
    cached.write_bytes(damage)

    assert read_in(tmp_path, monkeypatch, "a: 1") == {"ch01.yaml": {"a": 1}}


def test_ledger_needs_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are parsed where nothing can be cached."""
    (tmp_path / "file").write_text("")

    assert read_in(tmp_path / "file", monkeypatch, "a: 1") == {"ch01.yaml": {"a": 1}}
