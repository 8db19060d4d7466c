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

from tests.chapters.deciding import failing
from workshop.chapters.ch03_image_classification.ex02_handwritten_digits import exercise_3_02_model
from workshop.datasets.readers.folders import ZippedImages, read_image_zip
from workshop.ledger import ledger
from workshop.measures.ch03_image_classification import _training as training
from workshop.measures.ch03_image_classification import act01_fashion_mnist as act01
from workshop.measures.ch03_image_classification import act02_fruits as act02
from workshop.measures.ch03_image_classification import ex02_handwritten_digits as ex02
from workshop.measures.ch03_image_classification import ex03_cats_and_dogs as ex03
from workshop.measures.ch03_image_classification import ex04_cifar10 as ex04
from workshop.training.augmentation import Augmentation
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


def test_the_settings_of_the_generators() -> None:
    """Exercise 3.04 shifts and mirrors; the activities turn, slant and zoom, too; nothing is upside down."""
    shifts_and_flips = Augmentation(width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True)
    assert shifts_and_flips == ex04.AUGMENTATION
    assert Augmentation(
        rotation_range=40, width_shift_range=0.1, height_shift_range=0.1, shear_range=0.2, zoom_range=0.2,
        horizontal_flip=True,
    ) == act01.AUGMENTATION == act02.AUGMENTATION  # fmt: skip


def test_cats_and_dogs_are_counted_by_folder(archive: Archive) -> None:
    """Each folder is counted; classes come sorted; a rest of photographs makes no step."""
    photos = archive({"train": 17, "validation": 9}, ("dogs", "cats"))

    folders = ex03.exercise_3_03_data(photos)

    assert folders.classes == ["cats", "dogs"]
    assert folders.by_class == {"train": [17, 17], "validation": [9, 9]}
    assert (folders.total_train, folders.total_val, folders.subset_size) == (34, 18, 52)
    assert folders.steps == {"train": 2, "validation": 1}


def test_photographs_that_are_none_of_the_original_or_there_twice_are_noticed() -> None:
    """A name beyond the original's 12,500 a class, of another animal, or one more time is not counted."""
    good = ["top/train/cats/cat.0.jpg", "top/train/dogs/dog.12499.jpg", "top/validation/cats/cat.2000.jpg"]
    members = {
        "train": {"cats": tuple(good[:1]), "dogs": tuple(good[1:2])},
        "validation": {"cats": tuple(good[2:]), "dogs": ("top/validation/dogs/dog.7.jpg",)},
    }

    def outcome(*more: str) -> ex03.Data:
        parts = {**members, "train": {**members["train"], "cats": (good[0], *more)}}
        return ex03.exercise_3_03_data(ZippedImages(Path("photos.zip"), parts), batch_size=1)

    assert failing("ch03.ex03.subset_size", outcome()) == []
    assert failing("ch03.ex03.subset_size", outcome("top/train/cats/cat.12500.jpg")) == ["not_of_original"]
    assert failing("ch03.ex03.subset_size", outcome("top/train/cats/fox.1.jpg")) == ["not_of_original"]
    assert failing("ch03.ex03.subset_size", outcome("top/train/cats/cat.2000.jpg")) == ["not_of_original"]
    all_of_them = [f"top/train/cats/cat.{number}.jpg" for number in range(1, 12500) if number != 2000]
    dogs = [f"top/train/cats/dog.{number}.jpg" for number in range(12499) if number != 7]
    assert outcome(*all_of_them, *dogs).not_of_original == 0
    assert failing("ch03.ex03.subset_size", outcome(*all_of_them, *dogs)) == ["subset_size"]


def test_labels_from_one_need_another_output() -> None:
    """Ten classes numbered from 1 are ten, too, but the network would get eleven outputs."""
    images = np.zeros((20, 12, 12), np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 10

    def outcome(y: np.ndarray) -> act01.Data:
        return act01.activity_3_01_data(((images, y), (images, y)), batch_size=2)

    assert failing("ch03.act01.classes", outcome(labels)) == []
    assert failing("ch03.act01.classes", outcome(labels + 1)) == ["outputs"]
    assert failing("ch03.act01.classes", outcome(labels % 9)) != []


def test_fruits_that_one_part_lacks_are_noticed() -> None:
    """A folder is a class of either part, and of which one part has no photograph is counted."""

    def outcome(training: int, test: int) -> act02.Data:
        parts = {
            part: {f"fruit {number}": (f"top/{part}/fruit {number}/0.jpg",) for number in range(count)}
            for part, count in (("Training", training), ("Test", test))
        }
        return act02.activity_3_02_data(ZippedImages(Path("fruits.zip"), parts))

    assert failing("ch03.act02.classes", outcome(120, 120)) == []
    assert failing("ch03.act02.classes", outcome(120, 119)) == ["in_one_part"]
    assert failing("ch03.act02.classes", outcome(120, 121)) != []


def test_the_least_move_is_that_of_the_array_that_moved_least() -> None:
    """Relative to its start; an array of zeros counts in itself; one at rest gives 0."""
    start = [np.array([3.0, 4.0]), np.zeros(2), np.ones(4)]

    assert training.least_move(start, [np.array([3.0, 5.0]), np.array([0.0, 0.5]), np.full(4, 1.5)]) == 0.2
    assert training.least_move(start, [start[0], np.ones(2), np.zeros(4)]) == 0.0


def test_evaluation_in_parts_is_evaluation() -> None:
    """A rest smaller than the other parts counts as many images as it has."""
    pytest.importorskip("tensorflow")
    network, data = Network(exercise_3_02_model), small_set((28, 28, 1))
    weights = initial_weights(network.model, np.random.default_rng(SEED))

    whole, parts = (training.evaluated(network, weights, data.x_test, data.y_test, rows) for rows in (48, 20))

    assert parts == pytest.approx(whole, rel=1e-5)


def test_the_log_printed_with_activity_3_02_is_that_of_activity_3_01() -> None:
    """Steps and numbers are the same, so that it was pasted."""
    claims = ledger().claims
    pasted, own = claims["ch03.act02.task_log"].documented, claims["ch03.act01.history_witness"].documented

    assert pasted["steps"] == claims["ch03.act01.steps"].documented["train"]
    assert pasted["val_accuracy"] == own["val_accuracy"]
    assert pasted["epoch2"] == {name: values[1] for name, values in own.items()}


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
    """Pairs of arrays are enough; size, channels and number of classes are those of the images."""
    outcome = training(own_images(shape), seed=1, epochs=1)

    assert outcome.ran.steps == steps
    assert outcome.mishap == ""
    assert outcome.history.loss.shape == (1,)


@pytest.mark.usefixtures("keras")
def test_own_photographs_are_read_from_the_path_of_a_zip(archive: Archive) -> None:
    """Two classes of any names in folders `train` and `validation` are trained on and counted."""
    path = archive({"train": 9, "validation": 8}, ("hens", "ducks")).path

    assert ex03.exercise_3_03_data(path).classes == ["ducks", "hens"]
    assert ex03.exercise_3_03(path, seed=1, size=(20, 20), epochs=1).ran.samples == {
        "train": 16,
        "validation": 16,
    }


def test_photographs_of_three_classes_are_refused(archive: Archive) -> None:
    """The network has one output, for two classes."""
    photos = archive({"train": 6, "validation": 6}, ("hens", "ducks", "geese"))

    with pytest.raises(ValueError, match=r"^photographs of 3 classes: the network needs two$"):
        ex03.exercise_3_03(photos, seed=1, size=(20, 20))


def test_photographs_in_other_folders_are_refused(archive: Archive) -> None:
    """The error names the missing part, and the others."""
    photos = archive({"train": 6}, ("hens", "ducks"))

    with pytest.raises(ValueError, match=r"^no images of part 'validation': take one of train$"):
        ex03.exercise_3_03_data(photos)
    with pytest.raises(ValueError, match=r"^no images of part 'Training': take one of train$"):
        act02.activity_3_02(photos, None, seed=1)


def test_fruits_use_features_that_were_computed_before(
    keras: Any, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files of a network that keep features are asked for those of the validation images."""
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
