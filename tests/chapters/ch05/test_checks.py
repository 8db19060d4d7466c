"""Chapter 5's claims refuse other defaults, naive forecasts and other printed values."""

from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch05_sequences._data import prepare
from workshop.ledger import ledger
from workshop.measures.ch05_sequences import _checks as checks
from workshop.measures.ch05_sequences import _plots as plots
from workshop.measures.ch05_sequences import _training as training
from workshop.measures.ch05_sequences._training import mean_rmse, naive_rmse
from workshop.measures.ch05_sequences.ex03_plain_rnn import forecasts_of_two_starts


def parts_hold(claim: str, measured: Any) -> bool:
    """Return whether the claim's rule accepts a measured value."""
    found = ledger().claims[f"ch05.{claim}"]
    return found.rule.decide(found.documented, measured).holds


def _mean_of_days(rows: np.ndarray) -> np.ndarray:
    return rows.mean(axis=1, keepdims=True)


class TestForecasts:
    """Bounds of the errors, with baselines that need no network."""

    @pytest.mark.usefixtures("without_xla")
    @pytest.mark.parametrize("wrong", ["", "tomorrow is today", "the mean of ten days"])
    def test_forecasts_that_know_no_network_are_noticed(self, keras, monkeypatch, wrong):
        """A copy or a mean of earlier prices is the same from another start."""
        rules = {"tomorrow is today": lambda rows: rows[:, :1], "the mean of ten days": _mean_of_days}
        if wrong:
            monkeypatch.setattr(
                training,
                "predict_replicas",
                lambda _, weights, rows: np.stack([rules[wrong](rows) for _ in weights]),
            )

        assert parts_hold("text07.own_forecasts", forecasts_of_two_starts()) is (not wrong)

    def test_forecast_of_the_mean_by_hand(self):
        """The mean of the training part is forecast for the test part, too."""
        data = prepare(np.array([[0.0], [2.0], [0.0], [2.0], [0.0], [2.0], [3.0], [1.0]]))

        assert mean_rmse(data) == pytest.approx([0.5, np.sqrt((1 + 0) / 2)])
        assert naive_rmse(data)[0] != mean_rmse(data)[0]


def test_swapped_axes_are_noticed():
    """The call names x first: with the arguments exchanged, prices are on the x axis."""
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"Date": ["1/2/2020", "1/1/2020"], "Close": [3.0, 2.0]})

    line = plots.plotted(table)
    swapped = table.assign(Date=[2.0, 1.0]).plot("Close", "Date", backend=plots.__name__)

    assert (line.x, line.y) == (["1/2/2020", "1/1/2020"], [3.0, 2.0])
    assert (swapped.x, swapped.y) == ([3.0, 2.0], [2.0, 1.0])


def test_the_tenth_day_is_not_read():
    """The convolution's only window of five outputs ends before the day farthest back."""
    pytest.importorskip("tensorflow")

    assert checks.convolution_checked().days_read == list(range(1, 10))
    assert checks.plain_rnn_checked().days_read == list(range(1, 11))
