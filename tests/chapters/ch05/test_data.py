"""Tables of prices and their preparation, by hand."""

import numpy as np
import pytest

from tests.chapters.ch05.prices import table
from workshop.chapters.ch05_sequences._data import (
    Prepared,
    look_back_features,
    prepare,
    restore,
    scale,
    split,
)
from workshop.measures.ch05_sequences import _data as prices


def _column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64).reshape(-1, 1)


def test_prices_come_oldest_first_in_one_column():
    """The file's newest day is the last price."""
    assert prices.closing_prices(table([3.0, 2.0, 1.5])).tolist() == [[1.5], [2.0], [3.0]]


def test_prices_in_two_columns_are_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 2\): give one price a day"):
        prices.closing_prices(np.ones((3, 2)))


@pytest.mark.parametrize(("n", "share", "lengths"), [(10, 0.75, (7, 3)), (8, 0.75, (6, 2)), (3, 0.5, (1, 2))])
def test_split_preserves_the_order_and_rounds_the_training_part_down(n, share, lengths):
    """The training part comes first, the rest follows, and nothing is lost."""
    series = np.arange(n)

    train, test = split(series, share)

    assert (len(train), len(test)) == lengths
    assert [*train, *test] == list(range(n))


def test_look_back_features_by_hand():
    """Column i holds the value i days before, newest first, and 0 where the series has none yet."""
    found = look_back_features(_column(5, 6, 7, 8), 2)

    assert found.tolist() == [[0, 0], [5, 0], [6, 5], [7, 6]]


def test_preparation_by_hand():
    """The scale is that of the training part alone, and the test part looks back on itself only."""
    done = _prepare_eight()

    assert done.price_range == (10.0, 20.0)
    assert done.y_train[:, 0].tolist() == [0.0, 1.0, 0.5, 0.2, 0.4, 0.6]
    assert done.y_test[:, 0].tolist() == [-0.5, 3.0]
    assert done.x_train[2].tolist() == [1.0, 0.0]
    assert done.x_test.tolist() == [[0.0, 0.0], [-0.5, 0.0]]


def _prepare_eight() -> Prepared:
    return prepare(_column(10, 20, 15, 12, 14, 16, 5, 40), look_back=2)


def test_restoring_undoes_scaling():
    """Prices scaled and restored are the prices again."""
    closes = _column(10, 20, 15)

    restored = restore(scale(closes, (12.0, 14.0)), (12.0, 14.0))

    np.testing.assert_allclose(restored, closes, rtol=1e-15)


@pytest.mark.parametrize(("text", "expected"), [("1/17/2020", "2020-01-17"), ("12/1/2010", "2010-12-01")])
def test_dates_are_written_month_first(text, expected):
    """The file writes month, day, year."""
    (found,) = prices.days_of(table([1.0], [text]))

    assert found == np.datetime64(expected)
