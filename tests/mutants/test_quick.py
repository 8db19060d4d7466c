"""The quick rows of the mutants: each is noticed by a claim of its unit."""

from __future__ import annotations

import subprocess
import sys

import pytest

QUICK = """
import sys
from dataclasses import replace
from tests.mutants.quick import read_rows, unnoticed
rows = read_rows().mutants
first = next(mutant for mutant in rows if mutant.unit == "ch04.text02")
(edit,) = first.edits
harmless = replace(first, imitates="nothing", edits=(replace(edit, new=edit.old + "  # not a mistake"),))
print(unnoticed(rows, harmless, every=sys.argv[1] == "every"))
"""
TESTED = (
    *("workshop/chapters", "workshop/numerics", "workshop/training", "workshop/ledger"),
    *("workshop/verification", "workshop/statistics", "tests/mutants"),
)


@pytest.mark.parametrize("rows", ["first", pytest.param("every", marks=pytest.mark.nightly(*TESTED))])
def test_each_quick_mistake_is_noticed(rows: str, request: pytest.FixtureRequest) -> None:
    """The rows of units that are deterministic and quick; `python -m tests.mutants` decides the others.

    A row that changes nothing is named. A process of its own has not imported what rows change.
    """
    if rows == "every":
        request.getfixturevalue("tensorflow")
    done = subprocess.run([sys.executable, "-c", QUICK, rows], capture_output=True, text=True, check=False)

    assert done.stdout == "['ch04.text02: nothing']\n", done.stderr
