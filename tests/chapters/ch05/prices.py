"""Prices as the book's file has them, and as a reader brings them."""

from typing import Any

import numpy as np
import pytest


def table(closes: Any, dates: list[str] | None = None, volumes: list[int] | None = None) -> Any:
    """Return a table in the form of the book's file, newest day first."""
    pandas = pytest.importorskip("pandas")
    days = [f"1/{n}/2020" for n in range(len(closes), 0, -1)] if dates is None else dates
    return pandas.DataFrame(
        {
            "Date": days,
            "Close": closes,
            " Open": closes,
            " High": closes,
            " Low": closes,
            " Volume": [100] * len(closes) if volumes is None else volumes,
        }
    )


DAYS = 300


PRICES = 100 + np.cumsum(np.random.default_rng(4).normal(size=DAYS))


def own_prices(kind: str) -> Any:
    """Return the prices in one of the kinds that a reader brings; pandas is imported here."""
    pandas = pytest.importorskip("pandas")
    dates = pandas.date_range("2021-03-01", periods=DAYS)
    return {
        "newest first": pandas.DataFrame({"Close": PRICES[::-1], "Date": dates[::-1].strftime("%m/%d/%Y")}),
        "oldest first": pandas.DataFrame({"Date": dates, " Close": PRICES}),
        "indexed by day": pandas.DataFrame({"Close": PRICES[::-1], "Date": dates[::-1]}, index=dates[::-1]),
        "array": PRICES,
        "column": PRICES.reshape(-1, 1),
    }[kind]
