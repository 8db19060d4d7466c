"""Exercise 5.01: Visualizing Our Time-Series Data (page 221).

Ten years of daily prices are plotted, first from new to old and then from old to new.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def exercise_5_01_in_pandas(aapl_csv: Any) -> tuple[Any, np.ndarray]:
    """Turn the file around and take its closing prices, in pandas' own calls; return shape and prices.

    Parameters
    ----------
    aapl_csv : table with a column Close, newest day first.
    """
    prices = aapl_csv.sort_index(ascending=False)
    ts_data = prices[["Close"]].to_numpy()
    return ts_data.shape, ts_data
