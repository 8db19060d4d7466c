"""Checks of chapter 5's forecasts: by their mean, and from another start."""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.chapters.ch05_sequences._data import Prepared, prepare
from workshop.chapters.ch05_sequences.ex03_plain_rnn import exercise_5_03_model
from workshop.units import unit

from ._data import closing_prices
from ._training import LAST_100, rmse, train_and_forecast


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
