"""The rows of the mutants: each applies to today's code, and every unit that computes has at least four."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants.rows import ROOT, Edit, RowError, read_rows
from tests.selection import in_full
from workshop.execution import digests
from workshop.execution.catalogue import catalogue
from workshop.execution.digests import Digests, source
from workshop.ledger import ledger
from workshop.units import Part

ROWS = read_rows()
AT_LEAST = 4


def test_each_row_applies_to_the_code_and_leaves_python():
    wrong = []
    for mutant in ROWS.mutants:
        try:
            for file, text in mutant.texts().items():
                ast.parse(text, file)
        except (RowError, SyntaxError, OSError) as error:
            wrong.append(f"{mutant.unit}: {error}")
    assert not wrong, "\n".join(wrong)


def test_no_row_is_there_twice():
    counted = Counter((mutant.unit, mutant.edits) for mutant in ROWS.mutants)
    assert [mutant for mutant, count in counted.items() if count > 1] == []


def test_every_unit_that_computes_has_mutants():
    counted = Counter(mutant.unit for mutant in ROWS.mutants)
    units = set(ledger().units)
    assert set(counted) | set(ROWS.nothing) <= units
    few = {unit: counted[unit] for unit in sorted(units - set(ROWS.nothing)) if counted[unit] < AT_LEAST}
    assert not few
    assert all(ROWS.nothing.values())


def _parts_of(units: set[str]) -> dict[str, tuple[Part, ...]]:
    """Return the parts with which the claims of each unit are decided."""
    book = ledger()
    found = catalogue(chapter.id for chapter in book.chapters)
    parts = {}
    for unit in units:
        measured = {m.unit for c in book.claims.values() if c.unit == unit for m in c.measures().values()}
        parts[unit] = found.with_upstream(p for each in {unit, *measured} for p in found.parts.get(each, ()))
    return parts


def test_each_mutant_changes_code_that_its_unit_reaches():
    package, files = Digests(), {}
    for unit, parts in _parts_of({mutant.unit for mutant in ROWS.mutants}).items():
        modules = {name for part in parts for name, _ in package.reached((part.module, part.name))}
        files[unit] = {
            f"{module.path.relative_to(ROOT)}" for name in modules if (module := package.module(name))
        }
    wrong = {(m.unit, e.file) for m in ROWS.mutants for e in m.edits if e.file not in files[m.unit]}
    assert not wrong


def test_mutants_change_the_digest_of_their_unit(tmp_path, monkeypatch, request):
    """All at night, by day each third one, which are of all kinds and units."""
    rows = ROWS.mutants if in_full(request.config) else ROWS.mutants[::3]
    parts, package, missed = _parts_of({mutant.unit for mutant in rows}), Digests(), []
    unchanged = {p.key: package.digest(p.module, p.name) for own in parts.values() for p in own}
    for number, mutant in enumerate(rows):
        folder = tmp_path / str(number)
        for file, text in mutant.texts().items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text, "utf-8")

        def mutated(name: str, folder: Path = folder) -> Path | None:
            file = source(name)
            own = None if file is None else folder / file.relative_to(ROOT)
            return own if own is not None and own.exists() else file

        monkeypatch.setattr(digests, "source", mutated)
        changed = Digests()
        if all(changed.digest(p.module, p.name) == unchanged[p.key] for p in parts[mutant.unit]):
            missed.append(f"{mutant.unit} {mutant.name}")
        monkeypatch.setattr(digests, "source", source)
    assert missed == []


@pytest.mark.parametrize(
    ("edit", "text", "why"),
    [
        (Edit("f.py", "a", "b"), "xyz", "has no 'a': write the row as the file is now"),
        (Edit("f.py", "a", "b"), "a a", "2 times: lengthen it"),
        (Edit("f.py", "a", "b", 3), "a a", "only 2 times"),
    ],
)
def test_a_row_that_fits_nowhere_or_anywhere_is_refused(edit, text, why):
    with pytest.raises(RowError, match=why):
        edit.apply(text)


def test_the_place_of_a_text_is_counted_from_one():
    assert Edit("f.py", "a", "b", 2).apply("a a a") == "a b a"
