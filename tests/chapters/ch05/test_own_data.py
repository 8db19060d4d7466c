"""Own prices in the exercises of chapter 5: a short table or a plain array, and what can't be used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.measures.ch05_sequences.act01_ibm_prices import activity_5_01, activity_5_01_data
from workshop.measures.ch05_sequences.ex02_forward_pass import exercise_5_02
from workshop.measures.ch05_sequences.ex03_plain_rnn import benchmarks, exercise_5_03_training
from workshop.measures.ch05_sequences.ex04_convolution import exercise_5_04
from workshop.measures.ch05_sequences.ex05_hybrid import exercise_5_05
from workshop.measures.ch05_sequences.text04_preparing_prices import prepare_prices

DAYS = 300
PRICES = 100 + np.cumsum(np.random.default_rng(4).normal(size=DAYS))
KINDS = ("newest first", "oldest first", "indexed by day", "array", "column")


def own_prices(kind: str) -> Any:
    """Return the prices in one of the kinds that a reader brings; pandas is imported here."""
    pandas = pytest.importorskip("pandas")
    dates = pandas.date_range("2021-03-01", periods=DAYS)
    return {
        "newest first": pandas.DataFrame({"Close": PRICES[::-1], "Date": dates[::-1].strftime("%m/%d/%Y")}),
        "oldest first": pandas.DataFrame({"Date": dates, " Close": PRICES}),
        "indexed by day": pandas.DataFrame({"Close": PRICES[::-1], "Date": dates[::-1]}, index=dates[::-1]),
        "array": PRICES,
        "column": PRICES.reshape(-1, 1),
        "without Close": pandas.DataFrame({"Date": dates, "Open": PRICES}),
        "without Date": pandas.DataFrame({"Close": PRICES}),
        "five columns": np.ones((30, 5)),
        "with a gap": [1.0, np.nan, 3.0],
    }[kind]


pytestmark = pytest.mark.usefixtures("without_xla")
NIGHTLY = pytest.mark.nightly
TRAININGS = {"5.03": exercise_5_03_training, "5.04": exercise_5_04, "5.05": exercise_5_05}


@pytest.mark.parametrize("kind", KINDS)
def test_tables_and_arrays_are_prepared_alike(kind: str) -> None:
    expected = prepare_prices(own_prices("array"))

    found = prepare_prices(own_prices(kind))

    assert found.split_lengths == [225, 75]
    np.testing.assert_array_equal(found.prepared.x_train, expected.prepared.x_train)
    np.testing.assert_array_equal(found.prepared.y_test, expected.prepared.y_test)
    assert activity_5_01_data(own_prices(kind)).naive_rmse == activity_5_01_data(PRICES).naive_rmse


def test_own_steps_go_through_the_forward_pass(tensorflow: Any) -> None:
    outcome = exercise_5_02(np.ones((4, 5)), np.zeros((4, 5), int), neurons=2)

    assert outcome.yt1_shape == [4, 2]
    assert outcome.weight_shapes["Wf"] == [5, 2]


@pytest.mark.parametrize(
    "exercise", ["5.04", *(pytest.param(each, marks=NIGHTLY) for each in ("5.03", "5.05"))]
)
def test_networks_are_trained_on_a_short_series(tensorflow: Any, exercise: str) -> None:
    (outcome,) = TRAININGS[exercise](prepare_prices(own_prices("newest first")), seeds=[1], epochs=1)

    assert (outcome.drawn.first, outcome.drawn.last, outcome.drawn.points) == (235, 299, 65)
    assert outcome.correlation["zoom"] == outcome.correlation["full"]
    assert np.isfinite([outcome.lag_advantage, outcome.roughness]).all()


def test_training_takes_prices_as_they_are(tensorflow: Any) -> None:
    """They are prepared first, so that the outcome is that of prepared examples; the activity's call, too."""
    prepared, direct = (
        exercise_5_04(data, seeds=[1], epochs=1)[0] for data in (prepare_prices(PRICES), PRICES)
    )

    assert direct.log.tobytes() == prepared.log.tobytes()
    assert activity_5_01(own_prices("oldest first"), [1], epochs=1)[0].drawn.points == 65


def test_a_longer_look_back_gives_another_network(tensorflow: Any) -> None:
    (outcome,) = exercise_5_05(prepare_prices(PRICES, look_back=20), seeds=[1], epochs=1)

    assert outcome.drawn.points == 55


def test_a_zoom_is_cut_to_the_days_with_forecasts() -> None:
    prepared = prepare_prices(PRICES)

    cut, beyond, all_days = (
        benchmarks(prepared, zoom).simple_average["zoom"] for zoom in ((0, 290), (2400, 2501), (0, DAYS))
    )

    assert beyond == all_days == benchmarks(prepared).simple_average["full"]
    assert cut != all_days
