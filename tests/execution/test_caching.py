"""What is in the store, or in the array cache, is not computed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pytest

from workshop import datasets
from workshop.datasets.readers.weights import PretrainedFiles
from workshop.execution import caching
from workshop.execution.caching import ComputedOnce, run_calls
from workshop.execution.calling import Call, Made
from workshop.execution.codec import CodecError
from workshop.execution.environment import this_environment
from workshop.execution.store import Stored
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


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a store that has the outcome of y alone, with all that it is asked."""
    made = mock.MagicMock()
    made.get.side_effect = lambda mark, homes: Stored(Out("old"), 2.5) if mark == "y" else None
    made.checkpoint_folder.return_value = Path("checkpoints of z")
    monkeypatch.setattr(caching, "Store", {Path("folder"): made}.__getitem__)
    return made


def test_what_is_not_in_the_store_is_computed_in_one_call_and_stored(store: Any) -> None:
    """Under locks that every run takes in one order; its checkpoints go."""
    made = run_calls([call()], Path("folder"), None)
    seconds = made[0].seconds
    assert made == [Made(Out(5), seconds), Made(Out("old"), 2.5, stored=True), Made(Out(7), seconds)]
    assert store.lock.call_args_list == [mock.call(*each) for each in ("xc", "yb", "za")]
    assert [each.args for each in store.get.call_args_list] == [(mark, (__name__,)) for mark in "zyx"]
    puts = [mock.call(mark, Out(seed), seconds=seconds) for mark, seed in (("z", 5), ("x", 7))]
    assert store.put.call_args_list == puts
    assert [each.args for each in store.drop_checkpoints.call_args_list] == [("z",), ("x",)]
    assert store.lock.return_value.__exit__.call_count == 3
    assert [each.outcome.size for each in run_calls([call(), call(seeds=(8,))], None, None)] == [5, 6, 7, 8]


def test_where_nothing_can_be_stored_all_is_computed(store: Any) -> None:
    """The error is said, wherever it is met; what no store could have is a failure."""
    error = OSError("full")
    store.put.side_effect = [error, CodecError("no outcome")]
    first, _, last = run_calls([call()], Path("folder"), None)
    assert (first.outcome, last.outcome, last.failure) == (Out(5), None, "c: no outcome")
    assert first.seconds == last.seconds
    assert store.drop_checkpoints.call_count == 0
    store.lock.side_effect = error
    assert [each.stored for each in run_calls([call()], Path("folder"), None)] == [False] * 3
    store.lock.side_effect, store.checkpoint_folder.side_effect, store.put.side_effect = None, error, None
    (made,) = run_calls([call("going_on", (None,))], Path("folder"), None)
    assert made.failure is None
    assert store.give_up.call_args_list == [mock.call(error)] * 3
    failed = [each.failure for each in run_calls([call(seeds=(0, 5))], None, None)]
    assert failed == [
        "a: Out.size is of type object: return plain values, arrays or frozen dataclasses",
        None,
    ]


def test_what_goes_on_has_the_checkpoints_of_its_outcome(store: Any) -> None:
    """First steps begin anew, and so does what is not stored or asks for none."""

    def goes_on(folder: Path | None, **changed: Any) -> Any:
        store.checkpoint_folder.reset_mock()
        (made,) = run_calls([call("going_on", (None,), **changed)], folder, None)
        asked = [each.args for each in store.checkpoint_folder.call_args_list]
        return getattr(made.outcome, "outcome", made.outcome).size == "checkpoints of z", asked

    assert goes_on(Path("folder")) == (True, [("z",)])
    assert goes_on(Path("folder"), first_steps=True) == goes_on(None) == (False, [])
    run_calls([call()], Path("folder"), None)
    assert not store.checkpoint_folder.called


def test_another_interpreter_computes(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it can't compute is a failure, which no store gets."""
    python, failed = mock.Mock(), [Made(None, 1.0, failure="no")]
    python.return_value.call.return_value = failed
    monkeypatch.setattr(caching, "other_python", python)
    assert run_calls([call(seeds=(1,))], Path("folder"), Path("python")) == failed
    python.assert_called_once_with(Path("python"))
    python.return_value.call.assert_called_once_with(call(seeds=(1,)))
    assert not store.put.called


FOUND: Any = SimpleNamespace(id="vgg16_imagenet", checksum="one")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
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


def test_features_are_computed_once(cache: Path) -> None:
    """Other images and other weights have their own."""
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


def test_another_environment_or_other_code_takes_their_place(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is used that another processor, library or procedure has computed, and nothing piles up."""
    files = caching._load(FOUND)
    files.kept("images", counted(1.0)[0])
    other = replace(this_environment(), cpu="another processor")
    monkeypatch.setattr(caching, "this_environment", lambda: other)
    assert files.kept("images", counted(2.0)[0])[0, 0] == 2.0
    monkeypatch.setattr(caching, "code_digest", lambda module, name: f"other code of {name}")
    assert files.kept("images", counted(3.0)[0])[0, 0] == 3.0
    assert files.kept("images", counted(4.0)[0])[0, 0] == 3.0
    assert len(list(cache.rglob("values.npy"))) == 1


def test_what_computes_features_exists() -> None:
    """A name that no module binds would stand for the whole module."""
    for module, name in caching._FEATURES:
        assert hasattr(pytest.importorskip(module), name)


def test_the_last_four_data_sets_stay_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By id and checksum; one that is used again is the last."""
    monkeypatch.setattr(caching, "_loaded", {})
    loaded: list[str] = []
    monkeypatch.setattr(datasets, "load", lambda found: loaded.append(found.id + found.checksum) or found.id)
    names = ["a1", "b1", "c1", "d1", "a1", "a2", "a1", "c1", "b1", "d1", "a1"]
    values = [caching._load(SimpleNamespace(id=name[0], checksum=name[1])) for name in names]  # type: ignore[arg-type]
    assert values == [name[0] for name in names]
    assert loaded == ["a1", "b1", "c1", "d1", "a2", "b1", "d1"]
