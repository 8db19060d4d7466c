"""The quick rows of the mutants: each is noticed by a claim of its unit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

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


def decided(rows: str, variables: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return what no claim notices, and the missing data sets, with these variables."""
    done = subprocess.run(
        [sys.executable, "-c", QUICK, rows],
        cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    left, lacking = json.loads(done.stdout)
    return left, lacking


@pytest.mark.parametrize("rows", ["first", pytest.param("every", marks=pytest.mark.nightly(*TESTED))])
def test_each_quick_mistake_is_noticed(rows: str, request: pytest.FixtureRequest) -> None:
    """The rows of units that are deterministic and quick; `python -m tests.mutants` decides the others.

    A row that changes nothing is named. Rows without their data are skipped. A process of its own has not
    imported what rows change.
    """
    if rows == "every":
        request.getfixturevalue("tensorflow")
    left, lacking = decided(rows, data.places())

    assert left == [f"{UNIT}: nothing"]
    if lacking:
        data.skip(lacking)


@pytest.mark.nightly(*TESTED)
def test_rows_without_their_data_are_not_missed() -> None:
    """They are told apart from the row that changes nothing; the suite's own cache is empty."""
    left, lacking = decided("first", {})

    assert left == [f"{UNIT}: nothing"]
    assert {"nltk_punkt", "aapl_csv"} <= {*lacking}
