"""The exercises of chapter 2 take a reader's own tables and images."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.datasets.readers.images import ImageArrays
from workshop.measures.ch02_neural_networks.act01_sonar import activity_2_01, activity_2_01_data
from workshop.measures.ch02_neural_networks.ex01_perceptron import exercise_2_01
from workshop.measures.ch02_neural_networks.ex02_binary_classifier import exercise_2_02
from workshop.measures.ch02_neural_networks.ex03_iris_classifier import exercise_2_03
from workshop.measures.ch02_neural_networks.ex04_digits import exercise_2_04
from workshop.measures.ch02_neural_networks.ex05_single_layer import exercise_2_05
from workshop.measures.ch02_neural_networks.ex06_multilayer import exercise_2_06
from workshop.measures.ch02_neural_networks.ex07_deep_network import exercise_2_07

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas", "without_xla")


@pytest.fixture
def points(pandas: Any) -> Any:
    """Forty points of two classes, with the columns in another order and one more."""
    rng = np.random.default_rng(0)
    label = np.arange(40) % 2
    x = rng.normal(size=(40, 2)) + 4 * label[:, np.newaxis]
    return pandas.DataFrame({"x2": x[:, 1], "name": "mine", "x1": x[:, 0], "label": label})


@pytest.fixture
def images() -> ImageArrays:
    """Images of 8 × 8 pixels of four classes, with two light columns each, and few test images."""
    rng = np.random.default_rng(0)
    labels = np.arange(80, dtype=np.uint8) % 4
    light = 200 * (np.arange(8) // 2 == labels[:, None, None])
    pixels = (light + rng.integers(0, 50, (80, 8, 8))).astype(np.uint8)
    return ImageArrays(pixels[:70], labels[:70], pixels[70:73], labels[70:73])


def test_a_perceptron_takes_another_truth_table() -> None:
    assert exercise_2_01(((0, 0), (0, 1), (1, 1))).predictions.tolist() == [[0.5]] * 3


def test_a_perceptron_is_trained_on_own_points(points: Any) -> None:
    found = exercise_2_02(points)

    assert found.accuracy > 0.9
    assert found.clouds["class_1"].points == 20
    assert found.confusion.sum() == 40


def test_keras_networks_are_trained_on_own_points(points: Any) -> None:
    one, many = exercise_2_05(points, seed=0, epochs=3), exercise_2_06(points, seed=0, epochs=3)

    assert one.n_samples == 40
    assert sorted(one.log) == [1, 2, 3]
    assert many.history.loss[-1] < many.history.loss[0]


@pytest.fixture
def flowers(pandas: Any) -> Any:
    """Thirty flowers of three species by name, with the species first and a column more."""
    rng = np.random.default_rng(0)
    species = np.repeat(["setosa", "versicolor", "virginica"], 10)
    means = np.repeat([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]], 10, axis=0)
    names = ["petallength", "petalwidth", "sepallength", "sepalwidth"]
    table = pandas.DataFrame(means + rng.normal(0, 0.1, means.shape), columns=names)
    return (
        table[names[::-1]]
        .assign(garden="east")
        .join(pandas.Series(species, name="species"))[["species", "garden", *names[::-1]]]
    )


def test_own_flowers_are_classified(flowers: Any) -> None:
    found = exercise_2_03(flowers)

    assert found.weight.shape == (4, 3)
    assert found.accuracy > 0.9
    assert found.columns[2:] == ["petalwidth", "petallength", "sepalwidth", "sepallength"]
    assert found.weight.tolist() == exercise_2_03(flowers[sorted(flowers)]).weight.tolist()


def test_own_images_are_classified(images: ImageArrays) -> None:
    layer = exercise_2_04(images, steps=200)
    deep = exercise_2_07(images, seed=0, epochs=60)

    assert (layer.x_shape, list(layer.accuracy_after)) == ([70, 64], ["step_100"])
    assert layer.accuracy == 1.0
    assert (deep.image_shape, deep.probabilities.shape) == ([8, 8], (1, 4))
    assert deep.label == images.y_test[-1]
    assert deep.history.loss[-1] < deep.history.loss[0]


def test_own_signals_are_classified(pandas: Any) -> None:
    rng = np.random.default_rng(0)
    table = pandas.DataFrame(rng.normal(size=(50, 5)), columns=list("abcde"))
    table.insert(0, "Class", np.where(table["a"] > 0, "fish", "boat"))

    data, found = activity_2_01_data(table), activity_2_01(table, seed=0, epochs=5)

    assert (data.n_features, data.classes, data.last_layer) == (5, ["boat", "fish"], [1, "sigmoid"])
    assert found.continued.history.loss[-1] < found.fresh.history.loss[0]
