"""What chapter 1 counts of its table and its photograph notices what is in another place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshop.ledger import ledger
from workshop.measures.ch01_building_blocks import _checks, ex01_image_and_speech

pytestmark = pytest.mark.usefixtures("tensorflow")


def swapped(path: Any, size: tuple[int, int]) -> Any:
    """Load with width and height mixed up."""
    return LOAD(path, size[::-1])


LOAD = ex01_image_and_speech.load_photograph


def test_a_column_counts_only_with_its_own_values() -> None:
    """The book's table is confirmed; with the names as in its file, sepals and petals are exchanged."""
    pandas, data = pytest.importorskip("pandas"), pytest.importorskip("sklearn.datasets").load_iris()
    book = pandas.DataFrame(data.data, columns=["petallength", "petalwidth", "sepallength", "sepalwidth"])
    book["species"] = data.target
    as_named = book.rename(
        columns={"petallength": "sepallength", "petalwidth": "sepalwidth",
                 "sepallength": "petallength", "sepalwidth": "petalwidth"}
    )  # fmt: skip
    turned = book.assign(species=2 - book["species"])

    names = ledger().claims["ch01.text01.columns"].documented
    assert _checks.columns_by_value(book) == names
    assert _checks.columns_by_value(as_named) == [*(f"{n}?" for n in names[:4]), "species"]
    assert _checks.columns_by_value(turned) == [*names[:4], "species?"]


@pytest.mark.parametrize("loader", [swapped, lambda path, size: LOAD(path, size).transpose(1)])
def test_a_photograph_loaded_otherwise_is_noticed(
    loader: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loaded pixels are the nearest by hand, but not with height and width, or up and down, mixed up."""
    image_module = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, size=(60, 80, 3), dtype=np.uint8)
    path = tmp_path / "photo.png"
    image_module.fromarray(pixels).save(path)
    assert _checks.photograph_by_pixels(path) == {"photograph": 0}

    monkeypatch.setattr(_checks, "load_photograph", loader)

    assert _checks.photograph_by_pixels(path)["photograph"] > 0


def test_elements_of_another_shape_all_differ() -> None:
    """A difference is counted by elements; another shape makes all of them differ, and at least one."""
    assert _checks.differing([1, 2, 3], [1, 0, 3]) == 1
    assert _checks.differing([[1, 2, 3]], [1, 2, 3]) == 3
    assert _checks.differing([1], []) == 1
