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

from tests.chapters.ch03_controls import refused
from workshop.chapters.ch03_image_classification import _training as training
from workshop.chapters.ch03_image_classification import act01_fashion_mnist as act01
from workshop.chapters.ch03_image_classification import act02_fruits as act02
from workshop.chapters.ch03_image_classification import ex02_handwritten_digits as ex02
from workshop.chapters.ch03_image_classification import ex03_cats_and_dogs as ex03
from workshop.chapters.ch03_image_classification import ex04_cifar10 as ex04
from workshop.datasets.readers.folders import ZippedImages, read_image_zip
from workshop.ledger import ledger
from workshop.training.augmentation import Augmentation
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights
from workshop.training.pipelines import Pipeline

Archive = Callable[[dict[str, int], tuple[str, ...]], ZippedImages]
SEED = 11
SPARSE = "sparse_categorical_crossentropy"


@pytest.fixture
def keras() -> Any:
    """Return Keras, or skip a test that can't run without TensorFlow."""
    return pytest.importorskip("tensorflow").keras


def in_order(
    rng: Any, images: np.ndarray, labels: np.ndarray, *, passes: int, rows: int, augmentation: Any = None
) -> Pipeline:
    """Draw a pipeline that shows the images as they are, one after another."""
    return Pipeline(images, labels, np.tile(np.arange(rows, dtype=np.int32), (passes, 1)))


def small_set(shape: tuple[int, ...], train: int = 80, test: int = 48) -> SimpleNamespace:
    """Return images and labels like those of the readers."""
    rng = np.random.default_rng(2)
    images = [rng.integers(0, 256, (n, *shape)).astype(np.uint8) for n in (train, test)]
    labels = [rng.integers(0, 10, n).astype(np.uint8) for n in (train, test)]
    return SimpleNamespace(x_train=images[0], y_train=labels[0], x_test=images[1], y_test=labels[1])


def keras_model(keras: Any, network: Network, loss: str, metric: str = "accuracy") -> Any:
    """Return Keras' own model, compiled as the book does, from the start that a seed gives."""
    model = network.builder(*network.arguments)
    model.set_weights(initial_weights(model, np.random.default_rng(SEED)))
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss, metrics=[metric])
    return model


def assert_history(history: training.History, reported: dict[str, Any]) -> None:
    """Compare a history with what Keras reported."""
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        np.testing.assert_allclose(getattr(history, name), reported[name], rtol=2e-3, err_msg=name)


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


@pytest.mark.keras
def test_digits_are_trained_as_by_keras(keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """History and test results are those of `fit` with validation_split=0.2 and batches of 32.

    Validation on the first rows, other scales, rates or batch sizes, or shifted labels would be noticed.
    """
    monkeypatch.setattr(ex02, "shuffled", lambda rng, epochs, n: np.tile(np.arange(n), (epochs, 1)))
    data = small_set((28, 28))
    x, y = data.x_train[..., np.newaxis] / 255.0, data.y_train
    model = keras_model(keras, Network(ex02.exercise_3_02_model), SPARSE)
    reported = model.fit(x, y, epochs=2, validation_split=0.2, shuffle=False, verbose=0).history
    test = model.evaluate(data.x_test[..., np.newaxis] / 255.0, data.y_test, verbose=0)

    outcome = ex02.exercise_3_02(data, SEED, epochs=2)

    assert_history(outcome.history, reported)
    assert [outcome.test_loss, outcome.test_accuracy] == pytest.approx(test, rel=2e-3)
    assert outcome.gap == pytest.approx(reported["accuracy"][-1] - reported["val_accuracy"][-1], rel=2e-3)
    assert (outcome.ran.samples, outcome.ran.steps["train"]) == ({"train": 64, "validation": 16}, 2)


@pytest.mark.nightly("workshop/chapters/ch03", "workshop/training")
@pytest.mark.keras
@pytest.mark.parametrize(
    ("exercise", "network", "shape", "settings"),
    [
        (ex04.exercise_3_04, Network(ex04.exercise_3_04_model), (32, 32, 3), ex04.AUGMENTATION),
        (act01.activity_3_01, Network(act01.activity_3_01_model), (28, 28), act01.AUGMENTATION),
    ],
    ids=["CIFAR-10", "Fashion-MNIST"],
)
def test_augmented_images_are_trained_as_by_keras(
    keras: Any,
    monkeypatch: pytest.MonkeyPatch,
    exercise: Callable[..., Any],
    network: Network,
    shape: tuple[int, ...],
    settings: Augmentation,
) -> None:
    """Without variants the history is that of `fit` on scaled images; both parts ask for variants.

    That the validation images are varied, too, is the book's code; the plain ones are evaluated, too.
    """
    asked = []

    def spy(rng: Any, images: np.ndarray, labels: np.ndarray, **options: Any) -> Pipeline:
        asked.append(options.pop("augmentation"))
        return in_order(rng, images, labels, **options)

    monkeypatch.setattr(training, "drawn", spy)
    data = small_set(shape)
    x_train, x_test = (
        images.reshape((len(images), *network.model.input_shape[1:])) / 255.0
        for images in (data.x_train, data.x_test)
    )
    model = keras_model(keras, network, SPARSE)
    options = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
    reported = model.fit(x_train, data.y_train, validation_data=(x_test, data.y_test), **options).history

    outcome = exercise(data, SEED, epochs=2)

    assert_history(outcome.history, reported)
    assert asked == [settings, settings]
    assert outcome.plain_loss == pytest.approx(reported["val_loss"][-1], rel=2e-3)
    assert outcome.plain_accuracy == pytest.approx(reported["val_accuracy"][-1], rel=2e-3)
    assert outcome.ran.batch_size == 16


def test_the_settings_of_the_generators() -> None:
    """Exercise 3.04 shifts and mirrors; the activities turn, slant and zoom, too; nothing is upside down."""
    shifts_and_flips = Augmentation(width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True)
    assert shifts_and_flips == ex04.AUGMENTATION
    assert Augmentation(
        rotation_range=40, width_shift_range=0.1, height_shift_range=0.1, shear_range=0.2, zoom_range=0.2,
        horizontal_flip=True,
    ) == act01.AUGMENTATION == act02.AUGMENTATION  # fmt: skip


def generator_batches(
    keras: Any, archive_: ZippedImages, folder: Path, part: str, **options: Any
) -> list[np.ndarray]:
    """Return what Keras' own generator reads from the folders of a part, scaled and not shuffled."""
    root = archive_.extract(folder)
    generator = keras.preprocessing.image.ImageDataGenerator(rescale=1.0 / 255)
    flow = generator.flow_from_directory(str(root / part), shuffle=False, batch_size=16, **options)
    pairs = [flow[i] for i in range(len(flow))]
    return [np.concatenate(side) for side in zip(*pairs, strict=True)]


@pytest.mark.nightly("workshop/chapters/ch03", "workshop/training")
@pytest.mark.keras
def test_cats_and_dogs_are_trained_as_by_keras_generators(
    keras: Any, monkeypatch: pytest.MonkeyPatch, archive: Archive, tmp_path: Path
) -> None:
    """History is that of `fit` on flow_from_directory of both parts, scaled only: nothing is augmented."""
    asked = []

    def spy(rng: Any, images: np.ndarray, labels: np.ndarray, **options: Any) -> Pipeline:
        asked.append(options["augmentation"])
        return in_order(rng, images, labels, **options)

    monkeypatch.setattr(training, "drawn", spy)
    photos = archive({"train": 16, "validation": 8}, ("cats", "dogs"))
    flow = {"class_mode": "binary", "target_size": (20, 24)}
    x, y = generator_batches(keras, photos, tmp_path, "train", **flow)
    validation = generator_batches(keras, photos, tmp_path, "validation", **flow)
    model = keras_model(keras, Network(ex03.exercise_3_03_model, ((20, 24),)), "binary_crossentropy")
    options = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
    reported = model.fit(x, y, validation_data=tuple(validation), **options).history

    outcome = ex03.exercise_3_03(photos, SEED, size=(20, 24), epochs=2)

    assert_history(outcome.history, reported)
    assert asked == [None, None]
    assert outcome.ran.steps == {"train": 2, "validation": 1}


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

    assert refused("ch03.ex03.subset_size", outcome()) == []
    assert refused("ch03.ex03.subset_size", outcome("top/train/cats/cat.12500.jpg")) == ["not_of_original"]
    assert refused("ch03.ex03.subset_size", outcome("top/train/cats/fox.1.jpg")) == ["not_of_original"]
    assert refused("ch03.ex03.subset_size", outcome("top/train/cats/cat.2000.jpg")) == ["not_of_original"]
    all_of_them = [f"top/train/cats/cat.{number}.jpg" for number in range(1, 12500) if number != 2000]
    dogs = [f"top/train/cats/dog.{number}.jpg" for number in range(12499) if number != 7]
    assert outcome(*all_of_them, *dogs).not_of_original == 0
    assert refused("ch03.ex03.subset_size", outcome(*all_of_them, *dogs)) == ["subset_size"]


def test_labels_from_one_need_another_output() -> None:
    """Ten classes numbered from 1 are ten, too, but the network would get eleven outputs."""
    images = np.zeros((20, 12, 12), np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 10

    def outcome(y: np.ndarray) -> act01.Data:
        return act01.activity_3_01_data(((images, y), (images, y)), batch_size=2)

    assert refused("ch03.act01.classes", outcome(labels)) == []
    assert refused("ch03.act01.classes", outcome(labels + 1)) == ["outputs"]
    assert refused("ch03.act01.classes", outcome(labels % 9)) != []


def test_fruits_that_one_part_lacks_are_noticed() -> None:
    """A folder is a class of either part, and of which one part has no photograph is counted."""

    def outcome(training: int, test: int) -> act02.Data:
        parts = {
            part: {f"fruit {number}": (f"top/{part}/fruit {number}/0.jpg",) for number in range(count)}
            for part, count in (("Training", training), ("Test", test))
        }
        return act02.activity_3_02_data(ZippedImages(Path("fruits.zip"), parts))

    assert refused("ch03.act02.classes", outcome(120, 120)) == []
    assert refused("ch03.act02.classes", outcome(120, 119)) == ["in_one_part"]
    assert refused("ch03.act02.classes", outcome(120, 121)) != []


def tiny_base(keras: Any) -> Any:
    """Return a network in a pretrained one's place: two convolutions with a normalisation between them."""
    layers = keras.layers
    model = keras.models.Sequential(
        [
            layers.InputLayer((20, 20, 3)),
            layers.Conv2D(4, 3, strides=2, activation="relu"),
            layers.BatchNormalization(),
            layers.Conv2D(3, 3, strides=2),
        ]
    )
    rng = np.random.default_rng(6)
    model.set_weights([0.5 + 0.1 * rng.random(w.shape) for w in model.get_weights()])
    return model


@pytest.mark.nightly("workshop/chapters/ch03", "workshop/training")
@pytest.mark.keras
def test_fruits_are_trained_on_what_the_base_makes_of_scaled_photographs(
    keras: Any, monkeypatch: pytest.MonkeyPatch, archive: Archive, tmp_path: Path
) -> None:
    """Both parts are scaled to 0 … 1, not preprocessed otherwise; only the training part is varied."""
    asked, base = [], tiny_base(keras)

    def spy(rng: Any, images: np.ndarray, labels: np.ndarray, **options: Any) -> Pipeline:
        asked.append(options["augmentation"])
        return in_order(rng, images, labels, **options)

    monkeypatch.setattr(act02, "drawn", spy)
    monkeypatch.setattr(act02, "feature_base", lambda files, shape: base)
    photos = archive({"Training": 16, "Test": 16}, ("Apple", "Lemon"))
    flow = {"class_mode": "categorical", "target_size": (20, 20)}
    x, y = generator_batches(keras, photos, tmp_path, "Training", **flow)
    validation = generator_batches(keras, photos, tmp_path, "Test", **flow)
    network = Network(act02.activity_3_02_head, (tuple(base.output_shape[1:]), 2))
    model = keras_model(keras, network, "categorical_crossentropy")
    options = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
    reported = model.fit(
        base(x).numpy(), y, validation_data=(base(validation[0]).numpy(), validation[1]), **options
    ).history

    outcome = act02.activity_3_02(photos, None, SEED, size=(20, 20), epochs=2)

    assert_history(outcome.history, reported)
    assert asked == [act02.AUGMENTATION, None]
    assert outcome.ran.samples == {"train": 32, "validation": 32}


def test_the_least_move_is_that_of_the_array_that_moved_least() -> None:
    """Relative to its start; an array of zeros counts in itself; one at rest gives 0."""
    start = [np.array([3.0, 4.0]), np.zeros(2), np.ones(4)]

    assert training.least_move(start, [np.array([3.0, 5.0]), np.array([0.0, 0.5]), np.full(4, 1.5)]) == 0.2
    assert training.least_move(start, [start[0], np.ones(2), np.zeros(4)]) == 0.0


def test_evaluation_in_parts_is_evaluation() -> None:
    """A rest smaller than the other parts counts as many images as it has."""
    pytest.importorskip("tensorflow")
    network, data = Network(ex02.exercise_3_02_model), small_set((28, 28, 1))
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
