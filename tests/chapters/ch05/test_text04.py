"""The text of chapter 5: Preparing the Data for Stock Price Prediction."""

import numpy as np
import pytest

from tests.chapters.ch05.prices import PRICES, own_prices
from workshop.measures.ch05_sequences.act01_ibm_prices import activity_5_01_data
from workshop.measures.ch05_sequences.text04_preparing_prices import misplaced, prepare_prices

pytestmark = pytest.mark.usefixtures("without_xla")


def _column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64).reshape(-1, 1)


@pytest.mark.parametrize(
    ("x", "count"),
    [([[0, 0], [5, 0], [6, 5]], 0), ([[5, 0], [6, 5], [7, 6]], 5), ([[0, 0], [5, 1], [6, 5]], 1)],
)
def test_features_off_by_a_day_are_counted_as_misplaced(x, count):
    """What is not the price as many days before, or not 0 before the first, is counted."""
    assert misplaced(np.array(x, dtype=np.float64), _column(5, 6, 7)) == count


KINDS = ("newest first", "oldest first", "indexed by day", "array", "column")


@pytest.mark.parametrize("kind", KINDS)
def test_tables_and_arrays_are_prepared_alike(kind):
    expected = prepare_prices(own_prices("array"))

    found = prepare_prices(own_prices(kind))

    assert found.split_lengths == [225, 75]
    np.testing.assert_array_equal(found.prepared.x_train, expected.prepared.x_train)
    np.testing.assert_array_equal(found.prepared.y_test, expected.prepared.y_test)
    assert activity_5_01_data(own_prices(kind)).naive_rmse == activity_5_01_data(PRICES).naive_rmse
