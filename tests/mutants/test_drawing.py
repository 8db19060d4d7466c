"""Drawn mistakes: what may be drawn, that each is found again in moved code, and how shares are counted."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.mutants import shares
from tests.mutants.claims import _watch, made_up, other
from tests.mutants.drawing import KINDS, Mistake, Source, _by_kind, draw, find
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
def root(tmp_path) -> Path:
    """Return a folder with a package of toy code."""
    (tmp_path / "workshop").mkdir()
    (tmp_path / "workshop" / "toy.py").write_text(CODE)
    return tmp_path


def test_each_kind_of_mistake_can_be_drawn(root):
    assert set(KINDS) - set(_by_kind(Source("workshop/toy.py", root), None)) <= {"part"}
    files = {"workshop/toy.py": None}
    drawn = draw(60, 1, files, root)
    assert len(set(drawn)) == 60
    assert drawn == draw(60, 1, files, root) != draw(60, 2, files, root)
    messages = [one.after for one in drawn if "{size}" in one.before]
    assert all('f"size {size}"' in after or after == "pass" for after in messages)
    assert {one.before for one in draw(2, 1, {"workshop/toy.py": {5}}, root)} == {"RATE = 0.01"}


def test_a_mistake_is_found_where_its_function_has_moved(root):
    mistakes = draw(60, 1, {"workshop/toy.py": None}, root)
    texts = {one: find(one, root).text for one in mistakes}
    assert all(text != CODE for text in texts.values())
    (root / "workshop" / "toy.py").write_text("")
    (root / "workshop" / "moved.py").write_text(
        "\n\n" + CODE.replace("(x_train, row, axis=1)", "(\n  x_train, row,\n  axis=1,\n)")
    )
    moved = [find(one, root) for one in mistakes]
    assert {one.file for one in moved} == {"workshop/moved.py"}
    (root / "workshop" / "moved.py").write_text(CODE.replace("train", "fit"))
    assert {one.function for one in mistakes if find(one, root)} <= {""}


def test_the_lines_of_a_statement_that_became_shorter(root):
    (root / "workshop" / "toy.py").write_text("def f(x):\n    check(\n        x,\n    )\n    return x\n")
    mutant = find(Mistake("workshop/toy.py", "f", "call left out", "check(x)", "pass"), root)
    assert (mutant.lines, mutant.mutated_lines, mutant.guard) == ((2, 4), (2, 2), True)


@pytest.mark.parametrize(
    ("lines", "default", "ran"),
    [
        ((2, 2), None, True),
        ((4, 4), None, False),
        ((1, 4), ("f", "y", "3"), True),
        ((1, 4), ("f", "x", "3"), False),
    ],
)
def test_a_line_that_nothing_runs_is_not_shown_to_change_nothing(lines, default, ran):
    code = compile("def f(x, y=3):\n    if x:\n        return 1\n    return 2\n", "a/toy.py", "exec")
    space: dict[str, object] = {}
    before, seen = sys.gettrace(), _watch("toy.py", lines, default)
    try:
        exec(code, space)
        space["f"](1)  # type: ignore[operator]
    finally:
        sys.settrace(before)
    assert bool(seen) == ran


def test_made_up_data_have_the_form_of_the_data():
    images = ImageArrays(*(np.arange(n, dtype=np.uint8) for n in (90, 90, 9, 9)))
    made = made_up(images)
    assert [(one.shape, one.dtype) for one in made] == [(one.shape, one.dtype) for one in images]
    assert all(set(one) < set(before) for one, before in zip(made, images, strict=True))
    assert not np.array_equal(made.x_train, made.y_train)
    assert [len(one) for one in made_up(images, 8)] == [79, 79, 8, 8]
    lengths = ReviewIds(*(np.arange(1, 9) for _ in range(6))).train_lengths
    assert made_up(ReviewIds(*[lengths] * 6), 8).train_lengths.sum() == lengths.sum()
    assert made_up("a path") == "a path"


def test_other_settings_are_of_the_same_form():
    assert other(((3, 1), 0.5, "a", True, None)) == ((2, 2), 0.25, "a zebra", False, 50)


def test_shares_count_what_is_not_taken_out(tmp_path):
    toy = Mistake("workshop/samples/toy.py", "f", "axis", "0", "1")
    fates = ("tests", "tests", "nothing", "not decided")
    rows = [shares.Row("elsewhere 1", n, toy, fate, ("test_a",)) for n, fate in enumerate(fates)]
    own = Mistake("workshop/chapters/ch05_sequences/toy.py", "f", "axis", "0", "1")
    rows += [shares.Row("units 1", n, own, f) for n, f in enumerate(("claims", "changes nothing", "nothing"))]
    for some in (rows[:1], rows):
        shares.write_table(some, tmp_path / "table")
    assert shares.read_table(tmp_path / "table") == rows
    text = shares.report(rows)
    assert "| in what judges, stores and compares, by tests | 2 of 3, 67% (9% to 99%) |" in text
    assert "| in units, by claims | 1 of 2, 50% (1% to 99%) |" in text
    mixed = [replace(row, draw="all 1", number=n, of=row.draw.split()[0]) for n, row in enumerate(rows)]
    assert shares.counts(mixed) == shares.counts(rows)
    readme = shares.README.read_text("utf-8")
    assert shares.with_shares(readme, shares.read_table()) == readme
    assert shares.with_shares(readme, mixed) != readme
    shares.write_table(mixed, tmp_path / "mixed")
    assert shares.read_table(tmp_path / "mixed") == mixed
    assert "| units 1 | ch05 | 3 | 1 | 0 | 1 | 1 | 0 | 1 of 2, 50% (1% to 99%) |" in text


def test_a_draw_is_decided_once(tmp_path):
    """New rows stand beside those that are there; a draw from other code is refused."""
    mistakes = [Mistake("workshop/samples/toy.py", "f", "constant", "x = 0", f"x = {n}") for n in (1, 2, 3)]
    first, second, third = (shares.Row("units 1", n, one, "nothing") for n, one in enumerate(mistakes))
    shares.write_table([first, second], tmp_path / "table")
    moved = replace(mistakes[1], file="workshop/moved.py")
    shares.write_table([replace(second, mistake=moved, fate="tests"), third], tmp_path / "table")
    assert shares.read_table(tmp_path / "table") == [first, second, third]
    with pytest.raises(
        SystemExit, match="units 1, mistake 1 is another one in this code: draw in a checkout"
    ):
        shares.write_table([replace(third, number=1)], tmp_path / "table")
    assert shares.read_table(tmp_path / "table") == [first, second, third]
