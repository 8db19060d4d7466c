"""Tests decide a mistake: a toy package with its tests, in a process of its own."""

import json
import os
import subprocess
import sys

import pytest

from tests.mutants.rows import ROOT
from tests.mutants.testing import files_that_test, protect

FILES = {
    "workshop/__init__.py": "",
    "workshop/pytest_plugin.py": "",
    "workshop/toy.py": "def size(values, empty=0):\n    return len(values) + empty\n\n\nLIMIT = 3\n",
    "tests/test_toy.py": "from workshop import toy\n\n"
    "def test_size():\n    assert toy.size([1, 2]) == 2\n\n"
    "def test_other():\n    assert toy.LIMIT\n\n"
    "def test_wrong():\n    assert toy.size([1]) == 2\n",
    "pyproject.toml": "",
}
DECIDE = """
import json, sys
from pathlib import Path
from tests.mutants.drawing import Mistake, find
from tests.mutants.testing import Tests

def fate(before, after):
    name = "size" if "return" in before else ""
    mutant = find(Mistake("workshop/toy.py", name, "constant", before, after), Path.cwd())
    return tests.decide(mutant)

(Path.cwd() / "made").mkdir()
tests = Tests(Path.cwd(), Path.cwd() / "made", float("inf"), Path.cwd())
before = "return len(values) + empty"
print(json.dumps([fate(before, "return len(values) + 1"), fate(before, "return 0 + len(values) + empty"),
    fate(before, "raise SystemExit"), fate("LIMIT = 3", "LIMIT = 0 ")]))
"""


def test_tests_that_run_the_line_and_pass_without_the_mistake_decide(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-P", "-c", DECIDE],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    noticed, missed, crash, outside = json.loads(done.stdout)
    assert noticed == crash == ["tests", ["tests/test_toy.py::test_size"]]
    assert missed == ["nothing", []]
    assert outside == ["tests", ["tests/test_toy.py::test_other"]]


def test_a_mistake_can_not_change_the_working_tree(tmp_path):
    inside, outside = str(ROOT / "x"), str(tmp_path / "x")
    for event, *rest in (("open", "w", os.O_WRONLY), ("os.remove", -1), ("shutil.rmtree", None)):
        with pytest.raises(PermissionError, match="working tree"):
            protect(event, (inside, *rest))
        protect(event, (outside, *rest))
    with pytest.raises(PermissionError, match="working tree"):
        protect("os.rename", (outside, inside, -1, -1))
    protect("open", (inside, "r", os.O_RDONLY))


@pytest.mark.parametrize(
    ("file", "test"),
    [
        ("workshop/ledger/rules/shape.py", "tests/ledger/test_rules.py"),  # by its folder's name
        ("workshop/chapters/ch02_neural_networks/ex05_single_layer.py", "tests/training/test_book_calls.py"),
        ("workshop/statistics/scales.py", "tests/statistics/test_scales.py"),
    ],
)
def test_tests_near_a_file_are_asked(file, test):
    assert test in files_that_test(file)
