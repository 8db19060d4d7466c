"""What is measured of activity 5.01.

In spite of its title the model is a hybrid: the one of exercise 5.05 with dropout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from workshop.chapters.ch05_sequences._data import prepare
from workshop.chapters.ch05_sequences.act01_ibm_prices import activity_5_01_model
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._data import Extremes, Line, closing_prices, extremes, line, oldest_first, price_table
from ._training import LAST_100, Forecast, mean_rmse, naive_rmse, train_and_forecast


@dataclass(frozen=True)
class Data:
    """IBM's prices as plotted and as prepared.

    `naive_rmse`, `mean_rmse` : RMSE [train, test] of "tomorrow = today" and of the training part's mean.
    """

    by_date: Line
    by_position: Extremes
    split_lengths: list[int]
    look_back: int
    shapes: list[list[int]]
    naive_rmse: list[float]
    mean_rmse: list[float]


@unit("ch05.act01", uses="pandas")
def activity_5_01_data(ibm_csv: Any) -> Data:
    """Plot, split and scale the prices, and make look-back features. Source: chapter 5, activity 5.01.

    `ibm_csv` : a table with Date and Close, or an array of closing prices, oldest first, (days,).
    Raises ValueError if the table has no such column, or prices are missing.
    """
    table = oldest_first(price_table(ibm_csv))
    prices = closing_prices(ibm_csv)
    data = prepare(prices)
    return Data(
        by_date=line(table["Date"].tolist(), table["Close"].to_numpy()),
        by_position=extremes(prices),
        split_lengths=[len(data.y_train), len(data.y_test)],
        look_back=data.x_train.shape[1],
        shapes=[list(data.x_train.shape), list(data.x_test.shape)],
        naive_rmse=naive_rmse(data),
        mean_rmse=mean_rmse(data),
    )


@unit("ch05.act01", uses="tensorflow")
def activity_5_01_summary() -> NetworkSummary:
    """Build the hybrid with dropout and read its summary. Source: chapter 5, activity 5.01."""
    return network_summary(activity_5_01_model())


@unit("ch05.act01", uses="tensorflow pandas")
def activity_5_01(ibm_csv: Any, seeds: Sequence[int], epochs: int = 5) -> tuple[Forecast, ...]:
    """Train the hybrid with dropout on IBM's prices. Source: chapter 5, activity 5.01.

    `ibm_csv` : a table with Date and Close, or an array of closing prices, oldest first, (days,).
    Raises TypeError if `seeds` is not a list, ValueError if the prices don't do.
    """
    data = prepare(closing_prices(ibm_csv))
    return train_and_forecast(activity_5_01_model, data, seeds, epochs=epochs, zoom=LAST_100)
