"""Fresh mutants: what may be drawn, that it is drawn alike, and how the share is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants import fresh, fresh_making
from tests.mutants.fresh_making import KINDS, Fresh, draw

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


def test_the_page_counts_and_names_what_was_missed() -> None:
    """A group has its own row and interval; what is not decided is counted."""
    one = Fresh("workshop/samples/toy.py", "axis", "0", "1", "text", (3, 3))
    decided = [fresh.Decided(one, by, alike=not by) for by in ("test_a", "test_b", "")]
    page = fresh.page(decided, 4, 7, fresh.ENGINE)
    assert "| samples | 3 | 2 | 67% | 9% to 99% | 1 |\n| all | 3 | 2 | 67% | 9% to 99% | 1 |" in page
    assert "| `samples/toy.py` | 3 | axis | `0` → `1` | yes |" in page
    assert "1 of 4 are not decided yet" in page
    assert "--fresh 4 --seed 7 --write" in page


@pytest.mark.parametrize(("hits", "n", "low", "high"), [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0)])
def test_the_interval(hits: int, n: int, low: float, high: float) -> None:
    """Clopper and Pearson's of none and of all, by (α / 2)^(1 / n)."""
    assert fresh.interval(hits, n) == pytest.approx((low, high), abs=1e-4)
