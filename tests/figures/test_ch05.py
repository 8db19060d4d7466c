"""What the figures of chapter 5 show: forecasts over prices by position; no pixel is compared."""

from __future__ import annotations

import re

import numpy as np
import pytest

from workshop.figures import ch05

PRICES = np.array([10.0, 12.0, 11.0, 15.0, 14.0])
FORECASTS = np.array([np.nan, np.nan, 12.5, 11.5, 14.5])


@pytest.fixture(autouse=True)
def matplotlib():
    """Skip where nothing can be drawn."""
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install 'workshop[figures]'")


def lines(panel):
    """Return the curves of a panel by their label: positions and values."""
    return {line.get_label(): (line.get_xdata().tolist(), line.get_ydata().tolist()) for line in panel.lines}


def test_forecasts_lie_over_the_prices_of_their_days():
    """All days are shown, forecasts from the first one on, each at its own position."""
    figure = ch05.forecasts_against_prices(PRICES, FORECASTS, title="RNN")

    (panel,) = figure.axes
    drawn = lines(panel)
    assert list(drawn) == ["price", "forecast"]
    assert drawn["price"] == ([0, 1, 2, 3, 4], PRICES.tolist())
    np.testing.assert_array_equal(drawn["forecast"], [[0, 1, 2, 3, 4], FORECASTS])
    assert len({line.get_linestyle() for line in panel.lines}) == 2
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("position (trading days)", "closing price (USD)")
    assert [text.get_text() for text in panel.get_legend().get_texts()] == ["price", "forecast"]
    assert [text.get_text() for text in figure.texts] == ["RNN"]


@pytest.mark.parametrize("zoom", [slice(2, 5), slice(-3, None)])
def test_zoomed_the_naive_forecast_stands_beside_them(zoom):
    """Positions are those of the whole series; "tomorrow = today" starts with the price before the view."""
    (panel,) = ch05.forecasts_against_prices(PRICES, FORECASTS, zoom=zoom).axes

    assert lines(panel) == {
        "price": ([2, 3, 4], [11.0, 15.0, 14.0]),
        "tomorrow = today": ([2, 3, 4], [12.0, 11.0, 15.0]),
        "forecast": ([2, 3, 4], [12.5, 11.5, 14.5]),
    }
    assert len({line.get_linestyle() for line in panel.lines}) == 3


def test_the_first_day_has_no_naive_forecast():
    """There is no price before it."""
    np.testing.assert_array_equal(ch05.naive_forecasts(PRICES[:3]), [np.nan, 10, 12])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda: ch05.forecasts_against_prices(PRICES, FORECASTS[1:]),
            "(4,) forecasts of (5,) prices: give one for each, or NaN",
        ),
        (
            lambda: ch05.forecasts_against_prices(PRICES, FORECASTS, zoom=slice(0, 2)),
            "none of the 2 days has a forecast: zoom on those that have",
        ),
    ],
)
def test_what_cant_be_drawn_is_one_clear_line(draw, message):
    """The error names the thing and the remedy."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        draw()
