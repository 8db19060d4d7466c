"""The trainings of chapter 3 against the same procedures in Keras' own calls, and their input pipelines.

Either side takes the same images, networks, batches and epochs; Keras' draws its variants one by one with
`ImageDataGenerator`, as the book's code does. Sizes are the book's, numbers of images a fraction.
"""

from __future__ import annotations

import os
from types import SimpleNamespace

import numpy as np
import pytest

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
from workshop.training.pretrained import efficientnet_lite0
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


def literal_digits(data):
    """Return a function that trains and evaluates as the code of exercise 3.02 does, on float64 images."""
    x, y = data.x_train[..., np.newaxis] / 255.0, data.y_train
    model = compiled(Network(exercise_3_02_model), SPARSE)

    def run():
        model.fit(x, y, epochs=1, validation_split=0.2, verbose=0)
        model.evaluate(data.x_test[..., np.newaxis] / 255.0, data.y_test, verbose=0)

    return run


def literal_flow(network, data, loss, augmentation):
    """Return a function that trains on generators as the code of the other exercises does."""
    model = compiled(network, loss)
    shape = network.model.input_shape[1:]
    flows = [
        generator(augmentation).flow(x.reshape((len(x), *shape)), y, batch_size=16)
        for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test))
    ]

    def run():
        model.fit(
            flows[0], epochs=1, steps_per_epoch=len(data.x_train) // 16, validation_data=flows[1],
            validation_steps=len(data.x_test) // 16, verbose=0,
        )  # fmt: skip

    return run


# images trained on and validated; an epoch of the fewest takes two seconds on one thread
SIZES = {"3.02": (2400, 400), "3.03": (320, 160), "3.04": (2400, 480), "activity 3.01": (3200, 528)}


def prepared(name):
    """Return our training and the literal one of an exercise."""
    if name == "3.02":
        data = images_of((28, 28), *SIZES[name])
        return lambda: exercise_3_02(data, SEED, epochs=1), literal_digits(data)
    model, augmentation = {
        "3.03": (exercise_3_03_model, None),
        "3.04": (exercise_3_04_model, SHIFTS_AND_FLIPS),
        "activity 3.01": (activity_3_01_model, AUGMENTATION),
    }[name]
    network = Network(model)
    loss, metric = BINARY if name == "3.03" else (SPARSE, "sparse_categorical_accuracy")
    classes = 2 if name == "3.03" else 10
    data = images_of(network.model.input_shape[1:], *SIZES[name], classes=classes)
    if classes == 2:
        data.y_train, data.y_test = (y[:, np.newaxis].astype(np.float32) for y in (data.y_train, data.y_test))

    def ours():
        return train(
            network, (data.x_train, data.y_train), (data.x_test, data.y_test), SEED, loss=loss, metric=metric,
            epochs=1, batch_size=16, augmentation=augmentation,
        )  # fmt: skip

    return ours, literal_flow(network, data, loss, augmentation)


@pytest.mark.parametrize("name", list(SIZES))
def test_training_against_the_literal_code(ratio, name):
    """An epoch with its validation costs no more than in Keras' own calls; on two threads at most 0.8 of it.

    `WORKSHOP_THREADS=2 pytest benchmarks/procedures/test_image_classifiers.py` measures with two.
    """
    ours, literal = prepared(name)
    ours()
    literal()

    assert ratio(ours, literal) >= (1.0 if os.environ["WORKSHOP_THREADS"] == "1" else 1 / 0.8)


def test_features_once_against_the_base_in_the_loop(ratio):
    """A head on features costs less than Keras' training of the whole model with its base frozen."""
    data = images_of((100, 100, 3), 96, 32, classes=33)
    base = efficientnet_lite0(include_top=False, input_shape=(100, 100, 3))
    network = Network(activity_3_02_head, (tuple(base.output_shape[1:]), 33))
    start = initial_weights(network.model, np.random.default_rng(SEED))
    data.y_train, data.y_test = (np.eye(33, dtype=np.float32)[y] for y in (data.y_train, data.y_test))
    model = compiled(activity_3_02_model(base, 33), "categorical_crossentropy")
    flows = [
        generator(augmentation).flow(x, y, batch_size=16)
        for augmentation, x, y in (
            (AUGMENTATION, data.x_train, data.y_train), (None, data.x_test, data.y_test)
        )
    ]  # fmt: skip
    rng = np.random.default_rng(SEED)
    training = drawn(rng, data.x_train, data.y_train, passes=5, rows=96, augmentation=AUGMENTATION)
    test = drawn(rng, data.x_test, data.y_test, passes=1, rows=32)

    def ours():
        return fit_on_features(
            base, network, start, training, test, optimizer=ADAM, loss="categorical_crossentropy",
            metric="categorical_accuracy", batch_size=16,
        )  # fmt: skip

    def literal():
        model.fit(
            flows[0], epochs=5, steps_per_epoch=6, validation_data=flows[1], validation_steps=2, verbose=0
        )

    ours()
    literal()

    assert ratio(ours, literal, rounds=3) >= 1.0


@pytest.mark.parametrize("name", ["3.04", "activity 3.01", "activity 3.02"])
def test_the_pipeline_is_no_bottleneck(ratio, name):
    """Images are varied at least twice as fast as the network is trained on them, or the base passes them."""
    shape, augmentation = {
        "3.04": ((32, 32, 3), SHIFTS_AND_FLIPS),
        "activity 3.01": ((28, 28, 1), AUGMENTATION),
        "activity 3.02": ((100, 100, 3), AUGMENTATION),
    }[name]
    rows = 160 if name == "activity 3.02" else 1600
    data, rng = images_of(shape, rows, 16), np.random.default_rng(SEED)
    varied = drawn(rng, data.x_train, data.y_train, passes=1, rows=rows, augmentation=augmentation)
    if name == "activity 3.02":
        base = efficientnet_lite0(include_top=False, input_shape=shape)
        base_pass = traced(lambda inputs: base(inputs, training=False))
        inputs = backend.tf.constant(scaled(data.x_train[:16]))

        def step():
            return [base_pass(inputs) for _ in range(rows // 16)]

    else:
        network = Network(exercise_3_04_model if name == "3.04" else activity_3_01_model)
        start = initial_weights(network.model, rng)
        x, order = scaled(data.x_train), np.arange(rows)[np.newaxis]

        def step():
            return fit(network, start, x, data.y_train, order, optimizer=ADAM, loss=SPARSE, batch_size=16)

    def pipeline():
        return [images.shape for images, _ in batches(*varied.tensors(0), batch_size=16)]

    step()
    pipeline()

    assert ratio(pipeline, step) >= 2.0
