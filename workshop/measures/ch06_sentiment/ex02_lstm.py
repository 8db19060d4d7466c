"""What is measured of exercise 6.02.

The model of exercise 6.01 with an LSTM, and its training.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.chapters.ch06_sentiment.ex02_lstm import exercise_6_02_model
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._summaries import recurrent_parameters
from ._training import review_trainings


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The model as built, and the parameters of its recurrent layer and of the plain RNN's."""

    four_times_rnn: list[int]


@unit("ch06.ex02", uses="tensorflow")
def exercise_6_02_summary() -> Model:
    """Build the LSTM and read its summary. Source: chapter 6, exercise 6.02."""
    model = exercise_6_02_model()
    counts = [recurrent_parameters(each) for each in (model, exercise_6_01_model())]
    return Model(**vars(network_summary(model)), four_times_rnn=counts)


exercise_6_02, exercise_6_02_earlier = review_trainings("ch06.ex02", exercise_6_02_model, epochs=5)
