"""What is measured of exercise 5.03.

With the text on its recurrent layer (ch05.text06), and the text that trains it, evaluates its forecasts and
misses a benchmark (ch05.text07).
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch05_sequences._data import prepare
from workshop.chapters.ch05_sequences.ex03_plain_rnn import exercise_5_03_model
from workshop.training.backend import keras
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._data import prepared_examples
from ._probes import input_shape
from ._training import (
    ADAM,
    LAST_100,
    LOSS,
    Forecast,
    by_position,
    correlation,
    mean_rmse,
    naive_rmse,
    train_and_forecast,
    zoomed_view,
)

SHOWN_DEFAULTS = (
    "activation",
    "use_bias",
    "kernel_initializer",
    "recurrent_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "recurrent_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "recurrent_constraint",
)


@unit("ch05.text06", value="signature_defaults", uses="tensorflow")
def signature(names: tuple[str, ...] = SHOWN_DEFAULTS) -> dict[str, Any]:
    """Read the defaults of Keras' SimpleRNN. Source: chapter 5, text on the SimpleRNN layer."""
    given = inspect.signature(keras.layers.SimpleRNN.__init__).parameters
    return {name: given[name].default for name in names}


@unit("ch05.text06", value="input_shape", uses="tensorflow")
def recurrent_input() -> list[int]:
    """Read the input shape of the plain RNN's recurrent layer.

    Returns steps and features. Source: chapter 5, text on SimpleRNN.
    """
    (layer,) = (la for la in exercise_5_03_model().layers if isinstance(la, keras.layers.SimpleRNN))
    return input_shape(layer)


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The model as built, and the settings of its layers and of its training."""

    setup: dict[str, Any]


@unit("ch05.ex03", uses="tensorflow")
def exercise_5_03() -> Model:
    """Build the plain RNN and read its summary. Source: chapter 5, exercise 5.03."""
    model = exercise_5_03_model()
    built = network_summary(model)
    setup = {
        "rnn_units": built.settings["SimpleRNN"]["units"][0],
        "output_units": built.settings["Dense"]["units"][0],
        "activation": built.settings["Activation"]["activation"][0],
        "loss": getattr(keras.losses, LOSS).__name__,
        "optimizer": type(ADAM).__name__.lower(),
    }
    return Model(**vars(built), setup=setup)


@unit("ch05.text07", uses="tensorflow")
def exercise_5_03_training(ch05_text04: Any, seeds: Sequence[int], epochs: int = 3) -> tuple[Forecast, ...]:
    """Train the plain RNN. Source: chapter 5, text on model training and performance evaluation.

    `ch05_text04` : the outcome of `prepare_prices`, or own prices, as it takes them.
    Raises TypeError if `seeds` is not a list, ValueError if the prices don't do.
    """
    data = prepared_examples(ch05_text04)
    return train_and_forecast(exercise_5_03_model, data, seeds, epochs=epochs, zoom=slice(2400, 2501))


@dataclass(frozen=True)
class Benchmarks:
    """Benchmarks without a network: RMSE [train, test] of "tomorrow = today" and of the mean of the training
    part, and ten-day mean forecasts.
    """

    persistence: dict[str, list[float]]
    mean_rmse: list[float]
    simple_average: dict[str, float]


@unit("ch05.text07")
def benchmarks(ch05_text04: Any, zoom: tuple[int, int] = (2400, 2501)) -> Benchmarks:
    """Forecast yesterday's price, the mean of all training days, and that of the look-back days.

    `zoom` : first position of the zoomed view and the position after its last.
    Source: chapter 5, text on the performance evaluation.
    """
    data = ch05_text04.prepared
    prices = np.concatenate([data.y_train, data.y_test])[:, 0]
    drawn = by_position(data, data.x_test.mean(axis=1))
    full, shown = np.isfinite(drawn), zoomed_view(data, slice(*zoom))
    return Benchmarks(
        persistence={"with_zero_row": naive_rmse(data), "without_zero_row": naive_rmse(data, skip=1)},
        mean_rmse=mean_rmse(data),
        simple_average={
            "full": correlation(drawn[full], prices[full]),
            "zoom": correlation(drawn[shown], prices[shown]),
        },
    )


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
