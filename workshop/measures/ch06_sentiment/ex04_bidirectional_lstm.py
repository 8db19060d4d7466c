"""What is measured of exercise 6.04.

The model of exercise 6.01 with an LSTM in each direction, and its training.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.chapters.ch06_sentiment.ex02_lstm import exercise_6_02_model
from workshop.chapters.ch06_sentiment.ex04_bidirectional_lstm import exercise_6_04_model
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._summaries import recurrent_parameters, total_parameters
from ._training import review_trainings


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The model as built, and its parameters divided by those of the LSTM and the plain RNN.

    `ratios` : for the recurrent layers. `text_model_ratio` : for these and for the whole models.
    """

    ratios: dict[str, float]
    text_model_ratio: dict[str, dict[str, float]]


@unit("ch06.ex04", uses="tensorflow")
def exercise_6_04_summary() -> Model:
    """Build the bidirectional LSTM and read its summary. Source: chapter 6, exercise 6.04."""
    model = exercise_6_04_model()
    others = {"lstm": exercise_6_02_model(), "rnn": exercise_6_01_model()}
    of_layers, of_models = (
        {name: count(model) / count(other) for name, other in others.items()}
        for count in (recurrent_parameters, total_parameters)
    )
    return Model(
        **vars(network_summary(model)),
        ratios=of_layers,
        text_model_ratio={"recurrent_layers": of_layers, "whole_models": of_models},
    )


exercise_6_04, exercise_6_04_earlier = review_trainings("ch06.ex04", exercise_6_04_model, epochs=4)
