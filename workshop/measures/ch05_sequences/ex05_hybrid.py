"""What is measured of exercise 5.05.

The convolution comes first, and a recurrent layer reads its output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from workshop.chapters.ch05_sequences.ex03_plain_rnn import exercise_5_03_model
from workshop.chapters.ch05_sequences.ex05_hybrid import exercise_5_05_model
from workshop.training.summaries import NetworkSummary, network_summary, parameter_totals
from workshop.units import unit

from ._data import prepared_examples
from ._training import LAST_100, Forecast, train_and_forecast


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
    built = network_summary(model)
    builders = {"hybrid": exercise_5_05_model, "plain RNN": exercise_5_03_model}
    return Model(
        **vars(built),
        conv_output=built.layers[1][1][1:],  # behind the layer that reshapes
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
