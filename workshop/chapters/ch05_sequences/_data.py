"""The chapter's data step: daily prices as scaled examples of ten days and the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Prepared:
    """Scaled examples, float64: features (n, look_back), targets (n, 1), and the scaler's range in USD."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    price_range: tuple[float, float]


def split(series: np.ndarray, train_share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the first part of a series, its length rounded down, and the rest."""
    n_train = int(train_share * len(series))
    return series[:n_train], series[n_train:]


def scale(prices: np.ndarray, price_range: tuple[float, float]) -> np.ndarray:
    """Return prices scaled so that the range's ends are 0 and 1."""
    low, high = price_range
    return (prices - low) / (high - low)


def restore(scaled: np.ndarray, price_range: tuple[float, float]) -> np.ndarray:
    """Return prices in USD from prices scaled so that the range's ends are 0 and 1."""
    low, high = price_range
    return scaled * (high - low) + low


def look_back_features(series: np.ndarray, look_back: int) -> np.ndarray:
    """Return for each value of a series (n, 1) the preceding ones, newest first, 0 where there are none."""
    features = np.zeros((len(series), look_back))
    for days in range(1, look_back + 1):
        features[days:, days - 1] = series[:-days, 0]
    return features


def prepare(prices: np.ndarray, *, look_back: int = 10, train_share: float = 0.75) -> Prepared:
    """Split prices (days, 1) in order, scale by the training part's range, and look back in each part."""
    train, test = split(prices, train_share)
    price_range = float(train.min()), float(train.max())
    y_train, y_test = scale(train, price_range), scale(test, price_range)
    return Prepared(
        look_back_features(y_train, look_back),
        y_train,
        look_back_features(y_test, look_back),
        y_test,
        price_range,
    )
