"""Exercise 5.03: Building Our First Plain RNN Model."""

import pytest

from tests.chapters.ch05.prices import DAYS, PRICES
from workshop.measures.ch05_sequences.ex03_plain_rnn import benchmarks
from workshop.measures.ch05_sequences.text04_preparing_prices import prepare_prices

pytestmark = pytest.mark.usefixtures("without_xla")


def test_a_zoom_is_cut_to_the_days_with_forecasts():
    prepared = prepare_prices(PRICES)

    cut, beyond, all_days = (
        benchmarks(prepared, zoom).simple_average["zoom"] for zoom in ((0, 290), (2400, 2501), (0, DAYS))
    )

    assert beyond == all_days == benchmarks(prepared).simple_average["full"]
    assert cut != all_days
