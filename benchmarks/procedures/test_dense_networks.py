"""Chapter 2's trainings against the book's: an eager loop with a gradient tape, and Keras' own calls."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from benchmarks.harness.book import Side
from benchmarks.harness.work import products
from workshop.chapters.ch02_neural_networks.act01_sonar import activity_2_01_in_keras, activity_2_01_model
from workshop.chapters.ch02_neural_networks.ex04_digits import exercise_2_04_in_tensorflow
from workshop.chapters.ch02_neural_networks.ex05_single_layer import (
    exercise_2_05_in_keras,
    exercise_2_05_model,
)
from workshop.chapters.ch02_neural_networks.ex06_multilayer import exercise_2_06_in_keras, exercise_2_06_model
from workshop.chapters.ch02_neural_networks.ex07_deep_network import (
    exercise_2_07_in_keras,
    exercise_2_07_model,
)
from workshop.measures.ch02_neural_networks import (
    act01_sonar,
    ex04_digits,
    ex05_single_layer,
    ex06_multilayer,
    ex07_deep_network,
)

SEED = 1


def pairs(images):
    """Return images and labels as Keras loads them."""
    return (images.x_train, images.y_train), (images.x_test, images.y_test)


@pytest.mark.parametrize("unit", ["ch02.ex04"])
def test_an_eager_descent_on_all_digits(book, loaded, unit):
    """Exercise 2.04: each step is a pass over all images, in the book with a gradient tape."""
    mnist = loaded("mnist")

    def theirs(steps):
        exercise_2_04_in_tensorflow(pairs(mnist), steps=steps)

    def ours(steps):
        ex04_digits.exercise_2_04(mnist, steps=steps)

    outputs_and_gradient = 2 * 2.0 * mnist.x_train.size * 10

    sides = Side(ours, (2, 22), 1000), Side(theirs, (2, 22), 1000)
    assert book(unit, *sides, 1000 * outputs_and_gradient) >= 1


# the network, the book's calls, our unit, and the book's epochs
POINTS = {
    "ch02.ex05": (exercise_2_05_model, exercise_2_05_in_keras, ex05_single_layer.exercise_2_05, 1000),
    "ch02.ex06": (exercise_2_06_model, exercise_2_06_in_keras, ex06_multilayer.exercise_2_06, 50),
}


@pytest.mark.parametrize("exercise", POINTS)
def test_fitting_points(book, loaded, exercise):
    """All epochs of ours, and a few of Keras'."""
    model, calls, unit, epochs = POINTS[exercise]
    points = loaded("two_class_points")

    def theirs(epochs):
        calls(points, epochs=epochs)

    def ours(epochs):
        unit(points, SEED, epochs=epochs)

    flops = products(model(), epochs * len(points))

    sides = Side(ours, (epochs,), epochs), Side(theirs, (5, 25), epochs)
    assert book(exercise, *sides, flops) >= 10


@pytest.mark.parametrize("unit", ["ch02.act01"])
def test_fitting_sonar(book, loaded, unit):
    """Activity 2.01: all 30 epochs on both sides, ours in two fits of 15."""
    sonar = loaded("sonar")

    def theirs(epochs):
        activity_2_01_in_keras(sonar, epochs=epochs)

    def ours(epochs):
        act01_sonar.activity_2_01(sonar, SEED, epochs=epochs // 2)

    flops = products(activity_2_01_model(), 30 * len(sonar))

    assert book(unit, Side(ours, (30,), 30), Side(theirs, (5, 30), 30), flops) >= 1


@pytest.mark.parametrize("unit", ["ch02.ex07"])
def test_fitting_digits(book, loaded, unit):
    """Exercise 2.07: an epoch of some of the images stands for all; evaluated once, after fifty epochs."""
    mnist = loaded("mnist")
    epochs = 50

    def some(rows):
        judged = rows // 6 // epochs
        parts = {"x_train": rows, "y_train": rows, "x_test": judged, "y_test": judged}
        return SimpleNamespace(**{name: getattr(mnist, name)[:n] for name, n in parts.items()})

    def theirs(rows):
        exercise_2_07_in_keras(pairs(some(rows)), epochs=1)

    def ours(rows):
        ex07_deep_network.exercise_2_07(some(rows), SEED, epochs=1)

    whole = epochs * 60_000

    sides = Side(ours, (12_000, 48_000), whole), Side(theirs, (3000, 15_000), whole)
    assert book(unit, *sides, products(exercise_2_07_model(), whole, 10_000)) >= 1
