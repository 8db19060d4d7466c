"""The engine's own mutants: what is changed, which tests decide it, and the reasons of those that survive."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.engine import _protect
from tests.mutants.engine_making import mutants
from tests.mutants.engine_table import KINDS, PAGE, ROOT, Shown, page, read_reasons, report

needs_cosmic_ray = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("cosmic_ray", "coverage"))),
    reason="nox -s engine-mutants installs it",
)

TOY = '''"""A toy: two functions."""

from functools import cache

LIMIT: "int | None" = 3


@cache
def size(values, *, empty=0):
    """Return the size."""
    return len(values) + empty


class Bounds:
    @property
    def wide(self) -> "int | None":
        return 5 if LIMIT > 2 else None

    def text(self):
        return f"{1 + 2} wide"
'''

SMALL = "def size(values, *, empty=0):\n    return len(values) + empty\n"
TESTS = """
from workshop.toys.toy import size

def test_size():
    assert size((1, 2), empty=1) == 3
"""

DRIVER = """
import sys
from pathlib import Path
from tests.mutants import engine
engine.ROOT = Path.cwd()
engine.MODULES = {"toys": (("toy",), ("test_*",))}
sys.exit(engine.main(["--folder", "made", *sys.argv[1:]]))
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """Return a folder with a package of one module, its tests and a driver."""
    for name, text in {"toys/toy.py": TOY, "toys/__init__.py": "", "__init__.py": ""}.items():
        path = tmp_path / "workshop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_toy.py").write_text(TESTS, "utf-8")
    (tmp_path / "driver.py").write_text(DRIVER, "utf-8")
    return tmp_path


@needs_cosmic_ray
def test_what_is_changed(toy: Path) -> None:
    """Operators, numbers, conditions and decorators; no message, annotation, signature or cache."""
    made = mutants("workshop/toys/toy.py", toy)
    assert sorted(each.new for each in made if each.old.startswith("return 5")) == [
        "return 4 if LIMIT > 2 else None",
        "return 5 if LIMIT <= 2 else None",
        "return 5 if LIMIT > 1 else None",
        "return 5 if LIMIT > 3 else None",
        "return 5 if LIMIT >= 2 else None",
        "return 5 if not LIMIT > 2 else None",
        "return 6 if LIMIT > 2 else None",
    ]
    others = [(each.old, each.new) for each in made if not each.old.startswith("return 5")]
    assert sorted(others) == [
        ("@property", ""),
        ('LIMIT: "int | None" = 3', 'LIMIT: "int | None" = 2'),
        ('LIMIT: "int | None" = 3', 'LIMIT: "int | None" = 4'),
        ("def size(values, *, empty=0):", "def size(values, *, empty= -1):"),
        ("def size(values, *, empty=0):", "def size(values, *, empty= 1):"),
        ("return len(values) + empty", "return len(values) - empty"),
    ]
    assert {each.lines for each in made if "size" in each.old or "LIMIT:" in each.old} == {None}
    assert {each.lines for each in made if each.old.startswith("return len")} == {(10, 11)}


def run(folder: Path, *words: str) -> str:
    """Run the driver, and return what it printed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    command = [sys.executable, "driver.py", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.stdout


@needs_cosmic_ray
def test_mutants_are_killed_survive_and_are_not_decided_again(toy: Path) -> None:
    """By the tests that run them; a changed test decides anew what it noticed, a new one what survived."""
    (toy / "workshop" / "toys" / "toy.py").write_text(SMALL, "utf-8")
    survivors = [
        line.strip() for line in run(toy).splitlines() if line.startswith("    ") and "→" not in line
    ]
    assert survivors[-4:] == [
        "def size(values, *, empty=0):", "def size(values, *, empty= 1):",
        "def size(values, *, empty=0):", "def size(values, *, empty= -1):",
    ]  # fmt: skip
    assert " s  " not in run(toy)
    tests = toy / "tests" / "test_toy.py"
    tests.write_text(
        TESTS.replace("== 3", "> 0") + "\n\ndef test_empty():\n    assert size(()) == 0\n", "utf-8"
    )
    again = run(toy)
    assert (
        again.count("tests/test_toy.py::test_empty  workshop/toys/toy.py: def size(values, *, empty=0):") == 2
    )
    assert "survives: workshop/toys/toy.py\n    return len(values) + empty\n" in again


def test_a_mutant_can_not_change_the_working_tree(tmp_path: Path) -> None:
    """It may only read there; elsewhere it may do what it likes."""
    inside, outside = str(ROOT / "x"), str(tmp_path / "x")
    for event, *rest in (
        ("open", "w", os.O_WRONLY),
        ("os.remove", -1),
        ("shutil.rmtree", None),
        ("os.mkdir", 511, -1),
    ):
        with pytest.raises(PermissionError, match="working tree"):
            _protect(event, (inside, *rest))
        _protect(event, (outside, *rest))
    with pytest.raises(PermissionError, match="working tree"):
        _protect("os.rename", (outside, inside, -1, -1))
    _protect("open", (inside, "r", os.O_RDONLY))
    _protect("open", (3, "w", os.O_WRONLY))
    _protect("os.symlink", (inside, outside, -1))


def test_every_reason_is_of_a_line_that_is_there() -> None:
    """A reason of code that has changed since is dropped."""
    for (file, old, new), (kind, why) in read_reasons().items():
        text = " ".join((ROOT / file).read_text("utf-8").split())
        assert old in text, file
        assert old != new
        assert kind in KINDS
        assert len(why) > 10


def test_the_table_counts_by_module() -> None:
    """Equivalent mutants don't count in the share, and reasons that are not needed are named."""
    shown = [
        *(
            Shown("workshop/a.py", "x", new, killed)
            for new, killed in (("1", True), ("2", True), ("3", False))
        ),
        *(
            Shown("workshop/b.py", "y", new, killed)
            for new, killed in (("1", False), ("2", None), ("3", True))
        ),
    ]
    reasons = {
        ("workshop/a.py", "x", "3"): ("equivalent", "x is never 3"),
        ("workshop/b.py", "y", "3"): ("left", "nobody asks"),
    }
    printed = report(shown, reasons).splitlines()
    rows = [line.split() for line in printed[1:4]]
    assert rows == [
        ["3", "2", "1", "0", "0", "0", "0", "100%", "a.py"],
        ["3", "1", "0", "0", "0", "1", "1", "50%", "b.py"],
        ["6", "3", "1", "0", "0", "1", "1", "75%", "all"],
    ]
    assert printed[4:] == [
        "survives: workshop/b.py", "    y", "    1",
        "noticed after all: workshop/b.py: 3: drop its reason",
    ]  # fmt: skip
    written = page(shown, reasons)
    assert "| `a.py` | `x` → `3` | equivalent | x is never 3 |" in written
    assert "| `b.py` | `y` → `1` | open | - |" in written


def test_the_page_is_written_by_the_runner() -> None:
    """It begins as the runner writes it, and has no open survivors."""
    text = PAGE.read_text("utf-8")
    assert text.startswith(page([], {}).split("| module")[0])
    assert "| open | - |" not in text
