"""Fresh mutants: what may be drawn, that it is drawn alike, and how the share is written."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.mutants import __main__ as mutants
from tests.mutants import engine, fresh, fresh_making
from tests.mutants.deciding import _watch, made_up
from tests.mutants.fresh_making import KINDS, Fresh, draw
from tests.mutants.mutated import Mutated
from tests.mutants.rows import ROOT
from workshop.datasets.readers.images import ImageArrays
from workshop.datasets.readers.imdb import ReviewIds

CODE = '''
"""A docstring of mean and relu."""
import numpy as np

RATE = 0.01


def train(x_train, x_test, size=4, *, padding="same"):
    """Return the mean."""
    if size < 1 and padding:
        raise ValueError(f"size {size}")
    order = np.random.permutation(len(x_train))[1:]
    for row in order:
        check(x_train, row, axis=1)
    model = build(layers.LSTM(size), "relu", "glorot_uniform", optimizer="Adam", loss="mean_squared_error")
    kept = [row for row in order if row > 0]
    best = np.argmax(np.sort(np.vstack([x_train.mean(axis=0), x_test])))
    return best if np.all(kept) else model
'''


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a file of toy code."""
    (tmp_path / "toy.py").write_text(CODE)
    monkeypatch.setattr(fresh_making, "ROOT", tmp_path)
    return "toy.py"


def test_each_kind_of_mistake_can_be_drawn(file: str) -> None:
    """All kinds but one are in the toy code; each mutant is other code, and names what was there."""
    made = fresh_making._by_kind(file, None)
    assert set(KINDS) - set(made) <= {"part"}
    drawn = draw(60, 1, {file: None})
    assert len({one.key for one in drawn}) == 60
    assert all(one.text != CODE and one.old in " ".join(CODE.split()) for one in drawn)
    assert not any("docstring" in one.old or one.old.startswith('f"') for one in drawn)


def test_the_same_seed_draws_the_same(file: str) -> None:
    """Another seed draws others; lines that don't count are left alone."""
    assert draw(20, 1, {file: None}) == draw(20, 1, {file: None}) != draw(20, 2, {file: None})
    assert {one.lines for one in draw(2, 1, {file: [(5, 5)]})} == {(5, 5)}


MODULE = "LIMIT = 3\n\n\ndef above(n, least=1):\n    return n > LIMIT + least\n"


@pytest.mark.parametrize(
    ("old", "lines", "asked"),
    [
        ("LIMIT = 3", (1, 1), ["calls", "imports late", "other"]),
        ("LIMIT +", (5, 5), ["calls"]),
        ("least=1", (4, 5), ["calls", "imports late"]),
    ],
)
def test_which_tests_are_asked(old: str, lines: tuple[int, int], asked: list[str]) -> None:
    """Those that run a function's line; outside of functions all, as any of them has what is changed."""
    made = {"calls": (0.1, [5]), "imports late": (0.2, [1, 4]), "other": (0.05, []), "slow": (11, [1, 5])}
    tests = {name: engine.FastTest(seconds, {"toy.py": own}) for name, (seconds, own) in made.items()}
    mutant = Fresh("toy.py", "constant", old, "", MODULE.replace(old, old.replace("1", "2")), lines)
    chosen = SimpleNamespace(test_seconds=10, seconds=30)
    assert engine.notices(mutant, tests, chosen) == asked


def test_the_page_counts_and_names_what_was_missed() -> None:
    """A group has its own row and interval; what is not decided is counted."""
    one = Fresh("workshop/samples/toy.py", "axis", "0", "1", "text", (3, 3))
    decided = [fresh.Decided(one, by) for by in ("test_a", "test_b", "")]
    page = fresh.page([*decided, fresh.Decided(one, "", alike=True)], 5, 7, fresh.ENGINE)
    assert "| samples | 4 | 1 | 2 | 67% | 9% to 99% |\n| all | 4 | 1 | 2 | 67% | 9% to 99% |" in page
    assert "| `samples/toy.py` | 3 | axis | `0` → `1` | yes |" in page
    assert "1 of 5 are not decided yet" in page
    assert "--fresh 5 --seed 7 --write" in page


@pytest.mark.parametrize(("hits", "n", "low", "high"), [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0)])
def test_the_interval(hits: int, n: int, low: float, high: float) -> None:
    """Clopper and Pearson's of none and of all, by (α / 2)^(1 / n)."""
    assert fresh.interval(hits, n) == pytest.approx((low, high), abs=1e-4)


def test_made_up_data_have_the_form_of_the_data() -> None:
    """Rows are drawn again, each array's alone; the lengths of texts keep their sum."""
    images = ImageArrays(*(np.arange(n, dtype=np.uint8) for n in (90, 90, 9, 9)))
    made = made_up(images)
    assert [(one.shape, one.dtype) for one in made] == [(one.shape, one.dtype) for one in images]
    assert all(set(one) < set(other) for one, other in zip(made, images, strict=True))
    assert not np.array_equal(made.x_train, made.y_train)
    lengths = ReviewIds(*(np.arange(1, 9) for _ in range(6))).train_lengths
    assert made_up(ReviewIds(*[lengths] * 6)).train_lengths.sum() == lengths.sum()
    assert made_up("a path") == "a path"


@pytest.mark.parametrize(
    ("lines", "default", "ran"),
    [
        ((2, 2), None, True),
        ((4, 4), None, False),
        ((1, 4), ("f", "y", "3"), True),
        ((1, 4), ("f", "x", "3"), False),
    ],
)
def test_a_line_that_nothing_runs_is_not_shown_to_change_nothing(
    lines: tuple[int, int], default: tuple[str, str, str] | None, ran: bool
) -> None:
    """The watch sees the changed lines of the changed file alone, and calls that have the changed default."""
    code = compile("def f(x, y=3):\n    if x:\n        return 1\n    return 2\n", "a/toy.py", "exec")
    space: dict[str, object] = {}
    before, seen = sys.gettrace(), _watch("toy.py", lines, default)
    try:
        exec(code, space)
        space["f"](1)  # type: ignore[operator]
    finally:
        sys.settrace(before)
    assert bool(seen) == ran


def test_the_default_that_a_mutant_changes_is_known(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function, the argument and the new value."""
    monkeypatch.setattr(fresh, "ROOT", fresh_making.ROOT)
    drawn = draw(60, 1, {file: None})
    found = {one.kind: fresh.default_of(one) for one in drawn}
    assert found["default changed"] in {("train", "size", "5"), ("train", "size", "3")}
    assert found["reduction"] is None


@pytest.mark.parametrize(("whole", "counted"), [(3, 25), (2, 20), (0, 0)])
def test_what_a_budget_leaves_half_done_does_not_count(
    whole: int, counted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 25 mutants, ten by ten, those of the first tens count."""
    made = iter([True] * whole + [False] * 3)
    found: list[Sequence[object]] = []
    monkeypatch.setattr(mutants._Draw, "decided", lambda _, some: [*some][: len(some) - (not next(made))])
    monkeypatch.setattr(mutants, "draw", lambda *_: [*range(25)])
    monkeypatch.setattr(fresh, "reached_by_units", lambda _: {"a file": {}})
    monkeypatch.setattr(fresh, "finish", lambda decided, *_: found.append(decided))
    chosen = SimpleNamespace(touched=None, fresh=25, seed=1, folder=tmp_path, show=False)
    bench = SimpleNamespace(reached=lambda _: {}, describe=lambda _: {})
    mutants._fresh(chosen, SimpleNamespace(ledger=SimpleNamespace(units={})), bench, 0.0)
    assert [len(one) for one in found] == [counted]


def test_only_what_a_name_can_not_be_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mypy is asked of the code with the condition; a name that may be false or unset counts as one."""
    asked: list[str] = []
    monkeypatch.setattr(engine, "ROOT", tmp_path)

    def run(command: Sequence[str], **_: object) -> SimpleNamespace:
        asked.append(Path(command[-2]).read_text("utf-8"))
        return SimpleNamespace(stdout=answers.pop(0))

    monkeypatch.setattr(subprocess, "run", run)
    text = "def f(x):\n    if (x > 3 and bool(x)):\n        return x\n"
    one = Fresh("toy.py", "condition added", "x > 3", "(x > 3 and bool(x))", text, (2, 3))
    always = 'toy.py:2: error: "x" could always be true  [truthy-bool]\n'
    undefined = 'toy.py:2: error: "x" may be undefined  [possibly-undefined]\n'
    answers = [
        always,
        always.replace(":2:", ":1:") + always,
        "",
        always.replace('"x"', '"y"'),
        always + undefined,
    ]
    found = [engine.always_true(one, "x", tmp_path) for _ in range(5)]
    assert found == [True, True, False, False, False]
    assert asked[0] == "def f(x):\n    if (x > 3 and (True if x else False)):\n        return x\n"
    assert not engine.always_true(replace(one, lines=(3, 3)), "x", tmp_path)
    assert not engine.changes_nothing(replace(one, kind="condition removed"), tmp_path)
    assert answers == []


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("x in {'a', 'b'}", True), ("len(x) > 1", True), ("KINDS == x", True), ("x == other", False),
        ("len(x) >= 0", False), ("x in {'a', ''}", False), ("x is None", False), ("x < 3", False),
    ],
)  # fmt: skip
def test_a_condition_may_imply_the_added_one(condition: str, shown: bool) -> None:
    """If it is false for each false value, and depends on nothing else."""
    assert engine.implied("tests/mutants/fresh_making.py", condition, "x") == shown


def test_no_class_makes_another_of_the_package_false() -> None:
    """One with `__bool__` or `__len__` has no base of the package, whose names mypy takes for always true."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted((ROOT / "workshop").rglob("*.py"))]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    ours = {each.name for each in classes}
    for each in classes:
        if {"__bool__", "__len__"} & {getattr(inner, "name", "") for inner in each.body}:
            assert not {ast.unparse(base).partition("[")[0] for base in each.bases} & ours, each.name


def test_processes_that_a_test_starts_have_the_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a file that Python reads as it starts; the module keeps its name and file."""
    monkeypatch.setenv("PYTHONPATH", "before")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    Mutated("toys/made_up.py", "value = __file__", "/root").hand_on(tmp_path)
    assert os.environ["PYTHONPATH"] == os.pathsep.join([str(tmp_path), "/root", "before"])
    exec((tmp_path / "sitecustomize.py").read_text("utf-8"), {})
    (finder,) = (each for each in sys.meta_path if isinstance(each, Mutated))
    spec = finder.find_spec("toys.made_up", None)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.value == str(Path("/root", "toys", "made_up.py"))
    assert finder.find_spec("toys.other", None) is None
