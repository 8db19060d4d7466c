"""What units decide of a mistake, with made-up results of their tasks."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.mutants import units
from tests.mutants.claims import Task
from tests.mutants.drawing import Mistake, Planted, Source
from tests.mutants.units import MOST_UNITS, Units

CODE = """
def f(x, y):
    low = x + 0
    for one in x:
        if one:
            raise ValueError
    kind = np.result_type(x, y)
    size = len(y)
    return low
"""
GIVES = {"trials": ["a", "b"], "untried": [], "ran": True}


@pytest.fixture
def deciding(tmp_path, monkeypatch) -> Callable[..., tuple[Units, Planted]]:
    """Return a function that makes a mistake of a toy, and the units that decide it."""
    file = "workshop/toy.py"
    (tmp_path / "workshop").mkdir()
    (tmp_path / file).write_text(CODE)
    monkeypatch.setattr(units, "ROOT", tmp_path)

    def made(old: str, new: str, results: list[dict[str, Any]], count: int = 1) -> tuple[Units, Planted]:
        """Without the mistake each unit gives the first of the results, with it the last."""
        mutant = Source(file, tmp_path).mutant(Mistake(file, "f", "argument replaced", old, new))
        names = [f"ch09.ex0{number}" for number in range(count)]
        own = object.__new__(Units)
        own.spans = {file: [(1, 9, name) for name in names]}
        own.facts = {name: {"seconds": 1, "digest": name} for name in names}
        own.bench = SimpleNamespace(trials=None)  # type: ignore[assignment]

        def result(task: Task, work: object = None) -> dict[str, Any]:
            return results[0 if task.mutant is None else -1]

        own._made = result  # type: ignore[method-assign]
        assert mutant is not None
        return own, mutant

    return made


@pytest.mark.parametrize(
    ("old", "new", "results", "count", "alike"),
    [
        ("low = x + 0", "low = x", [GIVES], 1, True),
        ("low = x + 0", "low = x", [GIVES], MOST_UNITS, True),
        ("low = x + 0", "low = x", [GIVES], MOST_UNITS + 1, False),
        ("low = x + 0", "low = x", [GIVES, {**GIVES, "trials": ["a", "c"]}], 1, False),
        ("low = x + 0", "low = x", [{**GIVES, "untried": ["size"]}, GIVES], 1, False),
        ("low = x + 0", "low = x", [GIVES, {**GIVES, "ran": False}], 1, False),
        ("low = x + 0", "low = x", [GIVES, {"late": True}], 1, False),
        ("for one in x:", "for one in y:", [GIVES], 1, False),
        ("kind = np.result_type(x, y)", "kind = np.result_type(x, x)", [GIVES], 1, False),
        ("size = len(y)", "size = len(x)", [GIVES], 1, True),
    ],
)
def test_a_mistake_changes_nothing_only_where_all_was_tried(
    deciding,
    old,
    new,
    results,
    count,
    alike,
):
    own, mutant = deciding(old, new, results, count)
    assert own.alike(mutant) is alike


def test_a_unit_that_is_late_notices_nothing(deciding):
    """Then tests are asked, as where no claim fails."""
    decided = {"verdicts": {"ch09.ex00.a": "reproduced"}, "reasons": {"ch09.ex00.a": ""}}
    own, mutant = deciding("low = x + 0", "low = x", [decided, {"late": True}], 2)
    assert own.notice(mutant) == ("nothing", [])
