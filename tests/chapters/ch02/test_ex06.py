"""Exercise 2.06: Multilayer Binary Classifier."""

import pytest

from workshop.measures.ch02_neural_networks.ex06_multilayer import exercise_2_06

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas", "without_xla")


def test_own_points_train_two_hidden_layers(points):
    loss = exercise_2_06(points, seed=0, epochs=3).history.loss

    assert loss[-1] < loss[0]
