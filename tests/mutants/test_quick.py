"""The quick rows of the mutants: each is noticed by a claim of its unit."""

from __future__ import annotations

import subprocess
import sys

import pytest

HARMLESS = """
from dataclasses import replace
from tests.mutants.quick import *
rows = [m for m in read_rows().mutants if m.unit == "ch04.text02"]
(edit,) = rows[0].edits
rows.append(replace(rows[0], imitates="nothing", edits=(replace(edit, new=edit.old + "  # not a mistake"),)))
assert unnoticed(rows, tensorflow=False) == ["ch04.text02: nothing"]
assert "tensorflow" not in sys.modules
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process that has imported no chapter."""
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("library", ["", "tensorflow"])
def test_each_quick_mistake_is_noticed(library: str) -> None:
    """The rows of units that are deterministic and quick; `python -m tests.mutants` decides the others."""
    if library:
        pytest.importorskip(library)
    done = run("-m", "tests.mutants.quick", library)
    assert done.returncode == 0, done.stderr


def test_a_row_that_changes_nothing_is_named() -> None:
    """And TensorFlow is not imported for a unit that does without it."""
    done = run("-c", HARMLESS)
    assert done.returncode == 0, done.stderr
