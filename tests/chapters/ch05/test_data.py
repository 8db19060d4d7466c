"""Tables of prices and their preparation, compared with slices of small series worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch05_sequences._data import (
    Prepared,
    look_back_features,
    prepare,
    restore,
    scale,
    split,
)
from workshop.measures.ch05_sequences import _data as prices
from workshop.measures.ch05_sequences.ex01_plotting_prices import autocorrelation, exercise_5_01
from workshop.measures.ch05_sequences.text01_loading_prices import whose_prices
from workshop.measures.ch05_sequences.text04_preparing_prices import misplaced


def _column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64).reshape(-1, 1)


def _table(closes: Any, dates: list[str] | None = None, volumes: list[int] | None = None) -> Any:
    pandas = pytest.importorskip("pandas")
    days = [f"1/{n}/2020" for n in range(len(closes), 0, -1)] if dates is None else dates
    return pandas.DataFrame(
        {
            "Date": days,
            "Close": closes,
            " Open": closes,
            " High": closes,
            " Low": closes,
            " Volume": [100] * len(closes) if volumes is None else volumes,
        }
    )


def test_prices_come_oldest_first_in_one_column() -> None:
    """The file's newest day is the last price."""
    assert prices.closing_prices(_table([3.0, 2.0, 1.5])).tolist() == [[1.5], [2.0], [3.0]]


@pytest.mark.parametrize(("n", "share", "lengths"), [(10, 0.75, (7, 3)), (8, 0.75, (6, 2)), (3, 0.5, (1, 2))])
def test_split_preserves_the_order_and_rounds_the_training_part_down(
    n: int, share: float, lengths: tuple[int, int]
) -> None:
    """The training part comes first, the rest follows, and nothing is lost."""
    series = np.arange(n)

    train, test = split(series, share)

    assert (len(train), len(test)) == lengths
    assert [*train, *test] == list(range(n))


def test_look_back_features_by_hand() -> None:
    """Column i holds the value i days before, newest first, and 0 where the series has none yet."""
    found = look_back_features(_column(5, 6, 7, 8), 2)

    assert found.tolist() == [[0, 0], [5, 0], [6, 5], [7, 6]]


def test_preparation_by_hand() -> None:
    """The scale is that of the training part alone, and the test part looks back on itself only."""
    done = _prepare_eight()

    assert done.price_range == (10.0, 20.0)
    assert done.y_train[:, 0].tolist() == [0.0, 1.0, 0.5, 0.2, 0.4, 0.6]
    assert done.y_test[:, 0].tolist() == [-0.5, 3.0]
    assert done.x_train[2].tolist() == [1.0, 0.0]
    assert done.x_test.tolist() == [[0.0, 0.0], [-0.5, 0.0]]


def _prepare_eight() -> Prepared:
    return prepare(_column(10, 20, 15, 12, 14, 16, 5, 40), look_back=2)


def test_restoring_undoes_scaling() -> None:
    """Prices scaled and restored are the prices again."""
    closes = _column(10, 20, 15)

    restored = restore(scale(closes, (12.0, 14.0)), (12.0, 14.0))

    np.testing.assert_allclose(restored, closes, rtol=1e-15)


@pytest.mark.parametrize(
    ("x", "count"),
    [([[0, 0], [5, 0], [6, 5]], 0), ([[5, 0], [6, 5], [7, 6]], 5), ([[0, 0], [5, 1], [6, 5]], 1)],
)
def test_features_off_by_a_day_are_counted_as_misplaced(x: list[list[float]], count: int) -> None:
    """What is not the price as many days before, or not 0 before the first, is counted."""
    assert misplaced(np.array(x, dtype=np.float64), _column(5, 6, 7)) == count


@pytest.mark.parametrize(
    ("closes", "volumes", "company", "days"),
    [([3.0, 2.0], [9, 8], "IBM", 2), ([3.0, 2.5], [9, 8], "not IBM", 1), ([3.0, 2.0], [9, 7], "not IBM", 1)],
)
def test_the_company_is_ibm_only_if_every_close_and_volume_is(
    closes: list[float], volumes: list[int], company: str, days: int
) -> None:
    """One other close, or one other volume, and the prices are not known to be IBM's on all days."""
    ibm = _table([4.0, 3.0, 2.0], ["1/3/2020", "1/2/2020", "1/1/2020"], [7, 9, 8])

    outcome = whose_prices(_table(closes, ["1/2/2020", "1/1/2020"], volumes), ibm)

    assert (outcome.company, outcome.days_of_ibm) == (company, days)


def test_a_day_that_the_other_file_does_not_have_is_no_agreement() -> None:
    """Prices of a day that can't be compared count as others."""
    assert whose_prices(_table([3.0], ["2/2/2020"]), _table([3.0])).company == "not IBM"


@pytest.mark.parametrize("lag", [1, 3])
def test_autocorrelation_by_numpy(lag: int) -> None:
    """Of a long series far from 0 it is NumPy's correlation of the series with itself, moved by the lag."""
    rng = np.random.default_rng(lag)
    noise = rng.normal(size=5000)
    series = 3 + noise[lag:] + 0.8 * noise[:-lag]

    expected = np.corrcoef(series[lag:], series[:-lag])[0, 1]

    assert autocorrelation(series, lag) == pytest.approx(expected, abs=2e-3)


def test_a_monthly_cycle_is_noticed() -> None:
    """Prices whose returns repeat every 21 days have a monthly autocorrelation far above the claim's 0.08."""
    days = np.arange(400)
    noise = np.random.default_rng(0).normal(size=400)
    closes = 100 * np.exp(np.cumsum(0.01 * (np.sin(2 * np.pi * days / 21) + noise)))
    dates = [f"{1 + n // 28 % 12}/{1 + n % 28}/{2010 + n // 336}" for n in days][::-1]

    assert exercise_5_01(_table(closes[::-1], dates)).monthly_autocorrelation > 0.2


@pytest.mark.parametrize(("text", "expected"), [("1/17/2020", "2020-01-17"), ("12/1/2010", "2010-12-01")])
def test_dates_are_written_month_first(text: str, expected: str) -> None:
    """The file writes month, day, year."""
    (found,) = prices.days_of(_table([1.0], [text]))

    assert found == np.datetime64(expected)
