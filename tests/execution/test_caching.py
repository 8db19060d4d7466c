"""What is in the store, or in the array cache, is not computed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop import datasets
from workshop.datasets.readers.weights import PretrainedFiles
from workshop.execution import caching
from workshop.execution.caching import ComputedOnce, run_calls
from workshop.execution.calling import Call, Made
from workshop.execution.environment import this_environment
from workshop.execution.store import Store
from workshop.units import unit


@dataclass(frozen=True)
class Out:
    """An outcome."""

    size: Any


@unit("ch09.ex01")
def many(seeds) -> tuple[Out, ...]:
    """Return an outcome for each seed; that of 0 can't be stored."""
    return tuple(Out(seed or object()) for seed in seeds)


@unit("ch09.ex01", value="size")
def going_on(checkpoint) -> str:
    """Return the folder from which it goes on."""
    return str(checkpoint)


def call(name: str = "many", seeds: Any = (5, 6, 7), **changed: Any) -> Call:
    """Return a call of one of these, with the keys a, b, … and the fingerprints z, y, …"""
    marks = tuple("zyx"[: len(seeds)])
    return Call(__name__, name, tuple("abc"[: len(seeds)]), seeds, marks, {}, {}, {}, **changed)


def test_what_is_not_in_the_store_is_computed_and_stored(tmp_path):
    Store(tmp_path).put("y", Out("old"), seconds=2.5)

    made = run_calls([call()], tmp_path, None)
    seconds = made[0].seconds
    assert made == [Made(Out(5), seconds), Made(Out("old"), 2.5, stored=True), Made(Out(7), seconds)]
    assert run_calls([call()], tmp_path, None) == [replace(each, stored=True) for each in made]
    assert [each.outcome.size for each in run_calls([call(), call(seeds=(8,))], None, None)] == [5, 6, 7, 8]


@pytest.mark.parametrize("stored", [False, True])
def test_what_no_store_could_have_is_a_failure(tmp_path, stored):
    failed = run_calls([call(seeds=(0, 5))], tmp_path if stored else None, None)

    assert [each.failure for each in failed] == [
        "a: Out.size is of type object: return plain values, arrays or frozen dataclasses",
        None,
    ]


def test_where_nothing_can_be_stored_all_is_computed(tmp_path, caplog):
    (tmp_path / "file").touch()

    made = run_calls([call()], tmp_path / "file", None)
    assert [(each.outcome, each.stored) for each in made] == [(Out(seed), False) for seed in (5, 6, 7)]
    assert len(caplog.messages) == 1


@pytest.mark.parametrize(("first_steps", "goes_on"), [(False, True), (True, False)])
def test_what_goes_on_has_the_checkpoints_of_its_outcome(tmp_path, first_steps, goes_on):
    (made,) = run_calls([call("going_on", (None,), first_steps=first_steps)], tmp_path, None)

    folder = Path(getattr(made.outcome, "outcome", made.outcome).size)
    assert (folder == tmp_path / "checkpoints" / "z") == goes_on
    assert not folder.exists()


FOUND: Any = SimpleNamespace(id="vgg16_imagenet", checksum="one")


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """Give an empty cache, and nothing that was loaded before."""
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path))
    monkeypatch.setattr(caching, "_loaded", {})
    monkeypatch.setattr(datasets, "load", lambda found: PretrainedFiles("VGG16", "weights.h5", ()))
    return tmp_path


def counted(value: float) -> tuple[Callable[[], np.ndarray], list[float]]:
    """Return what computes features, and a list with an entry each time that it does."""
    calls: list[float] = []

    def compute() -> np.ndarray:
        calls.append(value)
        return np.full((2, 3), value, np.float32)

    return compute, calls


def test_features_are_computed_once(cache):
    compute, calls = counted(np.float32(1 / 3))
    files = caching._load(FOUND)
    assert files == PretrainedFiles("VGG16", "weights.h5", ())
    first, second = (caching._load(FOUND).kept("images", compute) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert len(calls) == 1
    files.kept("others", compute)
    ComputedOnce.of(files, "two").kept("images", compute)
    assert len(calls) == 3
    assert len(list(cache.rglob("values.npy"))) == 3


def test_another_environment_or_other_code_takes_their_place(cache, monkeypatch):
    files = caching._load(FOUND)
    files.kept("images", counted(1.0)[0])
    other = replace(this_environment(), cpu="another processor")
    monkeypatch.setattr(caching, "this_environment", lambda: other)
    assert files.kept("images", counted(2.0)[0])[0, 0] == 2.0
    monkeypatch.setattr(caching, "code_digest", lambda module, name: f"other code of {name}")
    assert files.kept("images", counted(3.0)[0])[0, 0] == 3.0
    assert files.kept("images", counted(4.0)[0])[0, 0] == 3.0
    assert len(list(cache.rglob("values.npy"))) == 1


def test_what_computes_features_exists():
    """A name that no module binds would stand for the whole module."""
    for module, name in caching._FEATURES:
        assert hasattr(pytest.importorskip(module), name)


def test_the_last_four_data_sets_stay_loaded(monkeypatch):
    monkeypatch.setattr(caching, "_loaded", {})
    loaded: list[str] = []
    monkeypatch.setattr(datasets, "load", lambda found: loaded.append(found.id + found.checksum) or found.id)
    names = ["a1", "b1", "c1", "d1", "a1", "a2", "a1", "c1", "b1", "d1", "a1"]
    values = [caching._load(SimpleNamespace(id=name[0], checksum=name[1])) for name in names]  # type: ignore[arg-type]
    assert values == [name[0] for name in names]
    assert loaded == ["a1", "b1", "c1", "d1", "a2", "b1", "d1"]
