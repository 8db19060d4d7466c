"""Exercise 2.01: Perceptron Implementation."""

import pytest

from workshop.measures.ch02_neural_networks.ex01_perceptron import exercise_2_01

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas", "without_xla")


def test_a_perceptron_takes_another_truth_table():
    assert exercise_2_01(((0, 0), (0, 1), (1, 1))).predictions.tolist() == [[0.5]] * 3
