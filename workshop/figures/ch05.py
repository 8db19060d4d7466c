"""Figures of chapter 5: forecasts against prices, as a whole and zoomed; losses lie in `curves`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workshop.figures.panels import panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# told apart without colours, too
PRICES = {"color": "black", "linestyle": "-", "linewidth": 1.0, "label": "price"}
FORECASTS = {"color": "#d95f02", "linestyle": "--", "linewidth": 1.2, "label": "forecast"}
NAIVE = {"color": "#1f5fa8", "linestyle": ":", "linewidth": 1.2, "label": "tomorrow = today"}


def naive_forecasts(prices: np.ndarray) -> np.ndarray:
    """Return the forecast "tomorrow = today": the price of the day before, NaN on the first; (days,)."""
    return np.concatenate([[np.nan], np.asarray(prices, dtype=np.float64)[:-1]])


def forecasts_against_prices(
    prices: np.ndarray, forecasts: np.ndarray, *, zoom: slice | None = None, title: str = ""
) -> Figure:
    """Return forecasts over the prices by position, and zoomed the forecast "tomorrow = today" beside them.

    As a whole that one could not be told from the prices.

    Parameters
    ----------
    prices : in USD, oldest first, (days,).
    forecasts : of the same days, NaN where there is none, (days,).
    zoom : the positions to show; None shows all.
    title : above the panel, if any.

    Raises
    ------
    ValueError
        If there are not as many forecasts as prices, or the zoom shows none of them.

    Source: chapter 5, text on model training and performance evaluation, Figures 5.28 and 5.29; exercises
    5.04 and 5.05, activity 5.01.
    """
    if np.ndim(prices) != 1 or np.shape(prices) != np.shape(forecasts):
        raise ValueError(
            f"{np.shape(forecasts)} forecasts of {np.shape(prices)} prices: give one for each, or NaN"
        )
    days = np.arange(len(prices))[slice(None) if zoom is None else zoom]
    if not np.isfinite(np.asarray(forecasts)[days]).any():
        raise ValueError(f"none of the {len(days)} days has a forecast: zoom on those that have")
    figure, ((panel,),) = panels(1, 1, width=4.8, height=3.2, title=title)
    panel.plot(days, np.asarray(prices)[days], **PRICES)
    if zoom is not None:
        panel.plot(days, naive_forecasts(prices)[days], **NAIVE)
    panel.plot(days, np.asarray(forecasts)[days], **FORECASTS)
    panel.set(xlabel="position (trading days)", ylabel="closing price (USD)")
    panel.margins(x=0.01)
    panel.grid(alpha=0.3)
    panel.legend()
    return figure
