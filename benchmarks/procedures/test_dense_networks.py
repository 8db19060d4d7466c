"""Chapter 2's trainings against the book's: an eager loop with a gradient tape, and Keras' own calls."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from benchmarks.harness.book import Side
from workshop import datasets
from workshop.chapters.ch02_neural_networks import (
    act01_sonar,
    ex04_digits,
    ex05_single_layer,
    ex06_multilayer,
    ex07_deep_network,
)
from workshop.chapters.ch02_neural_networks._data import features_and_labels, one_hot

SEED = 1


@pytest.fixture(autouse=True)
def _tensorflow():
    """Skip benchmarks that can't run without TensorFlow."""
    pytest.importorskip("tensorflow")


def loaded(name):
    """Load a data set, or skip with the way to get it."""
    found = datasets.find(name)
    if not isinstance(found, datasets.Found):
        pytest.skip(f"{found.reason}: {found.remedy}")
    return datasets.load(found)


@pytest.mark.parametrize("unit", ["ch02.ex04"])
def test_an_eager_descent_on_all_digits(book, unit):
    """Exercise 2.04: each step is a pass over all images, in the book with a gradient tape."""
    mnist = loaded("mnist")

    def theirs():
        from workshop.training.backend import keras, tf

        x = tf.cast(tf.Variable(tf.reshape(mnist.x_train / 255.0, [60000, 784])), tf.float32)
        y = one_hot(mnist.y_train)
        weight, bias = tf.Variable(tf.zeros((784, 10))), tf.Variable(tf.zeros((10,)))
        optimizer = keras.optimizers.Adam(0.01)

        def run(steps):
            for _ in range(steps):
                with tf.GradientTape() as tape:
                    outputs = tf.nn.softmax(tf.add(tf.matmul(x, weight), bias))
                    losses = tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=outputs)
                    loss = tf.abs(tf.reduce_mean(losses))
                gradients = tape.gradient(loss, [weight, bias])
                optimizer.apply_gradients(zip(gradients, [weight, bias], strict=True))

        return run

    def ours():
        return lambda steps: ex04_digits.exercise_2_04(mnist, steps=steps)

    assert book(unit, Side(ours, (2, 12), 1000), Side(theirs, (2, 12), 1000)) >= 1


def fitted(builder, loss, x, y):
    """Return what builds a model and fits it for epochs, and evaluates it, as the book does."""

    def prepare():
        model = builder()
        model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])

        def run(epochs):
            model.fit(x, y, epochs=epochs, verbose=0)
            model.evaluate(x, y, verbose=0)

        return run

    return prepare


# network and unit, and the book's epochs
POINTS = {
    "ch02.ex05": (ex05_single_layer.exercise_2_05_model, ex05_single_layer.exercise_2_05, 1000),
    "ch02.ex06": (ex06_multilayer.exercise_2_06_model, ex06_multilayer.exercise_2_06, 50),
}


@pytest.mark.parametrize("exercise", POINTS)
def test_fitting_points(book, exercise):
    """All epochs of ours, and a few of Keras'."""
    builder, unit, epochs = POINTS[exercise]
    points = loaded("two_class_points")
    theirs = fitted(builder, "binary_crossentropy", *features_and_labels(points))

    def ours():
        return lambda epochs: unit(points, SEED, epochs=epochs)

    assert book(exercise, Side(ours, (epochs,), epochs), Side(theirs, (5, 25), epochs)) >= 10


@pytest.mark.parametrize("unit", ["ch02.act01"])
def test_fitting_sonar(book, unit):
    """Activity 2.01: all 30 epochs on both sides, ours in two fits of 15."""
    sonar = loaded("sonar")
    x, y, _ = act01_sonar.features_and_labels(sonar)
    theirs = fitted(act01_sonar.activity_2_01_model, "binary_crossentropy", x, y)

    def ours():
        return lambda epochs: act01_sonar.activity_2_01(sonar, SEED, epochs=epochs // 2)

    assert book(unit, Side(ours, (30,), 30), Side(theirs, (5, 30), 30)) >= 1


@pytest.mark.parametrize("unit", ["ch02.ex07"])
def test_fitting_digits(book, unit):
    """Exercise 2.07: an epoch of some of the images stands for all; evaluated once, after fifty epochs."""
    mnist = loaded("mnist")
    epochs = 50

    def theirs():
        model = ex07_deep_network.exercise_2_07_model()
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        x, test = mnist.x_train / 255.0, mnist.x_test / 255.0

        def run(rows):
            model.fit(x[:rows], mnist.y_train[:rows], epochs=1, verbose=0)
            judged = rows // 6 // epochs
            model.evaluate(test[:judged], mnist.y_test[:judged], verbose=0)

        return run

    def ours():
        def run(rows):
            judged = rows // 6 // epochs
            some = {"x_train": mnist.x_train[:rows], "y_train": mnist.y_train[:rows]}
            some |= {"x_test": mnist.x_test[:judged], "y_test": mnist.y_test[:judged]}
            ex07_deep_network.exercise_2_07(SimpleNamespace(**some), SEED, epochs=1)

        return run

    whole = epochs * 60_000

    assert book(unit, Side(ours, (12_000, 48_000), whole), Side(theirs, (3000, 15_000), whole)) >= 1
