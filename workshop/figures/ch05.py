"""Figures of chapter 5: forecasts against prices, as a whole and zoomed, and losses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from workshop.figures.alt_text import counted, four_digits, over_epochs, span
from workshop.figures.curves import draw_curves
from workshop.figures.panels import BLUE, ORANGE, panels
from workshop.figures.registry import Plot, figure

# distinct without colours, too
PRICES = {"color": "black", "linestyle": "-", "linewidth": 1.0, "label": "price"}
FORECASTS = {"color": ORANGE, "linestyle": "--", "linewidth": 1.2, "label": "forecast"}
NAIVE = {"color": BLUE, "linestyle": ":", "linewidth": 1.2, "label": "tomorrow = today"}


def naive_forecasts(prices: np.ndarray) -> np.ndarray:
    """Return the forecast "tomorrow = today": the price of the day before, NaN on the first; (days,)."""
    return np.concatenate([[np.nan], np.asarray(prices, dtype=np.float64)[:-1]])


def forecasts(prices: np.ndarray, predicted: np.ndarray, zoom: slice) -> Iterator[Plot]:
    """Draw forecasts over the prices by position: of all days, then of those in the zoom.

    The zoomed plot also shows the forecast "tomorrow = today", which would hide the prices of all days.

    Prices are in USD, oldest first, (days,); `predicted` has the forecasts of the same days, NaN where there
    is none. Raises ValueError if there are not as many forecasts as prices, or none on the days to show.

    Source: chapter 5, text on model training and performance evaluation, Figures 5.28 and 5.29; exercises
    5.04 and 5.05, activity 5.01.
    """
    if np.ndim(prices) != 1 or np.shape(prices) != np.shape(predicted):
        raise ValueError(
            f"{np.shape(predicted)} forecasts of {np.shape(prices)} prices: give one for each, or NaN"
        )
    naive = naive_forecasts(prices)
    for label, shown in (("", slice(None)), ("zoomed", zoom)):
        days = np.arange(len(prices))[shown]
        known = days[np.isfinite(predicted[days])]
        if not len(known):
            raise ValueError(f"none of the {len(days)} days has a forecast: zoom on those that have")
        sheet, ((panel,),) = panels(1, 1, width=4.8, height=3.2)
        panel.plot(days, prices[days], **PRICES)
        if label:
            panel.plot(days, naive[days], **NAIVE)
        panel.plot(days, predicted[days], **FORECASTS)
        panel.set(xlabel="position (trading days)", ylabel="closing price (USD)")
        panel.margins(x=0.01)
        panel.grid(alpha=0.3)
        panel.legend()
        price, forecast, before = prices[known], predicted[known], naive[known]
        alt = (
            f"Prices of {counted(len(days), 'day')}, {span(prices[days])} USD, and "
            f"{counted(len(known), 'forecast')}, at positions {known[0]} to {known[-1]}, {span(forecast)} "
            f"USD. The forecasts miss the day's price by {_rmse(forecast, price)} USD (root mean square), "
            f"“tomorrow = today” by {_rmse(before, price)} USD on the same days; the forecasts are "
            f"{_rmse(forecast, before)} USD away from the price of the day before."
        )
        yield label, alt, sheet


def _rmse(a: np.ndarray, b: np.ndarray) -> str:
    """Write the root of the mean squared difference."""
    return four_digits(np.sqrt(np.mean((a - b) ** 2)))


def losses(log: np.ndarray) -> Iterator[Plot]:
    """Draw the mean squared errors of training and validation over the epochs, (epochs, 2).

    Source: chapter 5, exercises 5.04 and 5.05, activity 5.01.
    """
    sheet, ((panel,),) = panels(1, 1, width=4.8, height=3.2)
    training, validation = log[:, 0], log[:, 1]
    draw_curves(panel, training, validation, "mean squared error (scaled prices)")
    yield "", over_epochs({"training loss": training, "validation loss": validation}), sheet


LAST_100 = slice(-100, None)


@figure("ch05.text07", "curves.prices", "curves.forecasts", title="Forecasts against prices")
def plain_rnn_forecasts(prices: np.ndarray, predicted: np.ndarray) -> Iterator[Plot]:
    """Draw forecasts as in `forecasts`, zoomed in on the days of Figure 5.29.

    The last 100 days are shown instead where own prices have no forecasts on those days.
    """
    zoom = slice(2400, 2501)
    return forecasts(prices, predicted, zoom if np.isfinite(predicted[zoom]).any() else LAST_100)


figure("ch05.text07", "log", title="Losses")(losses)
for _unit in ("ch05.ex04", "ch05.ex05", "ch05.act01"):
    _forecasts = partial(forecasts, zoom=LAST_100)
    figure(_unit, "curves.prices", "curves.forecasts", title="Forecasts against prices")(_forecasts)
    figure(_unit, "log", title="Losses")(losses)
