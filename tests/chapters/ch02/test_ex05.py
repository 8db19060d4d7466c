"""Exercise 2.05: Binary Classification Using Keras."""

from typing import Any

import numpy as np
import pytest

from tests.chapters.deciding import holds
from workshop.measures.ch02_neural_networks import (
    ex05_single_layer,
    ex06_multilayer,
)

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas")


@pytest.fixture
def clouds(pandas) -> Any:
    """Twenty-one points of two classes that do not overlap."""
    rng = np.random.default_rng(0)
    label = np.arange(21) % 2
    x = rng.uniform(1, 4, size=(21, 2)) + 4 * (1 - label[:, np.newaxis])
    return pandas.DataFrame({"label": label, "x1": x[:, 0], "x2": x[:, 1]})


def test_touching_clouds_are_not_two_classes(clouds):
    """One triangle among the stars is refused, in exercise 2.06, too."""
    mixed = clouds.assign(x1=np.where(np.arange(21) == 1, 9.0, clouds["x1"]))

    for claim, look in (
        ("ch02.ex05.scatter", ex05_single_layer.exercise_2_05_data),
        ("ch02.ex06.scatter", ex06_multilayer.exercise_2_06_data),
    ):
        assert holds(claim, look(clouds))
        assert not holds(claim, look(mixed))


@pytest.mark.usefixtures("without_xla")
def test_own_points_train_a_single_layer(points):
    outcome = ex05_single_layer.exercise_2_05(points, seed=0, epochs=3)

    assert outcome.n_samples == 40
    assert sorted(outcome.log) == [1, 2, 3]
