"""Training and judging forecasts, compared with Keras' own `fit` and with series worked out by hand."""

from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch05_sequences._data import Prepared, prepare, restore
from workshop.chapters.ch05_sequences.act01_ibm_prices import activity_5_01_model
from workshop.measures.ch05_sequences import _training as training
from workshop.measures.ch05_sequences._training import ADAM


def _prices(days: int = 80) -> Prepared:
    steps = np.random.default_rng(8).normal(size=days)
    return prepare(100 + np.cumsum(steps).reshape(-1, 1))


@pytest.mark.usefixtures("tensorflow", "without_xla")
def test_a_seeds_outcome_does_not_depend_on_its_companions():
    data = _prices()

    def logs(*seeds: int) -> dict[int, tuple[bytes, float]]:
        done = training.train_and_forecast(activity_5_01_model, data, seeds, epochs=1, zoom=slice(-15, None))
        return {seeds[i]: (outcome.log.tobytes(), outcome.test_rmse) for i, outcome in enumerate(done)}

    alone, together = logs(5), logs(9, 5, 7)

    assert alone[5] == together[5]
    assert len(set(together.values())) == 3
    with pytest.raises(TypeError, match=r"seeds is a list, one seed for each run: give seeds=\[5\]"):
        training.train_and_forecast(activity_5_01_model, data, 5, epochs=1, zoom=slice(None))


class _Fit:
    loss = np.array([0.5, 0.25])
    val_loss = np.array([0.125, 0.375])
    rows = np.array([6, 6])
    steps = np.array([3, 3])


def _forecast(shift: int = 0, noise: float = 0.0) -> training.Forecast:
    """Judge forecasts of the test part that are the prices of `shift` days before."""
    data = _prices(800)
    series = np.concatenate([data.y_train, data.y_test])[:, 0]
    n, rng = len(data.y_train), np.random.default_rng(12)
    of_test = series[n - shift : len(series) - shift] + noise * rng.normal(size=len(data.y_test))
    fit: Any = _Fit()
    return training.evaluate(fit, data, np.arange(6, 8), data.y_train[:, 0], of_test, slice(-100, None))


def test_what_ran_is_read_back():
    outcome = _forecast()

    assert outcome.training == training.Training(
        epochs=2, batch_size=2.0, validation_split=0.25, samples=[6, 2], validated=[6, 7]
    )
    assert outcome.log.tolist() == [[0.5, 0.125], [0.25, 0.375]]


def test_perfect_forecasts_have_no_error_and_no_lag():
    outcome = _forecast()

    assert (outcome.train_rmse, outcome.test_rmse) == (0.0, 0.0)
    assert outcome.drawn == training.Drawn(first=610, last=799, points=190)
    assert outcome.correlation == {"full": pytest.approx(1), "zoom": pytest.approx(1)}
    assert outcome.lag_advantage < 0
    assert outcome.roughness == pytest.approx(1)
    assert outcome.mishap == ""


def test_what_is_plotted_is_in_usd():
    data = _prices(800)

    curves = _forecast().curves

    in_usd = restore(np.concatenate([data.y_train, data.y_test])[:, 0], data.price_range)
    np.testing.assert_allclose(curves["prices"], in_usd)
    np.testing.assert_allclose(curves["forecasts"], [*[np.nan] * 610, *in_usd[610:]])


def test_yesterdays_prices_are_noticed_by_their_lag():
    data = _prices(800)
    changes = np.diff(np.append(data.y_train[-1:], data.y_test))

    outcome = _forecast(shift=1)

    assert outcome.lag_advantage == pytest.approx(1 - outcome.correlation["zoom"])
    assert outcome.test_rmse == pytest.approx(np.sqrt(np.mean(changes**2)))
    assert outcome.by_naive["test"] == pytest.approx(outcome.test_rmse / training.naive_rmse(data)[1])
    assert outcome.rmse_usd["test"] == pytest.approx(outcome.test_rmse * np.diff(data.price_range)[0])


@pytest.mark.parametrize(
    ("of_train", "message"),
    [
        (np.linspace(0, 1, 600), ""),
        (np.full(600, 0.5), "dead: forecasts of the training part are constant"),
        (np.append(np.zeros(599), np.nan), "diverged: forecasts are not finite"),
    ],
)
def test_mishaps_are_named(of_train, message):
    assert training.mishap(of_train) == message


def test_dead_forecasts_are_correlated_with_nothing():
    rising = np.arange(5.0)

    assert training.correlation(np.ones(5), rising) == 0.0
    assert training.correlation(-rising, rising) == pytest.approx(-1)


def test_naive_rmse_by_hand():
    """Yesterday's price against the day's: 0 is forecast for the first row, unless it is left out."""
    data = prepare(np.array([[10.0], [20.0], [15.0], [15.0], [20.0], [15.0], [10.0], [20.0]]))

    with_zero_row, without = training.naive_rmse(data), training.naive_rmse(data, skip=1)

    assert with_zero_row == pytest.approx([np.sqrt((0 + 1 + 0.25 + 0 + 0.25 + 0.25) / 6), np.sqrt(0.5)])
    assert without == pytest.approx([np.sqrt((1 + 0.25 + 0 + 0.25 + 0.25) / 5), 1.0])


def test_forecasts_are_drawn_where_their_history_is_whole():
    data = prepare(np.arange(8.0).reshape(-1, 1), look_back=1)

    drawn = training.by_position(data, np.array([7.0, 8.0]))

    np.testing.assert_array_equal(drawn, [np.nan] * 7 + [8.0])


def test_adam_has_the_defaults_of_keras(tensorflow):
    """The settings that the networks are trained with are those of `compile(optimizer="adam")`."""
    config = tensorflow.keras.optimizers.Adam().get_config()

    for name in ("learning_rate", "beta_1", "beta_2", "epsilon"):
        assert getattr(ADAM, name) == pytest.approx(config[name], rel=1e-6)
