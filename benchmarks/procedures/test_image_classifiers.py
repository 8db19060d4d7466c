"""The trainings of chapter 3 against the same procedures in Keras' own calls.

Either side takes the same images, networks and batches, for an epoch; Keras draws its variants one by one
with `ImageDataGenerator`. Sizes are the book's, numbers of images a fraction.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest

from benchmarks.harness.book import Side
from benchmarks.harness.work import products
from workshop.chapters.ch03_image_classification.act01_fashion_mnist import (
    activity_3_01_in_keras,
    activity_3_01_model,
)
from workshop.chapters.ch03_image_classification.act02_fruits import activity_3_02_in_keras
from workshop.chapters.ch03_image_classification.ex02_handwritten_digits import (
    exercise_3_02_in_keras,
    exercise_3_02_model,
)
from workshop.chapters.ch03_image_classification.ex03_cats_and_dogs import (
    exercise_3_03_in_keras,
    exercise_3_03_model,
)
from workshop.chapters.ch03_image_classification.ex04_cifar10 import (
    exercise_3_04_in_keras,
    exercise_3_04_model,
)
from workshop.datasets.readers.folders import read_image_zip
from workshop.measures.ch03_image_classification._training import ADAM
from workshop.measures.ch03_image_classification.act01_fashion_mnist import activity_3_01
from workshop.measures.ch03_image_classification.act02_fruits import AUGMENTATION, activity_3_02_head
from workshop.measures.ch03_image_classification.ex02_handwritten_digits import exercise_3_02
from workshop.measures.ch03_image_classification.ex03_cats_and_dogs import exercise_3_03
from workshop.measures.ch03_image_classification.ex04_cifar10 import exercise_3_04
from workshop.training.fitting import Network
from workshop.training.initialisers import initial_weights
from workshop.training.pipeline_fit import fit_on_features
from workshop.training.pipelines import drawn
from workshop.training.pretrained import vgg16

SEED = 3


def images_of(shape, train, test, classes=10):
    """Return random images and labels like those of the readers."""
    rng = np.random.default_rng(0)
    parts = [
        (rng.integers(0, 256, (n, *shape)).astype(np.uint8), rng.integers(0, classes, n))
        for n in (train, test)
    ]
    (x_train, y_train), (x_test, y_test) = parts
    return SimpleNamespace(x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


# images trained on in the book's five epochs, test images for each of them, and how many are run here
SIZES = {
    "ch03.ex02": (5 * 60_000, 10_000 / 60_000 / 5, (480, 1920)),  # tested once, after all epochs
    "ch03.ex03": (5 * 2000, 1 / 2, (64, 192)),
    "ch03.ex04": (5 * 50_000, 1 / 5, (320, 1280)),
    "ch03.act01": (5 * 60_000, 1 / 6, (384, 1536)),
}


# the book's calls, our unit and its network, and the shape of an image in memory; both sides read photographs
EXERCISES = {
    "ch03.ex02": (exercise_3_02_in_keras, exercise_3_02, exercise_3_02_model, (28, 28)),
    "ch03.ex03": (exercise_3_03_in_keras, exercise_3_03, exercise_3_03_model, None),
    "ch03.ex04": (exercise_3_04_in_keras, exercise_3_04, exercise_3_04_model, (32, 32, 3)),
    "ch03.act01": (activity_3_01_in_keras, activity_3_01, activity_3_01_model, (28, 28)),
}


def photographs(folder, parts, classes):
    """Write random photographs of 100×100 pixels by part and class; return the path of the parts."""
    rng = np.random.default_rng(0)
    for part, count in parts.items():
        for number in range(classes):
            (folder / "top" / part / f"class {number:03d}").mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 256, (100, 100, 3)).astype(np.uint8)
            path = folder / "top" / part / f"class {number % classes:03d}" / f"{number}.jpg"
            PIL.Image.fromarray(pixels).save(path)
    return str(folder / "top")


def prepared(name, folder):
    """Return our unit and the book's calls of an exercise, each as a function of images to train on."""
    _, tested, steps = SIZES[name]
    calls, unit, _, shape = EXERCISES[name]
    given = {}
    for rows in steps:
        judged = round(rows * tested)
        if shape is None:
            path = photographs(folder / str(rows), {"train": rows, "validation": judged}, 2)
            zipped = Path(shutil.make_archive(path, "zip", folder / str(rows), "top"))
            given[rows] = read_image_zip({zipped.name: zipped}), path
        else:
            data = images_of(shape, rows, judged)
            given[rows] = data, ((data.x_train, data.y_train), (data.x_test, data.y_test))
    return (
        lambda rows: unit(given[rows][0], SEED, epochs=1),
        lambda rows: calls(given[rows][1], epochs=1),
    )


@pytest.mark.parametrize("name", list(SIZES))
def test_training_against_the_books_calls(book, name, tmp_path):
    """Training and validation cost no more than in Keras' own calls.

    Ours reads photographs once, and here it pays for that with each epoch, as Keras does.
    """
    (ours, theirs), (whole, tested, steps) = prepared(name, tmp_path), SIZES[name]
    flops = products(EXERCISES[name][2](), whole, tested * whole)

    assert book(name, Side(ours, steps, whole), Side(theirs, steps, whole), flops) >= 1.0


@pytest.mark.parametrize("unit", ["ch03.act02"])
def test_features_once_against_the_base_in_the_loop(book, unit, tmp_path):
    """A head on VGG16's features costs less than Keras' training of the whole model with its base frozen.

    A step is a batch of 16 images through the base: two of each three to train on, about as in the book. Ours
    validate on the same features after each of the five epochs, the book computes them again. Weights of the
    base are random.
    """
    data = images_of((100, 100, 3), 64, 32, classes=120)
    data.y_train, data.y_test = (np.eye(120, dtype=np.float32)[y] for y in (data.y_train, data.y_test))
    batches_of = {3: (32, 16), 6: (64, 32)}
    training, validating = 11_398 // 16, 4_752 // 16

    rng = np.random.default_rng(SEED)

    @cache
    def networks():
        base = vgg16(include_top=False, input_shape=(100, 100, 3))
        head = Network(activity_3_02_head, (tuple(base.output_shape[1:]), 120))
        return base, head, initial_weights(head.model, rng)

    def ours(steps):
        rows, judged = batches_of[steps]
        fit_on_features(
            *networks(),
            drawn(rng, data.x_train, data.y_train, passes=1, rows=rows, augmentation=AUGMENTATION),
            drawn(rng, data.x_test, data.y_test, passes=1, rows=judged),
            optimizer=ADAM, loss="categorical_crossentropy", metric="categorical_accuracy", batch_size=16,
        )  # fmt: skip

    folders = {
        steps: photographs(tmp_path / str(steps), {"Training": rows, "Test": judged}, 120)
        for steps, (rows, judged) in batches_of.items()
    }

    def theirs(steps):
        activity_3_02_in_keras(folders[steps], weights=None, epochs=1)

    once, each = 5 * training + validating, 5 * (training + validating)

    flops = products(vgg16(include_top=False, input_shape=(100, 100, 3)), 0, 16 * once)

    book(unit, Side(ours, (3, 6), once), Side(theirs, (3, 6), each), flops)
