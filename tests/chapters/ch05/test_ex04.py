"""Exercise 5.04: Building a 1D Convolution-Based Model."""

import numpy as np
import pytest

from tests.chapters.ch05.prices import PRICES, own_prices
from workshop.measures.ch05_sequences.act01_ibm_prices import activity_5_01
from workshop.measures.ch05_sequences.ex03_plain_rnn import exercise_5_03_training
from workshop.measures.ch05_sequences.ex04_convolution import exercise_5_04
from workshop.measures.ch05_sequences.ex05_hybrid import exercise_5_05
from workshop.measures.ch05_sequences.text04_preparing_prices import prepare_prices

pytestmark = pytest.mark.usefixtures("without_xla")

NIGHTLY = pytest.mark.nightly
TRAININGS = {"5.03": exercise_5_03_training, "5.04": exercise_5_04, "5.05": exercise_5_05}


@pytest.mark.parametrize(
    "exercise", ["5.04", *(pytest.param(each, marks=NIGHTLY) for each in ("5.03", "5.05"))]
)
def test_networks_are_trained_on_a_short_series(tensorflow, exercise):
    (outcome,) = TRAININGS[exercise](prepare_prices(own_prices("newest first")), seeds=[1], epochs=1)

    assert (outcome.drawn.first, outcome.drawn.last, outcome.drawn.points) == (235, 299, 65)
    assert outcome.correlation["zoom"] == outcome.correlation["full"]
    assert np.isfinite([outcome.lag_advantage, outcome.roughness]).all()


def test_training_takes_prices_as_they_are(tensorflow):
    """They are prepared first, so that the outcome is that of prepared examples; the activity's call, too."""
    prepared, direct = (
        exercise_5_04(data, seeds=[1], epochs=1)[0] for data in (prepare_prices(PRICES), PRICES)
    )

    assert direct.log.tobytes() == prepared.log.tobytes()
    assert activity_5_01(own_prices("oldest first"), [1], epochs=1)[0].drawn.points == 65
