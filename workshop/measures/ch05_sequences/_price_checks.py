"""Checks of chapter 5's prices and forecasts: by pandas, by their mean, and from another start."""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.chapters.ch05_sequences._data import Prepared, prepare
from workshop.chapters.ch05_sequences.ex03_plain_rnn import exercise_5_03_model
from workshop.numerics.similarity import distance
from workshop.units import unit

from ._data import closing_prices, price_table
from ._training import LAST_100, rmse, train_and_forecast
from .text04_preparing_prices import prepare_prices


def compared_with_pandas(table: Any, data: Prepared, look_back: int = 10) -> float:
    """Prepare a table, newest day first, as the book's code does: split, scale, shift, fill with 0.

    Returns the largest difference of the prepared features and targets from those that pandas' `shift` makes.
    """
    from pandas import concat

    if not hasattr(table, "columns"):  # prices of your own, oldest day first
        table = price_table(table)[::-1].reset_index(drop=True)
    closes = table.sort_index(ascending=False)["Close"]
    n_train = int(len(closes) * 0.75)
    low, high = closes.iloc[:n_train].min(), closes.iloc[:n_train].max()
    gaps = []
    for part, x, y in (
        (closes.iloc[:n_train], data.x_train, data.y_train),
        (closes.iloc[n_train:], data.x_test, data.y_test),
    ):
        scaled = (part - low) / (high - low)
        shifted = concat([scaled.shift(days) for days in range(1, look_back + 1)], axis=1).fillna(0)
        gaps += [distance(x, shifted.to_numpy()), distance(y[:, 0], scaled.to_numpy())]
    return max(gaps)


@unit("ch05.text04", value="by_pandas", uses="pandas")
def preparation_by_pandas(aapl_csv: Any) -> float:
    """Check the preparation of AAPL's prices."""
    return compared_with_pandas(aapl_csv, prepare_prices(aapl_csv).prepared)


@unit("ch05.act01", value="by_pandas", uses="pandas")
def activity_preparation_by_pandas(ibm_csv: Any) -> float:
    """Check the preparation of the activity's prices."""
    return compared_with_pandas(ibm_csv, prepare(closing_prices(ibm_csv)))


def mean_forecast(data: Prepared) -> list[float]:
    """Forecast the mean of the training part for every day of both parts.

    Returns the RMSE [train, test], scaled, of the forecast that every price is the mean of the training part.
    """
    mean = data.y_train.mean()
    return [rmse(np.full(len(y), mean), y) for y in (data.y_train, data.y_test)]


@unit("ch05.text07", value="mean_rmse")
def mean_of_training(ch05_text04: Any) -> list[float]:
    """Forecast AAPL's prices, which are IBM's, by their mean."""
    return mean_forecast(ch05_text04.prepared)


@unit("ch05.act01", value="mean_rmse", uses="pandas")
def mean_of_training_ibm(ibm_csv: Any) -> list[float]:
    """Forecast the activity's prices by their mean."""
    return mean_forecast(prepare(closing_prices(ibm_csv)))


@unit("ch05.text07", value="other_start", uses="tensorflow")
def forecasts_of_two_starts(days: int = 80) -> float:
    """Train the plain RNN from two starts for an epoch, on made-up prices.

    Returns the largest distance between the forecasts from two starts of a network, in units of the training
    range.
    """
    steps = np.random.default_rng(8).normal(size=(days, 1))
    data = prepare(100 + np.cumsum(steps, axis=0))
    runs = train_and_forecast(exercise_5_03_model, data, [1, 2], epochs=1, zoom=LAST_100)
    one, other = (run.curves["forecasts"] for run in runs)
    return float(np.nanmax(np.abs(one - other)) / np.ptp(data.price_range))
