"""The trainings of chapter 3 against the same procedures in Keras' own calls, and their input pipelines.

Either side takes the same images, networks and batches, for an epoch; Keras' draws its variants one by one
with `ImageDataGenerator`, as the book's code does. Sizes are the book's, numbers of images a fraction.
"""

from __future__ import annotations

import os
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.harness.book import Side
from workshop.chapters.ch03_image_classification._data import scaled
from workshop.chapters.ch03_image_classification._training import ADAM, train
from workshop.chapters.ch03_image_classification.act01_fashion_mnist import activity_3_01_model
from workshop.chapters.ch03_image_classification.act02_fruits import (
    AUGMENTATION,
    activity_3_02_head,
    activity_3_02_model,
)
from workshop.chapters.ch03_image_classification.ex02_handwritten_digits import (
    exercise_3_02,
    exercise_3_02_model,
)
from workshop.chapters.ch03_image_classification.ex03_cats_and_dogs import exercise_3_03_model
from workshop.chapters.ch03_image_classification.ex04_cifar10 import AUGMENTATION as SHIFTS_AND_FLIPS
from workshop.chapters.ch03_image_classification.ex04_cifar10 import exercise_3_04_model
from workshop.training import backend
from workshop.training.fitting import Network, fit
from workshop.training.initialisers import initial_weights
from workshop.training.pipeline_fit import fit_on_features
from workshop.training.pipelines import batches, drawn
from workshop.training.pretrained import efficientnet_lite0, vgg16
from workshop.training.versions import traced

SEED = 3
SPARSE = "sparse_categorical_crossentropy"
BINARY = ("binary_crossentropy", "binary_accuracy")


def images_of(shape, train, test, classes=10):
    """Return random images and labels like those of the readers."""
    rng = np.random.default_rng(0)
    parts = [
        (rng.integers(0, 256, (n, *shape)).astype(np.uint8), rng.integers(0, classes, n))
        for n in (train, test)
    ]
    (x_train, y_train), (x_test, y_test) = parts
    return SimpleNamespace(x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


def compiled(network_or_model, loss):
    """Return Keras' own model, compiled as the book does."""
    model = network_or_model
    if isinstance(model, Network):
        model = model.builder(*model.arguments)
    model.compile(optimizer=backend.keras.optimizers.Adam(0.001), loss=loss, metrics=["accuracy"])
    return model


def generator(augmentation=None):
    """Return Keras' own generator with our settings."""
    settings = {} if augmentation is None else {
        name: value for name, value in vars(augmentation).items() if name != "vertical_flip"
    }  # fmt: skip
    return backend.keras.preprocessing.image.ImageDataGenerator(rescale=1.0 / 255, **settings)


def literal_digits(data, tested):
    """Return what trains and evaluates as the code of exercise 3.02 does, on float64 images."""
    model = compiled(Network(exercise_3_02_model), SPARSE)
    x, test = (images[..., np.newaxis] / 255.0 for images in (data.x_train, data.x_test))

    def run(rows):
        model.fit(x[:rows], data.y_train[:rows], epochs=1, validation_split=0.2, verbose=0)
        judged = round(rows * tested)
        model.evaluate(test[:judged], data.y_test[:judged], verbose=0)

    return run


def literal_flow(network, data, loss, augmentation, tested):
    """Return what trains on generators as the code of the other exercises does."""
    model = compiled(network, loss)
    shape = network.model.input_shape[1:]

    def flow(x, y):
        return generator(augmentation).flow(x.reshape((len(x), *shape)), y, batch_size=16)

    def run(rows):
        judged = round(rows * tested)
        model.fit(
            flow(data.x_train[:rows], data.y_train[:rows]), epochs=1, steps_per_epoch=rows // 16,
            validation_data=flow(data.x_test[:judged], data.y_test[:judged]), validation_steps=judged // 16,
            verbose=0,
        )  # fmt: skip

    return run


def our_flow(network, data, loss, metric, augmentation, tested):
    """Return our training on the same images."""

    def run(rows):
        judged = round(rows * tested)
        train(
            network, (data.x_train[:rows], data.y_train[:rows]),
            (data.x_test[:judged], data.y_test[:judged]), SEED, loss=loss, metric=metric, epochs=1,
            batch_size=16, augmentation=augmentation,
        )  # fmt: skip

    return run


def our_digits(data, tested):
    """Return our unit 3.02 on the first images."""

    def run(rows):
        judged = round(rows * tested)
        some = {"x_train": data.x_train[:rows], "y_train": data.y_train[:rows]}
        some |= {"x_test": data.x_test[:judged], "y_test": data.y_test[:judged]}
        exercise_3_02(SimpleNamespace(**some), SEED, epochs=1)

    return run


# images trained on in the book's five epochs, test images for each of them, and how many are run here
SIZES = {
    "ch03.ex02": (5 * 60_000, 10_000 / 60_000 / 5, (480, 1920)),  # tested once, after all epochs
    "ch03.ex03": (5 * 2000, 1 / 2, (64, 192)),
    "ch03.ex04": (5 * 50_000, 1 / 5, (320, 1280)),
    "ch03.act01": (5 * 60_000, 1 / 6, (384, 1536)),
}


def prepared(name):
    """Return our training and the literal one of an exercise, each as a function that prepares it."""
    _, tested, (_, rows) = SIZES[name]
    if name == "ch03.ex02":
        data = images_of((28, 28), rows, round(rows * tested))
        return lambda: our_digits(data, tested), lambda: literal_digits(data, tested)
    model, augmentation = {
        "ch03.ex03": (exercise_3_03_model, None),
        "ch03.ex04": (exercise_3_04_model, SHIFTS_AND_FLIPS),
        "ch03.act01": (activity_3_01_model, AUGMENTATION),
    }[name]
    network = Network(model)
    loss, metric = BINARY if name == "ch03.ex03" else (SPARSE, "sparse_categorical_accuracy")
    classes = 2 if name == "ch03.ex03" else 10
    data = images_of(network.model.input_shape[1:], rows, round(rows * tested), classes=classes)
    if classes == 2:
        data.y_train, data.y_test = (y[:, np.newaxis].astype(np.float32) for y in (data.y_train, data.y_test))
    return (
        lambda: our_flow(network, data, loss, metric, augmentation, tested),
        lambda: literal_flow(network, data, loss, augmentation, tested),
    )


@pytest.mark.parametrize("name", list(SIZES))
def test_training_against_the_literal_code(book, name):
    """Training and validation cost no more than in Keras' own calls; on two threads at most 0.8 of it.

    `WORKSHOP_THREADS=2 pytest benchmarks/procedures/test_image_classifiers.py` measures with two. Images are
    in memory, though the code of 3.03 reads files.
    """
    (ours, literal), (whole, _, steps) = prepared(name), SIZES[name]
    found = book(name, Side(ours, steps, whole), Side(literal, steps, whole))

    assert found >= (1.0 if os.environ["WORKSHOP_THREADS"] == "1" else 1 / 0.8)


@pytest.mark.parametrize("unit", ["ch03.act02"])
def test_features_once_against_the_base_in_the_loop(book, unit):
    """A head on VGG16's features costs less than Keras' training of the whole model with its base frozen.

    A step is a batch of 16 images through the base: two of each three to train on, about as in the book. Ours
    validate on the same features after each of the five epochs, the book computes them again. Weights of the
    base are random.
    """
    data = images_of((100, 100, 3), 64, 32, classes=120)
    data.y_train, data.y_test = (np.eye(120, dtype=np.float32)[y] for y in (data.y_train, data.y_test))
    batches_of = {3: (32, 16), 6: (64, 32)}
    training, validating = 11_398 // 16, 4_752 // 16

    def ours():
        base = vgg16(include_top=False, input_shape=(100, 100, 3))
        network = Network(activity_3_02_head, (tuple(base.output_shape[1:]), 120))
        rng = np.random.default_rng(SEED)
        start = initial_weights(network.model, rng)

        def run(steps):
            rows, judged = batches_of[steps]
            return fit_on_features(
                base, network, start,
                drawn(rng, data.x_train, data.y_train, passes=1, rows=rows, augmentation=AUGMENTATION),
                drawn(rng, data.x_test, data.y_test, passes=1, rows=judged),
                optimizer=ADAM, loss="categorical_crossentropy", metric="categorical_accuracy", batch_size=16,
            )  # fmt: skip

        return run

    def literal():
        base = vgg16(include_top=False, input_shape=(100, 100, 3))
        model = compiled(activity_3_02_model(base, 120), "categorical_crossentropy")

        def run(steps):
            rows, judged = batches_of[steps]
            model.fit(
                generator(AUGMENTATION).flow(data.x_train[:rows], data.y_train[:rows], batch_size=16),
                epochs=1, steps_per_epoch=rows // 16, validation_steps=judged // 16, verbose=0,
                validation_data=generator().flow(data.x_test[:judged], data.y_test[:judged], batch_size=16),
            )  # fmt: skip

        return run

    once, each = 5 * training + validating, 5 * (training + validating)

    book(unit, Side(ours, (3, 6), once), Side(literal, (3, 6), each))


@pytest.mark.parametrize("name", ["ch03.ex04", "ch03.act01", "ch03.act02"])
def test_the_pipeline_is_no_bottleneck(ratio, name):
    """Images are varied at least twice as fast as the network is trained on them, or the base passes them."""
    shape, augmentation = {
        "ch03.ex04": ((32, 32, 3), SHIFTS_AND_FLIPS),
        "ch03.act01": ((28, 28, 1), AUGMENTATION),
        "ch03.act02": ((100, 100, 3), AUGMENTATION),
    }[name]
    rows = 160 if name == "ch03.act02" else 1600
    data, rng = images_of(shape, rows, 16), np.random.default_rng(SEED)
    varied = drawn(rng, data.x_train, data.y_train, passes=1, rows=rows, augmentation=augmentation)
    if name == "ch03.act02":
        base = efficientnet_lite0(include_top=False, input_shape=shape)
        base_pass = traced(lambda inputs: base(inputs, training=False))
        inputs = backend.tf.constant(scaled(data.x_train[:16]))

        def step():
            return [base_pass(inputs) for _ in range(rows // 16)]

    else:
        network = Network(exercise_3_04_model if name == "ch03.ex04" else activity_3_01_model)
        start = initial_weights(network.model, rng)
        x, order = scaled(data.x_train), np.arange(rows)[np.newaxis]

        def step():
            return fit(network, start, x, data.y_train, order, optimizer=ADAM, loss=SPARSE, batch_size=16)

    def pipeline():
        return [images.shape for images, _ in batches(*varied.tensors(0), batch_size=16)]

    step()
    pipeline()

    assert ratio(pipeline, step) >= 2.0
