"""What is measured of exercise 5.01.

The closing prices are plotted in the file's order, oldest first, and by position.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.units import unit

from ._data import Extremes, Line, closing_prices, days_of, extremes, oldest_first, price_table
from ._plots import plotted


@dataclass(frozen=True)
class Plots:
    """The three plots, the column of prices, and the strongest monthly autocorrelation of daily returns.

    `off_the_mirror` : number of points at which the reversed line is not the mirror image of the file's.
    `days_back` : number of points whose date is not after that of the point to the left.
    """

    file_order: Line
    reversed_order: Line
    off_the_mirror: int
    days_back: int
    ts_shape: list[int]
    by_position: Extremes
    monthly_autocorrelation: float


@unit("ch05.ex01", uses="pandas")
def exercise_5_01(aapl_csv: Any, month: tuple[int, int] = (15, 27)) -> Plots:
    """Plot the closing prices in the file's order, oldest first, and by position.

    `aapl_csv` : a table with Date and Close, or an array of closing prices, oldest first, (days,).
    `month` : smallest and largest number of trading days used as a month.
    Raises ValueError if the table has no such column, or prices are missing.
    Source: chapter 5, exercise 5.01.
    """
    table = price_table(aapl_csv)
    reversed_table = oldest_first(table)
    in_file, backwards = table["Close"].to_numpy(), reversed_table["Close"].to_numpy()
    ts_data = closing_prices(aapl_csv)
    returns = np.diff(np.log(ts_data[:, 0]))
    return Plots(
        file_order=plotted(table),
        reversed_order=plotted(reversed_table),
        off_the_mirror=int(np.sum(backwards != in_file[::-1])),
        days_back=int(np.sum(np.diff(days_of(reversed_table)) <= np.timedelta64(0, "ns"))),
        ts_shape=list(ts_data.shape),
        by_position=extremes(ts_data),
        monthly_autocorrelation=max(
            abs(autocorrelation(returns, lag)) for lag in range(month[0], month[1] + 1)
        ),
    )


def autocorrelation(values: np.ndarray, lag: int) -> float:
    """Return the autocorrelation of a series at a lag of 1 or more, by the variance of the whole series."""
    centred = values - values.mean()
    return float(np.sum(centred[lag:] * centred[:-lag]) / np.sum(centred**2))
