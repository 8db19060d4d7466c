"""Activity 5.01: Using a Plain RNN Model to Predict IBM Stock Prices (chapter 5, page 410).

In spite of its title the model is a hybrid: the one of exercise 5.05 with dropout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.training.backend import keras
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._data import Extremes, Line, closing_prices, extremes, line, oldest_first, prepare, price_table, restore
from ._training import LAST_100, Forecast, naive_rmse, train_and_forecast


def activity_5_01_model(look_back: int = 10) -> Any:
    """Build the hybrid with dropout, from `look_back` prices to the next."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((look_back,)),
            layers.Reshape((look_back, 1)),
            layers.Conv1D(5, 3, activation="relu"),
            layers.SimpleRNN(32),
            layers.Dropout(0.25),
            layers.Dense(1),
            layers.Activation("linear"),
        ]
    )


def activity_5_01_in_keras(
    ibm_csv: Any, seed: int, epochs: int = 5
) -> tuple[dict[str, list[float]], list[float], np.ndarray]:
    """Train the hybrid with dropout as the book does, in Keras' own calls, and forecast the test part.

    The print gives `input_shape` to the first layers, of which Keras 3 warns, and scales by scikit-learn, to
    the same numbers. It sets no seed. The task asks for a look-back
    of 15 days, its solution has 10.

    Parameters
    ----------
    ibm_csv : table with a column Close, newest day first.

    Returns
    -------
    Losses by epoch; RMSE [train, test], scaled; forecasts of the test part in USD, (n_test, 1).
    """
    keras.utils.set_random_seed(seed)
    data = prepare(ibm_csv.sort_index(ascending=False)[["Close"]].to_numpy())
    model = activity_5_01_model()
    model.compile(loss="mean_squared_error", optimizer="adam")
    history = model.fit(
        data.x_train, data.y_train, epochs=epochs, batch_size=1, validation_split=0.1, verbose=2
    )
    losses = [
        model.evaluate(data.x_train, data.y_train, verbose=0),
        model.evaluate(data.x_test, data.y_test, verbose=0),
    ]
    forecasts = model.predict(data.x_test, verbose=0)
    return history.history, [loss**0.5 for loss in losses], restore(forecasts, data.price_range)


# The book's part ends here. What follows measures it.


@dataclass(frozen=True)
class Data:
    """IBM's prices as plotted and as prepared, and RMSE [train, test] of the forecast "tomorrow = today"."""

    by_date: Line
    by_position: Extremes
    split_lengths: list[int]
    look_back: int
    shapes: list[list[int]]
    naive_rmse: list[float]


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
