"""Exercise 5.04: Building a 1D Convolution-Based Model (chapter 5).

It has far fewer parameters than the plain RNN of exercise 5.03, and its forecasts are smoother.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.training.backend import keras
from workshop.training.summaries import NetworkSummary, built_layers, network_summary, parameter_totals
from workshop.units import unit

from ._data import prepare, prepared_examples, restore
from ._networks import convolution_output, input_shape
from ._training import LAST_100, Forecast, train_and_forecast
from .ex03_plain_rnn import exercise_5_03_model


def exercise_5_04_model(look_back: int = 10) -> Any:
    """Build the convolution, from `look_back` prices to the next."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((look_back,)),
            layers.Reshape((look_back, 1)),
            layers.Conv1D(5, 5, activation="relu"),
            layers.MaxPooling1D(5),
            layers.Flatten(),
            layers.Dense(1),
            layers.Activation("linear"),
        ]
    )


def exercise_5_04_in_keras(
    aapl_csv: Any, seed: int, epochs: int = 5
) -> tuple[dict[str, list[float]], list[float], np.ndarray]:
    """Train the convolution as the book does, in Keras' own calls, and forecast the test part.

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
    model = exercise_5_04_model()
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
    """The model as built. `conv_output` : steps, filters. `fewer_params` : its and the plain RNN's total."""

    conv_output: list[int]
    filters_vs_length: dict[str, int]
    fewer_params: list[int]


@unit("ch05.ex04", uses="tensorflow")
def exercise_5_04_summary() -> Model:
    """Build the convolution and read its summary. Source: chapter 5, exercise 5.04."""
    model = exercise_5_04_model()
    length = input_shape(built_layers(model)[1])[0]
    built = network_summary(model)
    return Model(
        **vars(built),
        conv_output=convolution_output(model),
        filters_vs_length={"filters": built.settings["Conv1D"]["filters"][0], "length": length},
        fewer_params=[parameter_totals(m).total for m in (model, exercise_5_03_model())],
    )


@unit("ch05.ex04", uses="tensorflow")
def exercise_5_04(ch05_text04: Any, seeds: Sequence[int], epochs: int = 5) -> tuple[Forecast, ...]:
    """Train the convolution. Source: chapter 5, exercise 5.04.

    `ch05_text04` : the outcome of `prepare_prices`, or own prices, as it takes them.
    Raises TypeError if `seeds` is not a list, ValueError if the prices don't do.
    """
    data = prepared_examples(ch05_text04)
    return train_and_forecast(exercise_5_04_model, data, seeds, epochs=epochs, zoom=LAST_100)
