"""A pretrained network's features of the same images are computed once, and equal to the bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop import datasets
from workshop.datasets.readers.weights import PretrainedFiles
from workshop.execution import caching
from workshop.execution.caching import ComputedOnce
from workshop.execution.environment import this_environment

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
