"""Daily prices: tables and their closing prices, plotted lines, and the examples prepared for forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch05_sequences._data import Prepared, prepare


@dataclass(frozen=True)
class Line:
    """A plotted line: values at the left and the right end, and the position of the highest y."""

    x: list[Any]
    y: list[Any]
    peak: int


@dataclass(frozen=True)
class Extremes:
    """[position, value] of both ends of a series, and of its maximum and its minimum."""

    first: list[float]
    maximum: list[float]
    minimum: list[float]
    last: list[float]


def price_table(prices: Any, columns: Sequence[str] = ("Date", "Close")) -> Any:
    """Return prices as a table without the leading blanks of the files' column names.

    A plain array of closing prices, (days,) or (days, 1), oldest first, is dated by position.

    Raises ValueError if the table has no column of one of the names, or the array has another shape.
    """
    if hasattr(prices, "columns"):
        table = prices.rename(columns=lambda name: str(name).strip())
        missing = [name for name in columns if name not in table.columns]
        if missing:
            raise ValueError(f"the table has no column {missing[0]}: it needs {', '.join(columns)}")
        return table
    from pandas import DataFrame

    closes = np.asarray(prices, dtype=np.float64)
    if closes.shape not in {(closes.size,), (closes.size, 1)}:
        raise ValueError(f"prices of shape {closes.shape}: give one price a day, (days,), oldest first")
    return price_table(DataFrame({"Date": np.arange(closes.size), "Close": closes.ravel()}), columns)


def days_of(table: Any) -> np.ndarray:
    """Return the dates of a table as datetime64; the files write month/day/year."""
    from pandas import to_datetime

    days: np.ndarray = to_datetime(table["Date"], utc=True).to_numpy("datetime64[ns]")
    return days


def oldest_first(table: Any) -> Any:
    """Return a table that has the newest day first, as the files have, sorted by descending index.

    One that begins with the oldest day stays as it is.
    """
    days = days_of(table)
    return table if days[0] < days[-1] else table.reset_index(drop=True).sort_index(ascending=False)


def closing_prices(prices: Any) -> np.ndarray:
    """Return the closing prices in USD, oldest first; float64 (days, 1).

    Raises ValueError if a price is missing.
    """
    closes: np.ndarray = oldest_first(price_table(prices))["Close"].to_numpy(np.float64).reshape(-1, 1)
    missing = int(np.sum(~np.isfinite(closes)))
    if missing:
        raise ValueError(f"{missing} of {len(closes)} closing prices are missing: leave out those days")
    return closes


def prepared_examples(prices: Any) -> Prepared:
    """Return the examples in the outcome of `prepare_prices`, or prepare own prices, a table or an array."""
    if hasattr(prices, "prepared"):
        return prices.prepared  # type: ignore[no-any-return]
    return prepare(closing_prices(prices))


def line(x: Sequence[Any], y: np.ndarray) -> Line:
    """Return the ends and the peak of a plotted line."""
    return Line([x[0], x[-1]], [float(y[0]), float(y[-1])], int(np.argmax(y)))


def extremes(series: np.ndarray) -> Extremes:
    """Return the ends, the maximum and the minimum of a series (n, 1)."""
    places = [0, int(np.argmax(series)), int(np.argmin(series)), len(series) - 1]
    return Extremes(*([place, float(series[place, 0])] for place in places))
