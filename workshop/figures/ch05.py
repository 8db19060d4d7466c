"""Figures of chapter 5: prices, and forecasts against prices, as a whole and zoomed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from workshop.figures.model import Chart, Look, Marks, numbers
from workshop.figures.registry import Plot, figure
from workshop.wording.numbers import counted, listed, three_digits

_DRAWN = 700  # points of a line: more than a drawing has pixels show no more
LAST_100 = slice(-100, None)


def naive_forecasts(prices: np.ndarray) -> np.ndarray:
    """Return the forecast "tomorrow = today": the price of the day before, NaN on the first; (days,)."""
    return np.concatenate([[np.nan], np.asarray(prices, dtype=np.float64)[:-1]])


def _line(look: Any, days: np.ndarray, values: np.ndarray, name: str) -> Marks:
    """Return a line through what is known, with the least and the greatest value of each stretch."""
    known = days[np.isfinite(values[days])]
    if len(known) > _DRAWN:
        stretches = np.array_split(known, _DRAWN // 2)
        ends = [(s[values[s].argmin()], s[values[s].argmax()]) for s in stretches]
        known = np.unique([day for pair in ends for day in pair])
    return Marks(look, numbers(known, 6), numbers(values[known], 5), name, name)


def forecasts(prices: np.ndarray, predicted: np.ndarray, zoom: slice) -> Plot:
    """Draw forecasts over the prices by position: of all days, and of those in the zoom.

    Prices are in USD, oldest first, (days,); `predicted` has the forecasts of the same days, NaN where there
    is none. Raises ValueError if there is none on the days to show.

    Source: chapter 5, text on model training and performance evaluation, Figures 5.28 and 5.29; exercises
    5.04 and 5.05, activity 5.01.
    """
    naive, days = naive_forecasts(prices), np.arange(len(prices))
    charts, said = [], []
    for title, shown in (("All days", days), ("Enlarged", days[zoom])):
        known = shown[np.isfinite(predicted[shown])]
        if not len(known):
            raise ValueError(f"none of the {len(shown)} days has a forecast: zoom on those that have")
        marks = [_line("actual", shown, prices, "price")]
        marks += [_line("naive", shown, naive, "naive")] if len(shown) < len(days) else []
        marks += [_line("run", shown, predicted, "forecast")]
        days_shown = f"{title}, {shown[0]:,} to {shown[-1]:,}: prices in USD"
        charts.append(Chart(tuple(marks), days_shown, "trading day", "wide"))
        said.append(
            f"{counted(len(known), 'forecast')} at positions {known[0]:,} to {known[-1]:,} miss the price by "
            f"{_rmse(predicted[known], prices[known])} USD, the naive forecast, yesterday’s price, by "
            f"{_rmse(naive[known], prices[known])} (root mean square)."
        )
    return " ".join(said), tuple(charts), said[-1]


def _rmse(a: np.ndarray, b: np.ndarray) -> str:
    """Write the root of the mean squared difference."""
    return three_digits(np.sqrt(np.mean((a - b) ** 2)))


@figure(
    "ch05.text07",
    "curves.prices",
    "curves.forecasts",
    title="Forecasts against prices",
)
def plain_rnn_forecasts(prices: np.ndarray, predicted: np.ndarray) -> Plot:
    """Draw forecasts as in `forecasts`, zoomed in on the days of Figure 5.29.

    The last 100 days are shown instead where own prices have no forecasts on those days.
    """
    zoom = slice(2400, 2501)
    return forecasts(prices, predicted, zoom if np.isfinite(predicted[zoom]).any() else LAST_100)


for _unit in ("ch05.ex04", "ch05.ex05", "ch05.act01"):
    figure(_unit, "curves.prices", "curves.forecasts", title="Forecasts against prices")(
        partial(forecasts, zoom=LAST_100)
    )


@figure("ch05.text01", title="Closing prices", data=("aapl_csv",))
@figure("ch05.ex01", title="Closing prices", data=("aapl_csv",), printed="ch05.ex01.fig5_7")
@figure("ch05.act01", title="Closing prices", data=("ibm_csv",), printed="ch05.act01.fig5_41", later=True)
def closing_prices(table: Any, printed: Any = None) -> Plot:
    """Draw the closing prices from the oldest to the newest.

    Source: chapter 5, exercise 5.01, Figures 5.5 to 5.7, and activity 5.01, Figure 5.40.
    """
    prices = np.asarray(table.Close, dtype=np.float64)[::-1]
    first, last = table.Date.iloc[-1], table.Date.iloc[0]
    marks = [_line("actual", np.arange(len(prices)), prices, "price")]
    places = [*printed.values()] if isinstance(printed, dict) else []
    if places:
        days, values = zip(*places, strict=True)
        marks.append(
            Marks("book", numbers(days, 6), numbers(values, 5), "first, last, highest and lowest in the book")
        )
    alt = (
        f"{len(prices):,} closing prices from {first} to {last}: {three_digits(prices[0])} USD at first, "
        f"{three_digits(prices[-1])} at last, between {three_digits(prices.min())} and "
        f"{three_digits(prices.max())}."
    )
    alt += (
        f" The book has {listed([f'{value:g} on day {day:,}' for day, value in places])}." if places else ""
    )
    chart = Chart(tuple(marks), "Closing price in USD", "trading day", "wide")
    return alt, (chart,), f"{first} to {last}, oldest first."


@figure(
    "ch05.text01",
    title="AAPL.csv and IBM.csv",
    data=("aapl_csv", "ibm_csv"),
    claims=("ch05.text01.company",),
    later=True,
)
def same_company(found: Any, ibm: Any) -> Plot:
    """Draw the closing prices of both files by day, newest first, as tables: one hides the other.

    Source: chapter 5, text on stock price prediction.
    """
    both = found.merge(ibm, on="Date", suffixes=("", "_ibm"))[::-1]
    days, mine, other = np.arange(len(both)), *(both[name].to_numpy(float) for name in ("Close", "Close_ibm"))
    same = int(np.sum(mine == other))
    marks = (
        _line("actual", days, other, "IBM.csv"),
        Marks("book", numbers(days[::90], 6), numbers(mine[::90], 5), "AAPL.csv, every 90th day"),
    )
    alt = f"The closing prices of AAPL.csv and IBM.csv are the same on {same:,} of {len(found):,} days."
    title = f"Equal on {same:,} of {len(found):,} days: USD"
    return alt, (Chart(marks, title, "trading day", "wide"),), ""


@figure(
    "ch05.ex05",
    "params_by_length",
    title="Parameters by the length of the sequence",
    claims=("ch05.ex05.length_reduces_params",),
    later=True,
)
def parameters_by_length(totals: Mapping[str, Sequence[int]]) -> Plot:
    """Draw the parameters of networks, built for 10 and for 100 days: the lines are level.

    Source: chapter 5, exercise 5.05.
    """
    looks: tuple[Look, ...] = ("run", "other")
    marks = tuple(
        Marks(look, (10.0, 100.0), numbers(its, 6), name, f"{name} {its[-1]:,}")
        for look, (name, its) in zip(looks, totals.items(), strict=False)
    )
    said = [f"{name} has {its[0]:,} and {its[-1]:,}" for name, its in totals.items()]
    chart = Chart(marks, "Parameters", "days of a sequence", y_ends=(0.0, 1.0))
    return f"Parameters for 10 and for 100 days: the {'; the '.join(said)}.", (chart,), ""
