"""The quick rows of the mutants: each is noticed by a claim of its unit."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests import data
from tests.mutants.rows import ROOT

UNIT = "ch07.ex01"  # it is quick and needs no data

QUICK = """
import json
import sys
from dataclasses import replace
from tests.mutants.quick import read_rows, unnoticed
rows = read_rows().mutants
first = next(mutant for mutant in rows if mutant.unit == "UNIT")
(edit,) = first.edits
harmless = replace(first, imitates="nothing", edits=(replace(edit, new=f"({edit.old})"),))
print(json.dumps(unnoticed(rows, harmless, every=sys.argv[1] == "every")))
""".replace("UNIT", UNIT)
TESTED = (
    *("workshop/chapters", "workshop/numerics", "workshop/training", "workshop/ledger"),
    *("workshop/verification", "workshop/statistics", "tests/mutants"),
)


@pytest.mark.parametrize("rows", ["first", pytest.param("every", marks=pytest.mark.nightly(*TESTED))])
def test_each_quick_mistake_is_noticed(rows: str, request: pytest.FixtureRequest) -> None:
    """The rows of units that are deterministic and quick; `python -m tests.mutants` decides the others.

    A row that changes nothing is named. Rows without their data are skipped. A process of its own has not
    imported what rows change.
    """
    if rows == "every":
        request.getfixturevalue("tensorflow")
    done = subprocess.run(
        [sys.executable, "-c", QUICK, rows],
        cwd=ROOT, env=os.environ | data.places(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    left, lacking = json.loads(done.stdout)
    assert left == [f"{UNIT}: nothing"]
    if lacking:
        data.skip(lacking)
