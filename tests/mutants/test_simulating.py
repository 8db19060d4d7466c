"""Which runs of a mistake are recorded, and which rows are made again."""

from __future__ import annotations

import numpy as np
import pytest

from tests.mutants.rows import Edit, Mutant, Rows
from tests.mutants.simulating import _missing, _mistake, with_one
from workshop.checking.mistake_runs import MistakeRuns

RNG = np.random.default_rng(1)
UNCHANGED = RNG.normal(1.0, 0.1, size=(64, 2))
ROUNDED = UNCHANGED * (1 + 1e-5)
OTHER_COLUMN = UNCHANGED + np.array([0.0, 0.5])


def mutant(kind: str, new: str = "b") -> Mutant:
    """Return a row of the catalogue."""
    return Mutant("ch00.ex01", kind, (Edit("f.py", "a", new),), f"{new} takes the place of a")


@pytest.mark.parametrize(
    ("kind", "runs", "crash", "left_out"),
    [
        ("sign", UNCHANGED, "", "it changes none of the numbers"),
        ("sign", ROUNDED, "", "it changes none of the numbers"),
        ("sign", np.empty((0, 2)), "NameError: b", "it crashes: NameError: b"),
        ("seed reused", UNCHANGED[:1].repeat(64, axis=0), "", "one seed for all runs changes no single run"),
        ("sign", OTHER_COLUMN, "", ""),
    ],
    ids=["equal", "rounded", "crash", "one seed", "other"],
)
def test_runs_that_say_nothing_are_left_out(kind: str, runs: np.ndarray, crash: str, left_out: str) -> None:
    """The reason is recorded in their place; a mistake that changes one number of two is kept."""
    numbers = [dict(zip(("loss", "error"), run, strict=True)) for run in runs]
    result = {"numbers": numbers, "crash": crash, "seed_seconds": 0.1}
    found = _mistake(mutant(kind), result, ("loss", "error"), UNCHANGED, "code")
    assert found.left_out == left_out
    assert len(found.runs) == (0 if left_out else 64)
    assert found.what == "b takes the place of a"


def test_only_what_is_missing_is_made() -> None:
    """A row is made once for each digest of its unit's code; the unit as it is comes first."""
    rows = Rows((mutant("sign"), mutant("sign", "c")), {})
    recorded = MistakeRuns("ch00.ex01", (), ("loss",), (1,), ())
    first = _missing("ch00.ex01", rows, "code", recorded)
    assert [task.mutant for task in first] == [None, *rows.mutants]
    result = {"numbers": [{"loss": 2.0}], "crash": "", "seed_seconds": 0.1}
    for each in rows.mutants:
        recorded = with_one(recorded, _mistake(each, result, ("loss",), np.ones((1, 1)), "code"), {})
        recorded = with_one(recorded, _mistake(each, result, ("loss",), np.ones((1, 1)), "code"), {})
    assert len(recorded.mistakes) == 2
    assert _missing("ch00.ex01", rows, "code", recorded) == []
    assert len(_missing("ch00.ex01", rows, "changed code", recorded)) == 3
