"""The trainings of chapter 3 on small sets, compared with Keras' own `fit` and its data generators."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch03_image_classification.ex02_handwritten_digits import exercise_3_02_model
from workshop.datasets.readers.folders import ZippedImages, read_image_zip
from workshop.measures.ch03_image_classification import _training as training
from workshop.measures.ch03_image_classification import act01_fashion_mnist as act01
from workshop.measures.ch03_image_classification import act02_fruits as act02
from workshop.measures.ch03_image_classification import ex02_handwritten_digits as ex02
from workshop.measures.ch03_image_classification import ex03_cats_and_dogs as ex03
from workshop.measures.ch03_image_classification import ex04_cifar10 as ex04
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights

Archive = Callable[[dict[str, int], tuple[str, ...]], ZippedImages]
SEED = 11
SPARSE = "sparse_categorical_crossentropy"


def small_set(shape: tuple[int, ...], train: int = 80, test: int = 48) -> SimpleNamespace:
    """Return images and labels like those of the readers."""
    rng = np.random.default_rng(2)
    images = [rng.integers(0, 256, (n, *shape)).astype(np.uint8) for n in (train, test)]
    labels = [rng.integers(0, 10, n).astype(np.uint8) for n in (train, test)]
    return SimpleNamespace(x_train=images[0], y_train=labels[0], x_test=images[1], y_test=labels[1])


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return the index of a zip of small photographs in folders of parts and classes."""
    from PIL import Image

    def make(parts: dict[str, int], classes: tuple[str, ...]) -> ZippedImages:
        rng = np.random.default_rng(4)
        with zipfile.ZipFile(tmp_path / "photos.zip", "w") as file:
            for part, count in parts.items():
                for label in classes:
                    for number in range(count):
                        pixels = rng.integers(0, 256, (31, 27, 3)).astype(np.uint8)
                        content = BytesIO()
                        Image.fromarray(pixels).save(content, "png")
                        file.writestr(f"top/{part}/{label}/{number:03d}.png", content.getvalue())
        return read_image_zip({"photos.zip": tmp_path / "photos.zip"})

    return make


def test_the_least_move_is_that_of_the_array_that_moved_least() -> None:
    start = [np.array([3.0, 4.0]), np.zeros(2), np.ones(4)]

    assert training.least_move(start, [np.array([3.0, 5.0]), np.array([0.0, 0.5]), np.full(4, 1.5)]) == 0.2
    assert training.least_move(start, [start[0], np.ones(2), np.zeros(4)]) == 0.0


def test_evaluation_in_parts_is_evaluation() -> None:
    pytest.importorskip("tensorflow")
    network, data = Network(exercise_3_02_model), small_set((28, 28, 1))
    weights = initial_weights(network.model, np.random.default_rng(SEED))

    whole, parts = (training.evaluated(network, weights, data.x_test, data.y_test, rows) for rows in (48, 20))

    assert parts == pytest.approx(whole, rel=1e-5)


def own_images(shape: tuple[int, ...]) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Return images of three classes as a reader has them: pairs of arrays, of another size."""
    rng = np.random.default_rng(3)
    return tuple((rng.integers(0, 256, (n, *shape)).astype(np.uint8), np.arange(n) % 3) for n in (70, 40))


@pytest.mark.parametrize(
    ("training", "shape", "steps"),
    [
        (ex02.exercise_3_02, (14, 12), {"train": 2, "validation": 1}),
        (ex02.exercise_3_02, (12, 12, 3), {"train": 2, "validation": 1}),
        (ex04.exercise_3_04, (12, 14, 3), {"train": 4, "validation": 2}),
        (act01.activity_3_01, (12, 14), {"train": 4, "validation": 2}),
    ],
)
@pytest.mark.usefixtures("keras")
def test_own_arrays_are_trained_on(
    training: Callable[..., Any], shape: tuple[int, ...], steps: dict[str, int]
) -> None:
    outcome = training(own_images(shape), seed=1, epochs=1)

    assert outcome.ran.steps == steps
    assert outcome.mishap == ""
    assert outcome.history.loss.shape == (1,)


@pytest.mark.usefixtures("keras")
def test_own_photographs_are_read_from_the_path_of_a_zip(archive: Archive) -> None:
    path = archive({"train": 9, "validation": 8}, ("hens", "ducks")).path

    assert ex03.exercise_3_03_data(path).classes == ["ducks", "hens"]
    assert ex03.exercise_3_03(path, seed=1, size=(20, 20), epochs=1).ran.samples == {
        "train": 16,
        "validation": 16,
    }


def test_fruits_use_features_that_were_computed_before(
    keras: Any, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    fruits = archive({"Training": 8, "Test": 8}, ("kiwi", "lime"))
    base = keras.models.Sequential([keras.layers.InputLayer((20, 20, 3)), keras.layers.AveragePooling2D(10)])
    monkeypatch.setattr(act02, "feature_base", lambda files, shape: base)
    made: list[np.ndarray] = []

    def kept(images: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        made.append(compute())
        return made[-1]

    plain, keeping = SimpleNamespace(), SimpleNamespace(kept=kept)
    results = [act02.activity_3_02(fruits, files, 1, (20, 20), epochs=1) for files in (plain, keeping)]
    assert results[0] == results[1]
    assert [values.shape for values in made] == [(16, 2, 2, 3)]
