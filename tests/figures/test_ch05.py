"""What the figures of chapter 5 show: forecasts over prices by position, and losses; no pixel is compared."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from tests.figures.drawing import crosses, legend, sheet
from workshop.figures import ch05
from workshop.figures.printed import BOOK

pytestmark = pytest.mark.usefixtures("matplotlib")

PRICES = np.array([10.0, 12.0, 11.0, 15.0, 14.0])
FORECASTS = np.array([np.nan, np.nan, 12.5, 11.5, 14.5])


def lines(panel: Any) -> dict[str, tuple[list[float], list[float]]]:
    """Return the curves of a panel by their label: positions and values."""
    return {line.get_label(): (line.get_xdata().tolist(), line.get_ydata().tolist()) for line in panel.lines}


def test_forecasts_are_drawn_over_the_prices_of_their_days() -> None:
    """All days are shown, forecasts from the first one on, each at its own position."""
    label, _, figure = next(ch05.forecasts(PRICES, FORECASTS, slice(2, 5)))

    (panel,) = figure.axes
    drawn = lines(panel)
    assert label == ""
    assert list(drawn) == ["price", "forecast"]
    assert drawn["price"] == ([0, 1, 2, 3, 4], PRICES.tolist())
    np.testing.assert_array_equal(drawn["forecast"], [[0, 1, 2, 3, 4], FORECASTS])
    assert len({line.get_linestyle() for line in panel.lines}) == 2
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("position (trading days)", "closing price (USD)")
    assert legend(figure) == ["price", "forecast"]


@pytest.mark.parametrize("zoom", [slice(2, 5), slice(-3, None)])
def test_the_zoomed_plot_shows_the_naive_forecast_too(zoom: slice) -> None:
    """Positions are those of the whole series; "tomorrow = today" starts with the price before the view."""
    _, (label, _, figure) = ch05.forecasts(PRICES, FORECASTS, zoom)

    (panel,) = figure.axes
    assert label == "zoomed"
    assert lines(panel) == {
        "price": ([2, 3, 4], [11.0, 15.0, 14.0]),
        "tomorrow = today": ([2, 3, 4], [12.0, 11.0, 15.0]),
        "forecast": ([2, 3, 4], [12.5, 11.5, 14.5]),
    }
    assert len({line.get_linestyle() for line in panel.lines}) == 3


@pytest.mark.parametrize(("days", "shown"), [(2600, (2400, 2500)), (2450, (2400, 2449)), (300, (200, 299))])
def test_the_plain_rnns_zoom_fits_own_prices(days: int, shown: tuple[int, int]) -> None:
    """The book's positions are shown as far as there are any, and of a shorter series the last 100 days."""
    prices = np.arange(float(days))

    _, (_, _, zoomed) = ch05.plain_rnn_forecasts(prices, prices)

    (panel,) = zoomed.axes
    positions, _ = lines(panel)["forecast"]
    assert (positions[0], positions[-1]) == shown


def test_the_first_day_has_no_naive_forecast() -> None:
    """There is no price before it."""
    np.testing.assert_array_equal(ch05.naive_forecasts(PRICES[:3]), [np.nan, 10, 12])


def test_losses_are_one_panel() -> None:
    """Training and validation by epoch, from 1, under the loss's own name."""
    (panel,) = sheet(ch05.losses(np.array([[0.9, 0.8], [0.5, 0.6]]))).axes

    assert lines(panel) == {"training": ([1, 2], [0.9, 0.5]), "validation": ([1, 2], [0.8, 0.6])}
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("epoch", "mean squared error\n(scaled prices)")
    assert legend(panel.figure) == ["training", "validation"]


@pytest.mark.parametrize(
    ("log", "limits"),
    [
        ([[0.9, 0.8], [0.5, 0.6]], (1e-4, 0.9)),
        ([[0.01, 0.02], [0.005, 0.006]], ch05.LOSSES),
        ([[0.01, 1e-5], [0.0, np.nan]], (1e-5, 1e-1)),
    ],
)
def test_losses_of_all_exercises_have_the_same_limits(log: Any, limits: tuple[float, float]) -> None:
    """They are wider where a loss lies outside; a logarithm of zero or of nothing is never asked for."""
    (panel,) = sheet(ch05.losses(np.array(log))).axes

    assert panel.get_yscale() == "log"
    assert panel.get_ylim() == limits


def test_printed_losses_are_crosses_at_their_epochs() -> None:
    """Those of the validation have a mark of their own; both have one entry in the legend."""
    printed = {BOOK: {"loss": {1: 0.04, 2: 0.03}, "val_loss": {2: 0.02}}}

    (panel,) = sheet(ch05.losses(np.array([[0.01, 0.02], [0.005, 0.006]]), printed)).axes

    assert crosses(panel) == [([1, 2], [0.04, 0.03]), ([2], [0.02])]
    assert len({line.get_marker() for line in panel.lines}) == 4
    assert legend(panel.figure) == ["training", "validation", "printed in the book"]


def test_errors_are_next_to_the_naive_and_the_printed_ones() -> None:
    """The band is what rounds to a printed error, and the limits are those of all exercises."""
    by_naive = {"train": 0.5, "test": 1.5}

    (panel,) = sheet(ch05.errors(0.02, 0.03, by_naive, [0.01, 0.04])).axes

    drawn = {line.get_label(): line.get_xdata().tolist() for line in panel.lines}
    assert drawn["this run"] == [0.02, 0.03]
    assert drawn["tomorrow = today"] == pytest.approx([0.04, 0.02])
    assert crosses(panel) == [([0.01, 0.04], [0, 1])]
    bands = [line.get_xdata() for line in panel.lines if line.get_linewidth() == 10]
    np.testing.assert_allclose(bands, [[0.005, 0.015], [0.035, 0.045]])
    assert panel.get_xlim() == ch05.RMSES
    assert legend(panel.figure) == ["this run", "tomorrow = today", "printed in the book", "rounds to it"]


def test_errors_of_own_prices_have_no_crosses() -> None:
    """The printed ones are in units of the book's prices."""
    (panel,) = sheet(ch05.errors(0.02, 0.1, {"train": 1.0, "test": 1.0})).axes

    assert legend(panel.figure) == ["this run", "tomorrow = today"]
    assert panel.get_xlim() == (0, 0.1)


@pytest.mark.parametrize(
    ("predicted", "zoom", "message"),
    [
        (FORECASTS[1:], slice(2, 5), "(4,) forecasts of (5,) prices: give one for each, or NaN"),
        (FORECASTS, slice(0, 2), "none of the 2 days has a forecast: zoom on those that have"),
    ],
)
def test_what_cant_be_drawn_is_one_clear_line(predicted: np.ndarray, zoom: slice, message: str) -> None:
    """The error names the thing and the remedy."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        list(ch05.forecasts(PRICES, predicted, zoom))
