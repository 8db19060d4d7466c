"""What is measured of exercise 6.05.

The model of exercise 6.01 with two LSTMs on top of each other, and its training.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop.chapters.ch06_sentiment.ex04_bidirectional_lstm import exercise_6_04_model
from workshop.chapters.ch06_sentiment.ex05_stacked_lstm import exercise_6_05_model
from workshop.training.summaries import NetworkSummary, network_summary
from workshop.units import unit

from ._summaries import recurrent_parameters, total_parameters
from ._training import review_trainings


@dataclass(frozen=True)
class Model(NetworkSummary):
    """The model as built, and its parameters minus those of the bidirectional model."""

    same_as_bidirectional: dict[str, int]


@unit("ch06.ex05", uses="tensorflow")
def exercise_6_05_summary() -> Model:
    """Build the stacked LSTMs and read their summary. Source: chapter 6, exercise 6.05."""
    model, bidirectional = exercise_6_05_model(), exercise_6_04_model()
    counts = {"recurrent_layers": recurrent_parameters, "whole_models": total_parameters}
    return Model(
        **vars(network_summary(model)),
        same_as_bidirectional={name: count(model) - count(bidirectional) for name, count in counts.items()},
    )


exercise_6_05, exercise_6_05_earlier = review_trainings("ch06.ex05", exercise_6_05_model, epochs=4)
