"""The rows of the mutants: each applies to today's code, and every unit that computes has at least four."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from tests.mutants.rows import ROOT, Edit, RowError, read_rows
from workshop.execution import fingerprint
from workshop.execution.catalogue import catalogue
from workshop.ledger import ledger

ROWS = read_rows()
AT_LEAST = 4


def test_each_row_applies_to_the_code_and_leaves_python() -> None:
    """The old text of each row is in its file, once or at its place, and the mutated module still parses."""
    wrong = []
    for mutant in ROWS.mutants:
        try:
            for file, text in mutant.texts().items():
                ast.parse(text, file)
        except (RowError, SyntaxError, OSError) as error:
            wrong.append(f"{mutant.unit}: {error}")
    assert not wrong, "\n".join(wrong)


def test_no_row_is_there_twice() -> None:
    """A unit has each mutant once."""
    counted = Counter((mutant.unit, mutant.edits) for mutant in ROWS.mutants)
    assert [mutant for mutant, count in counted.items() if count > 1] == []


def test_every_unit_that_computes_has_mutants() -> None:
    """Each unit has at least four mutants, or computes nothing, for a reason."""
    counted = Counter(mutant.unit for mutant in ROWS.mutants)
    units = set(ledger().units)
    assert set(counted) | set(ROWS.nothing) <= units
    few = {unit: counted[unit] for unit in sorted(units - set(ROWS.nothing)) if counted[unit] < AT_LEAST}
    assert not few
    assert all(ROWS.nothing.values())


def test_each_mutant_changes_code_that_its_unit_runs() -> None:
    """The file of each row is a module of its unit, or one that it imports; else no claim could notice."""
    book = ledger()
    parts = catalogue(chapter.id for chapter in book.chapters)
    files: dict[str, set[str]] = {}
    for unit in {mutant.unit for mutant in ROWS.mutants}:
        measured = {m.unit for c in book.claims.values() if c.unit == unit for m in c.measures().values()}
        own = parts.with_upstream(p for each in {unit, *measured} for p in parts.parts.get(each, ()))
        files[unit] = _files({part.module for part in own})
    wrong = {(m.unit, e.file) for m in ROWS.mutants for e in m.edits if e.file not in files[m.unit]}
    assert not wrong


def _files(modules: set[str]) -> set[str]:
    """Return the files of some modules and of all that they import from the package."""
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        path = fingerprint._source(name)
        if name not in found and path is not None:
            found[name] = str(path.relative_to(ROOT))
            waiting += fingerprint._digest_and_imports(path, name)[1]
    return set(found.values())


@pytest.mark.parametrize(
    ("edit", "text", "why"),
    [
        (Edit("f.py", "a", "b"), "xyz", "has no 'a'"),
        (Edit("f.py", "a", "b"), "a a", "2 times: lengthen it"),
        (Edit("f.py", "a", "b", 3), "a a", "only 2 times"),
    ],
)
def test_a_row_that_fits_nowhere_or_anywhere_is_refused(edit: Edit, text: str, why: str) -> None:
    """A row whose old text is missing, or is there more often than it says, is an error that names it."""
    with pytest.raises(RowError, match=why):
        edit.apply(text)


def test_the_place_of_a_text_is_counted_from_one() -> None:
    """`nth` replaces that one of several places."""
    assert Edit("f.py", "a", "b", 2).apply("a a a") == "a b a"
