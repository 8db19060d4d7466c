"""Exercise 2.02: Perceptron as a Binary Classifier."""

import pytest

from workshop.measures.ch02_neural_networks.ex02_binary_classifier import exercise_2_02

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas", "without_xla")


def test_a_perceptron_is_trained_on_own_points(points):
    found = exercise_2_02(points)

    assert found.accuracy > 0.9
    assert found.clouds["class_1"].points == 20
    assert found.confusion.sum() == 40
