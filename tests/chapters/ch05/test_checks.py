"""Chapter 5's claims refuse other defaults, naive forecasts and other printed values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch05_sequences import _checks as checks
from workshop.chapters.ch05_sequences import _plots as plots
from workshop.chapters.ch05_sequences import _price_checks as price_checks
from workshop.chapters.ch05_sequences import _training as training
from workshop.chapters.ch05_sequences._data import prepare
from workshop.chapters.ch05_sequences._training import naive_rmse
from workshop.ledger import ledger


def parts_hold(claim: str, measured: Any) -> bool:
    """Return whether the claim's rule accepts a measured value."""
    found = ledger().claims[f"ch05.{claim}"]
    return found.rule.decide(found.documented, measured).holds


def share_holds(claim: str, measured: Any) -> bool:
    """Return whether one run with this value counts for the claim's shares."""
    found = ledger().claims[f"ch05.{claim}"]
    return all(share.decide(None, measured).holds for share in found.rule.shares)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"activation": "relu"}, "by_hand"),
        ({"bias_initializer": "ones"}, "largest_bias"),
        ({"recurrent_initializer": "glorot_uniform"}, "not_orthogonal"),
        ({"kernel_initializer": "he_uniform"}, "kernel_reach"),
        ({"kernel_regularizer": "l2"}, "penalties"),
    ],
)
def test_other_defaults_are_noticed(
    keras: Any, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], field: str
) -> None:
    """A layer that does otherwise than the shown default fails the part that the default is for."""
    claim = ledger().claims["ch05.text06.signature_defaults"]
    right = {"signature_defaults": claim.documented, **vars(checks.defaults_at_work())}
    layer = keras.layers.SimpleRNN
    monkeypatch.setattr(layer, "__init__", partial_init(layer.__init__, changed))
    wrong = {**right, field: vars(checks.defaults_at_work())[field]}

    assert parts_hold("text06.signature_defaults", right)
    assert not parts_hold("text06.signature_defaults", wrong)


def partial_init(init: Callable[..., None], changed: dict[str, str]) -> Callable[..., None]:
    """Return a constructor with other defaults."""

    def other(self: Any, *args: Any, **given: Any) -> None:
        init(self, *args, **{**changed, **given})

    return other


def _mean_of_days(rows: np.ndarray) -> np.ndarray:
    return rows.mean(axis=1, keepdims=True)


class TestForecasts:
    """Bounds of the errors, with baselines that need no network."""

    @pytest.mark.parametrize("unit", ["text07", "ex04", "ex05", "act01"])
    def test_the_mean_of_training_misses_every_bound(self, unit: str) -> None:
        """A network that has learnt the mean alone is far above what the book prints."""
        mean = ledger().claims["ch05.text07.mean_rmse"].documented

        assert not share_holds(f"{unit}.train_rmse_bound", mean[0])
        assert not share_holds(f"{unit}.test_rmse_bound", mean[1])

    @pytest.mark.parametrize(
        ("unit", "train", "test"),
        [("text07", 0.02, 0.03), ("ex04", 0.04, 0.05), ("ex05", 0.02, 0.03), ("act01", 0.03, 0.03)],
    )
    def test_bounds_are_the_printed_digits_and_one_unit(self, unit: str, train: float, test: float) -> None:
        """The printed errors meet them, and so do those that are one unit above, but not more."""
        for part, printed in (("train", train), ("test", test)):
            assert ledger().claims[f"ch05.{unit}.{part}_rmse"].documented == printed
            assert share_holds(f"{unit}.{part}_rmse_bound", printed + 0.0099)
            assert not share_holds(f"{unit}.{part}_rmse_bound", printed + 0.0101)

    @pytest.mark.parametrize(("unit", "naive"), [("text07", 0.089), ("ex05", 0.074), ("act01", 0.082)])
    def test_a_day_late_is_not_on_the_day(self, unit: str, naive: float) -> None:
        """The naive forecast is a day late; one that has the moves on their own day is not."""
        assert all(share_holds(f"{unit}.day_late", lag) for lag in (naive, 0.75 * naive))
        assert not any(share_holds(f"{unit}.day_late", lag) for lag in (-naive, 0.0, 0.4 * naive))

    @pytest.mark.parametrize(
        ("claim", "average", "naive"),
        [
            ("text07.fig5_29", 0.598, 0.911),
            ("ex05.fig_zoom", {"level": 0.716, "minute": 0.295}, {"level": 0.926, "minute": 1.003}),
            ("act01.fig_zoom", {"level": 0.688, "fine": 0.293}, {"level": 0.918, "fine": 0.993}),
        ],
    )
    def test_ten_day_means_capture_no_variations(self, claim: str, average: Any, naive: Any) -> None:
        """The zoomed view tells a curve with the price's rises and falls from their average."""
        shown = ledger().claims[f"ch05.{claim}"].rule.shown

        assert all(check.decide(None, naive).holds for check in shown)
        assert not any(check.decide(None, average).holds for check in shown)

    @pytest.mark.parametrize("unit", ["text07", "ex04", "ex05", "act01"])
    def test_no_better_forecast_is_too_far_from_the_prices(self, unit: str) -> None:
        """From a network's on, whatever is nearer to the prices passes, up to the prices themselves."""
        network = {"full": 0.965, "zoom": 0.9, "roughness": 0.8}

        for better in (0.0, 0.5, 1.0):
            assert share_holds(f"{unit}.closeness", {n: v + better * (1 - v) for n, v in network.items()})
        for name in network if unit in {"ex05", "act01"} else ("full",):
            assert not share_holds(f"{unit}.closeness", {**network, name: 0.6})

    @pytest.mark.usefixtures("without_xla")
    @pytest.mark.parametrize("wrong", ["", "tomorrow is today", "the mean of ten days"])
    def test_forecasts_that_know_no_network_are_noticed(
        self, keras: Any, monkeypatch: pytest.MonkeyPatch, wrong: str
    ) -> None:
        """A copy or a mean of earlier prices is the same from another start."""
        rules = {"tomorrow is today": lambda rows: rows[:, :1], "the mean of ten days": _mean_of_days}
        if wrong:
            monkeypatch.setattr(
                training,
                "predict_replicas",
                lambda _, weights, rows: np.stack([rules[wrong](rows) for _ in weights]),
            )

        assert parts_hold("text07.own_forecasts", price_checks.forecasts_of_two_starts()) is (not wrong)

    def test_losses_that_rise_once_do_not_fall(self) -> None:
        """The training loss has to fall at every step; the printed one does."""
        claim = "text07.loss_decreases"

        found = ledger().claims[f"ch05.{claim}"]
        (check,) = found.rule.shown
        assert check.decide(None, found.documented).holds
        assert not check.decide(None, [0.0036, 0.0012, 0.0013]).holds

    def test_forecast_of_the_mean_by_hand(self) -> None:
        """The mean of the training part is forecast for the test part, too."""
        data = prepare(np.array([[0.0], [2.0], [0.0], [2.0], [0.0], [2.0], [3.0], [1.0]]))

        assert price_checks.mean_forecast(data) == pytest.approx([0.5, np.sqrt((1 + 0) / 2)])
        assert naive_rmse(data)[0] != price_checks.mean_forecast(data)[0]


def test_swapped_axes_are_noticed() -> None:
    """The call names x first: with the arguments exchanged, prices are on the x axis."""
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"Date": ["1/2/2020", "1/1/2020"], "Close": [3.0, 2.0]})

    line = plots.plotted(table)
    swapped = table.assign(Date=[2.0, 1.0]).plot("Close", "Date", backend=plots.__name__)

    assert (line.x, line.y) == (["1/2/2020", "1/1/2020"], [3.0, 2.0])
    assert (swapped.x, swapped.y) == ([3.0, 2.0], [2.0, 1.0])


def test_the_tenth_day_is_not_read() -> None:
    """The convolution's only window of five outputs ends before the day farthest back."""
    pytest.importorskip("tensorflow")

    assert checks.convolution_checked().days_read == list(range(1, 10))
    assert checks.plain_rnn_checked().days_read == list(range(1, 11))


@pytest.mark.parametrize(("seconds", "holds"), [(3, True), (5, False), (6, False)])
def test_less_time_must_be_more_than_rounding(seconds: int, holds: bool) -> None:
    """The printed seconds are rounded: 5 against 6 would say nothing."""
    claim = ledger().claims["ch05.ex04.faster"]

    rule = claim.rule.decide({"conv_epoch_s": seconds}, ledger().others(claim))

    assert rule.holds is holds


def test_the_task_contradicts_the_solutions_shapes() -> None:
    """15 days are asked for, and 10 are printed three times, in two shapes and a summary."""
    claim = ledger().claims["ch05.act01.look_back_task"]
    printed = ledger().others(claim)

    assert printed == [10, 10, 10]
    assert not claim.rule.decide(claim.documented, printed).holds
    assert claim.rule.decide(claim.correct, printed).holds
