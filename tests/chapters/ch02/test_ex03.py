"""Exercise 2.03: Multiclass Classification Using a Perceptron."""

from typing import Any

import numpy as np
import pytest

from workshop.measures.ch02_neural_networks.ex03_iris_classifier import exercise_2_03

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas", "without_xla")


@pytest.fixture
def flowers(pandas) -> Any:
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


def test_own_flowers_are_classified(flowers):
    found = exercise_2_03(flowers)

    assert found.weight.shape == (4, 3)
    assert found.accuracy > 0.9
    assert found.columns[2:] == ["petalwidth", "petallength", "sepalwidth", "sepallength"]
    assert found.weight.tolist() == exercise_2_03(flowers[sorted(flowers)]).weight.tolist()
    with pytest.raises(ValueError, match="the column species has 2 values: the exercise needs three"):
        exercise_2_03(flowers[:20])
