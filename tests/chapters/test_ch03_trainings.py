"""The trainings of chapter 3 on small sets, held against Keras' own `fit` and its data generators."""

from __future__ import annotations

import zipfile
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest

from workshop.chapters.ch03_image_classification import (
    augmented,
    cats_and_dogs,
    classifiers,
    digits,
    fruits,
)
from workshop.chapters.ch03_image_classification.transfer import head
from workshop.datasets.readers.folders import read_image_zip
from workshop.ledger import ledger
from workshop.training.augmentation import Augmentation
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights
from workshop.training.pipelines import Pipeline, batches, drawn

SEED = 11
SPARSE = "sparse_categorical_crossentropy"


@pytest.fixture
def keras():
    """Return Keras, or skip a test that can't run without TensorFlow."""
    return pytest.importorskip("tensorflow").keras


def in_order(rng, images, labels, *, passes, rows, augmentation=None):
    """Draw a pipeline that shows the images as they are, one after another."""
    return Pipeline(images, labels, np.tile(np.arange(rows, dtype=np.int32), (passes, 1)))


def small_set(shape: tuple[int, ...], train: int = 80, test: int = 48):
    """Return images and labels like those of the readers."""
    rng = np.random.default_rng(2)
    images = [rng.integers(0, 256, (n, *shape)).astype(np.uint8) for n in (train, test)]
    labels = [rng.integers(0, 10, n).astype(np.uint8) for n in (train, test)]
    return SimpleNamespace(x_train=images[0], y_train=labels[0], x_test=images[1], y_test=labels[1])


def keras_model(keras, network, loss, metric="accuracy"):
    """Return Keras' own model, compiled as the book does, from the start that a seed gives."""
    model = network.builder(*network.arguments)
    model.set_weights(initial_weights(model, np.random.default_rng(SEED)))
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss, metrics=[metric])
    return model


def assert_history(history, reported) -> None:
    """Hold a history against what Keras reported."""
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        np.testing.assert_allclose(getattr(history, name), reported[name], rtol=2e-3, err_msg=name)


@pytest.fixture
def archive(tmp_path):
    """Return the index of a zip of small photographs in folders of parts and classes."""
    from PIL import Image

    def make(parts: dict[str, int], classes: tuple[str, ...]):
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


def test_digits_are_trained_as_by_keras(keras, monkeypatch) -> None:
    """History and test results are those of `fit` with validation_split=0.2 and batches of 32.

    So rows of the front validated, other scales, rates or batch sizes, or shifted labels would show.
    """
    monkeypatch.setattr(digits, "shuffled", lambda rng, epochs, n: np.tile(np.arange(n), (epochs, 1)))
    data = small_set((28, 28))
    x, y = data.x_train[..., np.newaxis] / 255.0, data.y_train
    model = keras_model(keras, digits.digit_network(), SPARSE)
    reported = model.fit(x, y, epochs=2, validation_split=0.2, shuffle=False, verbose=0).history
    test = model.evaluate(data.x_test[..., np.newaxis] / 255.0, data.y_test, verbose=0)

    outcome = digits.exercise_3_02(data, SEED, epochs=2)

    assert_history(outcome.history, reported)
    assert [outcome.test_loss, outcome.test_accuracy] == pytest.approx(test, rel=2e-3)
    assert outcome.gap == pytest.approx(reported["accuracy"][-1] - reported["val_accuracy"][-1], rel=2e-3)
    assert (outcome.ran.samples, outcome.ran.steps["train"]) == ({"train": 64, "validation": 16}, 2)


@pytest.mark.parametrize(
    ("training", "network", "shape", "settings"),
    [
        (augmented.exercise_3_04, augmented.cifar_network(), (32, 32, 3), augmented.SHIFTS_AND_FLIPS),
        (augmented.activity_3_01, augmented.fashion_network(), (28, 28), augmented.ALL_BUT_UPSIDE_DOWN),
    ],
    ids=["CIFAR-10", "Fashion-MNIST"],
)
def test_augmented_images_are_trained_as_by_keras(
    keras, monkeypatch, training, network, shape, settings
) -> None:
    """Without variants the history is that of `fit` on scaled images; both parts ask for variants.

    That the validation images are varied, too, is the book's code; the plain ones are evaluated beside it.
    """
    asked = []

    def spy(rng, images, labels, **options):
        asked.append(options.pop("augmentation"))
        return in_order(rng, images, labels, **options)

    monkeypatch.setattr(classifiers, "drawn", spy)
    data = small_set(shape)
    x_train, x_test = (
        images.reshape((len(images), *network.model.input_shape[1:])) / 255.0
        for images in (data.x_train, data.x_test)
    )
    model = keras_model(keras, network, SPARSE)
    options = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
    reported = model.fit(x_train, data.y_train, validation_data=(x_test, data.y_test), **options).history

    outcome = training(data, SEED, epochs=2)

    assert_history(outcome.history, reported)
    assert asked == [settings, settings]
    assert outcome.plain_loss == pytest.approx(reported["val_loss"][-1], rel=2e-3)
    assert outcome.plain_accuracy == pytest.approx(reported["val_accuracy"][-1], rel=2e-3)
    assert outcome.ran.batch_size == 16


def test_the_settings_of_the_generators() -> None:
    """Exercise 3.04 shifts and mirrors; the activities turn, slant and zoom, too; nothing is upside down."""
    assert (
        Augmentation(width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True)
        == augmented.SHIFTS_AND_FLIPS
    )
    assert Augmentation(
        rotation_range=40, width_shift_range=0.1, height_shift_range=0.1, shear_range=0.2, zoom_range=0.2,
        horizontal_flip=True,
    ) == augmented.ALL_BUT_UPSIDE_DOWN  # fmt: skip
    assert fruits.ALL_BUT_UPSIDE_DOWN is augmented.ALL_BUT_UPSIDE_DOWN


def generator_batches(keras, archive_, folder, part, **options):
    """Return what Keras' own generator reads from the folders of a part, scaled and not shuffled."""
    root = archive_.extract(folder)
    generator = keras.preprocessing.image.ImageDataGenerator(rescale=1.0 / 255)
    flow = generator.flow_from_directory(str(root / part), shuffle=False, batch_size=16, **options)
    pairs = [flow[i] for i in range(len(flow))]
    return [np.concatenate(side) for side in zip(*pairs, strict=True)]


def test_cats_and_dogs_are_trained_as_by_keras_generators(keras, monkeypatch, archive, tmp_path) -> None:
    """History is that of `fit` on flow_from_directory of both parts, scaled only: nothing is augmented."""
    asked = []

    def spy(rng, images, labels, **options):
        asked.append(options["augmentation"])
        return in_order(rng, images, labels, **options)

    monkeypatch.setattr(classifiers, "drawn", spy)
    photos = archive({"train": 16, "validation": 8}, ("cats", "dogs"))
    flow = {"class_mode": "binary", "target_size": (20, 24)}
    x, y = generator_batches(keras, photos, tmp_path, "train", **flow)
    held = generator_batches(keras, photos, tmp_path, "validation", **flow)
    model = keras_model(keras, cats_and_dogs.cats_and_dogs_network((20, 24)), "binary_crossentropy")
    options = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
    reported = model.fit(x, y, validation_data=tuple(held), **options).history

    outcome = cats_and_dogs.exercise_3_03(photos, SEED, size=(20, 24), epochs=2)

    assert_history(outcome.history, reported)
    assert asked == [None, None]
    assert outcome.ran.steps == {"train": 2, "validation": 1}


def test_cats_and_dogs_are_counted_by_folder(archive) -> None:
    """Each folder is counted; classes come sorted; a rest of photographs makes no step."""
    photos = archive({"train": 17, "validation": 9}, ("dogs", "cats"))

    folders = cats_and_dogs.exercise_3_03_folders(photos)

    assert folders.classes == ["cats", "dogs"]
    assert folders.by_class == {"train": [17, 17], "validation": [9, 9]}
    assert (folders.total_train, folders.total_val, folders.subset_size) == (34, 18, 52)
    assert folders.steps == {"train": 2, "validation": 1}


def tiny_base(keras):
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


@pytest.mark.parametrize("augmentation", [None, augmented.ALL_BUT_UPSIDE_DOWN], ids=["as they are", "varied"])
def test_training_on_features_is_training_with_the_base_in_the_loop(keras, augmentation) -> None:
    """Head and history are those of the whole model, whose base is frozen and stays as it was."""
    rng = np.random.default_rng(7)
    images = rng.integers(0, 256, (48, 20, 20, 3)).astype(np.uint8)
    labels = np.eye(5, dtype=np.float32)[rng.integers(0, 5, 48)]
    training = drawn(rng, images, labels, passes=2, rows=48, augmentation=augmentation)
    held = drawn(rng, images, labels, passes=1, rows=32)
    base = tiny_base(keras)
    network = Network(head, (tuple(base.output_shape[1:]), 5, 20))
    start = initial_weights(network.model, rng)
    base.trainable = False
    whole = keras.models.Sequential([base, *network.builder(*network.arguments).layers])
    before = base.get_weights()
    whole.set_weights([*before, *start] if whole.layers[0] is base else before)
    whole.compile(
        optimizer=keras.optimizers.Adam(0.001), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    reported = {}
    for number in range(2):
        x, y = made(training, number)
        one = whole.fit(
            x, y, batch_size=16, shuffle=False, verbose=0, validation_data=tuple(made(held, 0))
        ).history
        reported = {name: [*reported.get(name, []), *values] for name, values in one.items()}

    done, history, seen = fruits.train_head(base, network, start, training, held, batch_size=16)

    assert_history(history, reported)
    for ours, theirs in zip(done.weights, whole.get_weights()[len(before) :], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert all((a == b).all() for a, b in zip(before, base.get_weights(), strict=True))
    assert seen == 2 * 48 + 32
    assert (done.updates, done.steps.tolist()) == (6, [3, 3])


def made(pipeline, number):
    """Return all images and labels of a pass as arrays."""
    both = zip(*batches(*pipeline.tensors(number), batch_size=16), strict=True)
    return [np.concatenate([part.numpy() for part in parts]) for parts in both]


def test_fruits_are_trained_on_what_the_base_makes_of_scaled_photographs(
    keras, monkeypatch, archive, tmp_path
) -> None:
    """Both parts are scaled to 0 … 1, not preprocessed otherwise; only the training part is varied."""
    asked, base = [], tiny_base(keras)

    def spy(rng, images, labels, **options):
        asked.append(options["augmentation"])
        return in_order(rng, images, labels, **options)

    monkeypatch.setattr(fruits, "drawn", spy)
    monkeypatch.setattr(fruits, "feature_base", lambda files, shape: base)
    photos = archive({"Training": 16, "Test": 16}, ("Apple", "Lemon"))
    flow = {"class_mode": "categorical", "target_size": (20, 20)}
    x, y = generator_batches(keras, photos, tmp_path, "Training", **flow)
    held = generator_batches(keras, photos, tmp_path, "Test", **flow)
    network = Network(head, (tuple(base.output_shape[1:]), 2))
    model = keras_model(keras, network, "categorical_crossentropy")
    options = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
    reported = model.fit(
        base(x).numpy(), y, validation_data=(base(held[0]).numpy(), held[1]), **options
    ).history

    outcome = fruits.activity_3_02(photos, None, SEED, size=(20, 20), epochs=2)

    assert_history(outcome.history, reported)
    assert asked == [augmented.ALL_BUT_UPSIDE_DOWN, None]
    assert outcome.ran.samples == {"train": 32, "validation": 32}


def test_the_least_move_is_that_of_the_array_that_moved_least() -> None:
    """Relative to its start; an array of zeros counts in itself; one at rest gives 0."""
    start = [np.array([3.0, 4.0]), np.zeros(2), np.ones(4)]

    assert classifiers.least_move(start, [np.array([3.0, 5.0]), np.array([0.0, 0.5]), np.full(4, 1.5)]) == 0.2
    assert classifiers.least_move(start, [start[0], np.ones(2), np.zeros(4)]) == 0.0


def test_evaluation_in_parts_is_evaluation() -> None:
    """A rest smaller than the other parts counts as many images as it has."""
    pytest.importorskip("tensorflow")
    network, data = digits.digit_network(), small_set((28, 28, 1))
    weights = initial_weights(network.model, np.random.default_rng(SEED))

    whole, parts = (
        classifiers.evaluated(network, weights, data.x_test, data.y_test, rows) for rows in (48, 20)
    )

    assert parts == pytest.approx(whole, rel=1e-5)


def test_the_log_printed_with_activity_3_02_is_that_of_activity_3_01() -> None:
    """Steps and numbers are the same, so that it was pasted."""
    claims = ledger().claims
    pasted, own = claims["ch03.act02.task_log"].documented, claims["ch03.act01.history_witness"].documented

    assert pasted["steps"] == claims["ch03.act01.steps"].documented["train"]
    assert pasted["val_accuracy"] == own["val_accuracy"]
    assert pasted["epoch2"] == {name: values[1] for name, values in own.items()}
