"""The runner of the mutants, on a toy unit in processes of its own."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.mutants import written
from tests.mutants.__main__ import parser
from tests.mutants.claims import Bench, Task
from tests.mutants.forking import in_child
from tests.mutants.rows import Edit, Mutant, Rows, changed, read_rows
from tests.toy import claims
from workshop.book import Book
from workshop.execution.catalogue import arrange
from workshop.units import parts_of

UNITS = """
from dataclasses import dataclass
from workshop.units import unit

@dataclass(frozen=True)
class Sum:
    total: int
    largest: int

@unit("ch09.ex01")
def add(numbers=(1, 2, 3)) -> Sum:
    with open("tally.txt", "a") as file:
        file.write("x")
    return Sum(sum(numbers), max(numbers[0:3]))
"""

ROWS = """
package: toy
nothing: {}
mutants:
- unit: ch09.ex01
  file: adding.py
  rows:
  - {kind: by hand, old: "sum(numbers)", new: "sum(numbers) + 1", imitates: the total is one too large}
  - {kind: off by one, old: "numbers[0:3]", new: "numbers[0:4]", survives: there are three}
  - {kind: other operation, old: "max(", new: "min("}
  - {kind: by hand, old: "max(numbers", new: "max(numbres", imitates: a slip of the pen}
  - {kind: other constant, old: "(1, 2, 3)", new: "(2, 1, 3)"}
"""


@pytest.fixture(scope="module")
def small() -> Iterator[ProcessPoolExecutor]:
    """Return a process without what other tests have imported: it forks twice as fast."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        yield process


@pytest.fixture
def toy(tmp_path) -> Path:
    """Return a folder with a toy package and its mutants."""
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").touch()
    (tmp_path / "toy" / "adding.py").write_text(UNITS, "utf-8")
    (tmp_path / "ch09.yaml").write_text(ROWS, "utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> str:
    """Run the mutants of the toy in a process forked from this one, and return what is printed."""
    importlib.import_module("scipy.stats")  # or each forked process imports it

    def printed() -> str:
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        units = lambda chapters: arrange(parts_of(importlib.import_module("toy.adding")))  # noqa: E731
        book = Book(claims.book({"id": "total", "documented": 6}, {"id": "largest", "documented": 3}), units)
        with contextlib.redirect_stdout(io.StringIO()) as out:
            chosen = parser().parse_args(["--folder", str(folder / "made"), *words])
            chosen.folder.mkdir(exist_ok=True)
            chosen.end = time.monotonic() + chosen.budget
            written.decide(chosen, read_rows(folder), book, folder)
        return out.getvalue()

    return in_child(printed)


def test_a_row_that_no_longer_fits_its_file_ends_the_run(tmp_path):
    (tmp_path / "f.py").write_text("xyz", "utf-8")
    rows = Rows((Mutant("ch01.ex01", "by hand", (Edit("f.py", "a", "b"),)),), {})

    with pytest.raises(SystemExit, match=r"ch01.yaml, ch01.ex01: f.py has no 'a': write the row"):
        written.decide(parser().parse_args([]), rows, root=tmp_path)


def test_mutants_are_noticed_survive_and_are_not_decided_again(toy, small):
    def again(*words: str) -> str:
        return small.submit(run, toy, *words).result()

    first = again("--budget", "0")
    assert first.count("\n  ch09.ex01  ") == 5
    assert first.endswith("0 noticed, 0 lost, 0 survived, 0 equivalent: 0 of 5 rows are decided\n")
    printed = again()
    lines = [line.strip().split("  ·  ") for line in printed.split("\n") if " · " in line]
    fates = dict(lines)
    assert fates == {
        "noticed     the total is one too large": "total",
        "equivalent  off by one: `numbers[0:3]` → `numbers[0:4]`": "nobody",
        "noticed     other operation: `max(` → `min(`": "largest",
        "noticed     a slip of the pen": "crash (NameError: name 'numbres' is not defined)",
        "survived    other constant: `(1, 2, 3)` → `(2, 1, 3)`": "nobody",
    }
    assert "3 noticed, 0 lost, 1 survived, 1 equivalent: 5 of 5 rows are decided" in printed
    computed = len((toy / "tally.txt").read_text())
    file = toy / "made" / "results.jsonl"
    whole = file.read_text("utf-8")
    file.write_text(whole[:-9], "utf-8")  # the last one was being written
    assert "3 noticed, 0 lost, 1 survived, 1 equivalent" in again()
    assert len((toy / "tally.txt").read_text()) == computed + 1
    (toy / "toy" / "adding.py").write_text(UNITS.replace('"x"', '"y"'), "utf-8")
    assert "ch09.ex01 as it is" in again()


def test_a_budget_ends_a_task_that_takes_too_long():
    tasks = [Task(f"ch09.ex0{n}", None, str(n)) for n in range(3)]
    results: list[Any] = []
    began = time.monotonic()

    def work(task: Task) -> dict[str, Any]:
        time.sleep(0 if task is tasks[0] else 60)
        return {}

    Bench.run(SimpleNamespace(), tasks, results.append, began + 2, work)

    assert [result["key"] for result in results] == ["0"]
    assert time.monotonic() - began < 30


def test_an_unknown_revision_is_named():
    with pytest.raises(SystemExit, match="no revision 'nothere': give a commit"):
        changed("nothere")
