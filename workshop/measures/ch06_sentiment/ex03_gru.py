"""What is measured of exercise 6.03.

The model of exercise 6.01 with a GRU, and its training.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.chapters.ch06_sentiment.ex02_lstm import exercise_6_02_model
from workshop.chapters.ch06_sentiment.ex03_gru import exercise_6_03_model
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._summaries import recurrent_parameters
from ._training import review_trainings


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The model as built, and its recurrent layer's parameters divided by the LSTM's and the plain RNN's."""

    ratios: dict[str, float]


@unit("ch06.ex03", uses="tensorflow")
def exercise_6_03_summary() -> Model:
    """Build the GRU and read its summary. Source: chapter 6, exercise 6.03."""
    model = exercise_6_03_model()
    others = {"lstm": exercise_6_02_model(), "rnn": exercise_6_01_model()}
    own = recurrent_parameters(model)
    return Model(
        **vars(network_summary(model)),
        ratios={name: own / recurrent_parameters(other) for name, other in others.items()},
    )


exercise_6_03, exercise_6_03_earlier = review_trainings("ch06.ex03", exercise_6_03_model, epochs=4)
