"""Text: Preparing the Data for Stock Price Prediction (chapter 5).

Exercises 5.03 to 5.05 train on the examples that are prepared here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch05_sequences._data import Prepared, prepare, restore
from workshop.units import unit

from ._data import closing_prices


@dataclass(frozen=True)
class FeatureOrder:
    """For [train, test]: features out of place, columns that repeat the target, zeros; two rows in USD.

    `misplaced` : number of features that are not the price of that many days before. `zeros_in_first_rows` :
    in as many rows as there are columns. `fifth_of_train`, `last_of_test` : target first.
    """

    misplaced: list[int]
    targets_among_features: list[int]
    zeros_in_first_rows: list[int]
    fifth_of_train: list[float]
    last_of_test: list[float]


@dataclass(frozen=True)
class Preparation:
    """The prepared examples. `scaled_range` and `test_range` : lowest and highest scaled price."""

    split_lengths: list[int]
    shapes: list[list[int]]
    features_per_example: int
    scaled_range: list[float]
    test_range: list[float]
    feature_order: FeatureOrder
    prepared: Prepared


@unit("ch05.text04", uses="pandas")
def prepare_prices(aapl_csv: Any, look_back: int = 10) -> Preparation:
    """Split, scale and look back. Source: chapter 5, text on preparing the data.

    `aapl_csv` : a table with Date and Close, or an array of closing prices, oldest first, (days,).
    Raises ValueError if the table has no such column, or prices are missing.
    """
    done = prepare(closing_prices(aapl_csv), look_back=look_back)
    parts = [(done.x_train, done.y_train), (done.x_test, done.y_test)]
    return Preparation(
        split_lengths=[len(y) for _, y in parts],
        shapes=[list(x.shape) for x, _ in parts],
        features_per_example=done.x_train.shape[1],
        scaled_range=[float(done.y_train.min()), float(done.y_train.max())],
        test_range=[float(done.y_test.min()), float(done.y_test.max())],
        feature_order=FeatureOrder(
            misplaced=[misplaced(x, y) for x, y in parts],
            targets_among_features=[int(np.all(x == y, axis=0).sum()) for x, y in parts],
            zeros_in_first_rows=[int(np.sum(x[: x.shape[1]] == 0)) for x, _ in parts],
            fifth_of_train=row_in_usd(done, done.x_train, done.y_train, 4),
            last_of_test=row_in_usd(done, done.x_test, done.y_test, -1),
        ),
        prepared=done,
    )


def misplaced(x: np.ndarray, y: np.ndarray) -> int:
    """Count the features x[k, i − 1] that are not y[k − i], or not 0 where k < i."""
    rows, days = x.shape
    expected = [[y[k - i, 0] if k >= i else 0.0 for i in range(1, days + 1)] for k in range(rows)]
    return int(np.sum(x != np.array(expected)))


def row_in_usd(done: Prepared, x: np.ndarray, y: np.ndarray, row: int, days: int = 4) -> list[float]:
    """Return the target and the first features of one example, in USD."""
    return [float(v) for v in restore(np.append(y[row], x[row, :days]), done.price_range)]


@dataclass(frozen=True)
class Setup:
    """Shares of the days for training and for test, and the number of days looked back."""

    train_share: float
    test_share: float
    look_back: int


@unit("ch05.text04", value="setup", uses="pandas")
def preparation_settings(days: int = 1000) -> Setup:
    """Prepare a rising series and read the settings back. Source: chapter 5, text on preparing the data."""
    done = prepare_prices(np.arange(float(days))).prepared
    return Setup(len(done.x_train) / days, len(done.x_test) / days, done.x_train.shape[1])
