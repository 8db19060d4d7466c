"""Exercise 5.05: Building a Hybrid (1D Convolution and RNN) Model (page 256).

A convolution and a recurrent layer together read ten days of prices and forecast the next.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras

from ._data import prepare, restore


def exercise_5_05_model(look_back: int = 10) -> Any:
    """Build the hybrid, from `look_back` prices to the next."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((look_back,)),
            layers.Reshape((look_back, 1)),
            layers.Conv1D(5, 3, activation="relu"),
            layers.SimpleRNN(32),
            layers.Dense(1),
            layers.Activation("linear"),
        ]
    )


def exercise_5_05_in_keras(
    aapl_csv: Any, epochs: int = 3
) -> tuple[dict[str, list[float]], list[float], np.ndarray]:
    """Train the hybrid as the book does, in Keras' own calls, and forecast the test part.

    The book gives `input_shape` to the first layers, of which Keras 3 warns, and scales by scikit-learn, to
    the same numbers.

    Parameters
    ----------
    aapl_csv : table with a column Close, newest day first.

    Returns
    -------
    Losses by epoch; RMSE [train, test], scaled; forecasts of the test part in USD, (n_test, 1).
    """
    data = prepare(aapl_csv.sort_index(ascending=False)[["Close"]].to_numpy())

    model = exercise_5_05_model()
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
