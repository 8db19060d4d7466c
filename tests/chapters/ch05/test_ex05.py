"""Exercise 5.05: Building a Hybrid (1D Convolution and RNN) Model."""

import pytest

from tests.chapters.ch05.prices import PRICES
from workshop.measures.ch05_sequences.ex05_hybrid import exercise_5_05
from workshop.measures.ch05_sequences.text04_preparing_prices import prepare_prices

pytestmark = pytest.mark.usefixtures("without_xla")


def test_a_longer_look_back_gives_another_network(tensorflow):
    (outcome,) = exercise_5_05(prepare_prices(PRICES, look_back=20), seeds=[1], epochs=1)

    assert outcome.drawn.points == 55
