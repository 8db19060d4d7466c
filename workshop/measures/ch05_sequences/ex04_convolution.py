"""What is measured of exercise 5.04.

It has far fewer parameters than the plain RNN of exercise 5.03, and its forecasts are smoother.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from workshop.chapters.ch05_sequences.ex03_plain_rnn import exercise_5_03_model
from workshop.chapters.ch05_sequences.ex04_convolution import exercise_5_04_model
from workshop.training.summaries import NetworkSummary, built_layers, network_summary, parameter_totals
from workshop.units import unit

from ._data import prepared_examples
from ._probes import input_shape
from ._training import LAST_100, Forecast, train_and_forecast


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
        conv_output=built.layers[1][1][1:],  # behind the layer that reshapes
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
