"""Activity 2.01: Build a Multilayer Neural Network to Classify Sonar Signals."""

import numpy as np
import pytest

from workshop.measures.ch02_neural_networks.act01_sonar import activity_2_01, activity_2_01_data

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas", "without_xla")


def test_own_signals_are_classified(pandas):
    rng = np.random.default_rng(0)
    table = pandas.DataFrame(rng.normal(size=(50, 5)), columns=list("abcde"))
    table.insert(0, "Class", np.where(table["a"] > 0, "fish", "boat"))

    data, found = activity_2_01_data(table), activity_2_01(table, seed=0, epochs=5)

    assert (data.n_features, data.classes, data.last_layer) == (5, ["boat", "fish"], [1, "sigmoid"])
    assert found.continued.history.loss[-1] < found.fresh.history.loss[0]
    with pytest.raises(ValueError, match="the column Class has 1 values: one sigmoid distinguishes two"):
        activity_2_01(table[table["Class"] == "fish"], seed=0, epochs=5)
