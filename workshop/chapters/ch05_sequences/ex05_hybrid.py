"""Exercise 5.05: Building a Hybrid (1D Convolution and RNN) Model (chapter 5).

The convolution comes first, and a recurrent layer reads its output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.training.backend import keras
from workshop.training.summaries import NetworkSummary, network_summary, parameter_totals
from workshop.units import unit

from ._data import prepare, prepared_examples, restore
from ._networks import convolution_output
from ._training import LAST_100, Forecast, train_and_forecast
from .ex03_plain_rnn import exercise_5_03_model


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
    aapl_csv: Any, seed: int, epochs: int = 3
) -> tuple[dict[str, list[float]], list[float], np.ndarray]:
    """Train the hybrid as the book does, in Keras' own calls, and forecast the test part.

    The print gives `input_shape` to the first layers, of which Keras 3 warns, and scales by scikit-learn, to
    the same numbers. It sets no seed.

    Parameters
    ----------
    aapl_csv : table with a column Close, newest day first.

    Returns
    -------
    Losses by epoch; RMSE [train, test], scaled; forecasts of the test part in USD, (n_test, 1).
    """
    keras.utils.set_random_seed(seed)
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


# The book's part ends here. What follows measures it.


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The model as built, its parameters and the plain RNN's, and both for look-backs of 10 and 100."""

    conv_output: list[int]
    more_params_than_rnn: list[int]
    params_by_length: dict[str, list[int]]


@unit("ch05.ex05", uses="tensorflow")
def exercise_5_05_summary(look_backs: tuple[int, int] = (10, 100)) -> Model:
    """Build the hybrid and read its summary, and again for sequences ten times as long.

    Source: chapter 5, exercise 5.05.
    """
    model = exercise_5_05_model()
    builders = {"hybrid": exercise_5_05_model, "plain RNN": exercise_5_03_model}
    return Model(
        **vars(network_summary(model)),
        conv_output=convolution_output(model),
        more_params_than_rnn=[parameter_totals(m).total for m in (model, exercise_5_03_model())],
        params_by_length={
            name: [parameter_totals(build(look_back)).total for look_back in look_backs]
            for name, build in builders.items()
        },
    )


@unit("ch05.ex05", uses="tensorflow")
def exercise_5_05(ch05_text04: Any, seeds: Sequence[int], epochs: int = 3) -> tuple[Forecast, ...]:
    """Train the hybrid. Source: chapter 5, exercise 5.05.

    `ch05_text04` : the outcome of `prepare_prices`, or own prices, as it takes them.
    Raises TypeError if `seeds` is not a list, ValueError if the prices don't do.
    """
    data = prepared_examples(ch05_text04)
    return train_and_forecast(exercise_5_05_model, data, seeds, epochs=epochs, zoom=LAST_100)
