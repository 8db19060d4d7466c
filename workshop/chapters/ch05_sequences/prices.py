"""Daily stock prices: the files as loaded, their plots, and the preparation for forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from workshop.units import unit

SENSIBLE = ("can", "this", "be", "solved", "while", "ignoring", "the", "sequence", "of", "words")
SENSELESS = ("words", "while", "sequence", "be", "this", "solved", "of", "can", "the", "ignoring")
COLUMNS = ("Date", "Close", "Open", "High", "Low", "Volume")


@dataclass(frozen=True)
class Line:
    """A plotted line: values at the left and the right end, and the position of the highest y."""

    x: List[Any]
    y: List[Any]
    peak: int


@dataclass(frozen=True)
class Prepared:
    """Scaled examples, float64: features (n, look_back), targets (n, 1), and the scaler's range in USD."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    price_range: Tuple[float, float]


def with_clean_names(table: Any) -> Any:
    """Return the table without the leading blanks of the files' column names."""
    return table.rename(columns=str.strip)


def oldest_first(table: Any) -> Any:
    """Return the table, which has the newest day first, sorted by descending index."""
    return table.sort_index(ascending=False)


def closing_prices(table: Any) -> np.ndarray:
    """Return the closing prices in USD, oldest first; float64 (days, 1)."""
    return oldest_first(with_clean_names(table))["Close"].to_numpy(np.float64).reshape(-1, 1)


def split(series: np.ndarray, train_share: float) -> Tuple[np.ndarray, np.ndarray]:
    """Return the first part of a series, its length rounded down, and the rest."""
    n_train = int(train_share * len(series))
    return series[:n_train], series[n_train:]


def scale(prices: np.ndarray, price_range: Tuple[float, float]) -> np.ndarray:
    """Return prices scaled so that the range's ends are 0 and 1."""
    low, high = price_range
    return (prices - low) / (high - low)


def restore(scaled: np.ndarray, price_range: Tuple[float, float]) -> np.ndarray:
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


def line(x: Sequence[Any], y: np.ndarray) -> Line:
    """Return the ends and the peak of a plotted line."""
    return Line([x[0], x[-1]], [float(y[0]), float(y[-1])], int(np.argmax(y)))


def extremes(series: np.ndarray) -> Dict[str, List[float]]:
    """Return [position, value] of both ends, of the maximum and of the minimum of a series (n, 1)."""
    places = {
        "first": 0,
        "maximum": int(np.argmax(series)),
        "minimum": int(np.argmin(series)),
        "last": len(series) - 1,
    }
    return {name: [place, float(series[place, 0])] for name, place in places.items()}


def day_of(text: str) -> date:
    """Return the date that a file writes as month/day/year."""
    month, day, year = (int(number) for number in text.split("/"))
    return date(year, month, day)


@dataclass(frozen=True)
class Loaded:
    """The file as loaded. `within_the_day` : number of days with opening and close between low and high."""

    head: List[List[Any]]
    tail: List[List[Any]]
    n_rows: int
    date_range: List[str]
    columns: List[str]
    within_the_day: int


@unit("ch05.text01", uses=("pandas",))
def load_prices(aapl_csv: Any) -> Loaded:
    """Read the table of daily prices. Source: chapter 5, text on stock price prediction."""
    table = with_clean_names(aapl_csv)
    rows = table[list(COLUMNS)]
    oldest, newest = (int(end) for end in np.argsort([day_of(text) for text in table["Date"]])[[0, -1]])
    low, high = table["Low"], table["High"]
    inside = [table[name].between(low, high) for name in ("Open", "Close")]
    return Loaded(
        head=[list(row) for row in rows.head().to_numpy().tolist()],
        tail=[[int(index), *row] for index, row in zip(rows.tail().index, rows.tail().to_numpy().tolist())],
        n_rows=len(table),
        date_range=[str(table["Date"].iloc[row]) for row in (oldest, newest)],
        columns=[str(name) for name in table.columns],
        within_the_day=int((inside[0] & inside[1]).sum()),
    )


@dataclass(frozen=True)
class Company:
    """The company that the prices in the file belong to, and the number of days compared."""

    company: str
    days_compared: int


@unit("ch05.text01", uses=("pandas",))
def whose_prices(aapl_csv: Any, ibm_csv: Any) -> Company:
    """Compare closes and volumes with those of IBM on every day of the file.

    Source: chapter 5, text on stock price prediction.
    """
    columns = ["Date", "Close", "Volume"]
    found, ibm = (with_clean_names(table)[columns] for table in (aapl_csv, ibm_csv))
    both = found.merge(ibm, on="Date", how="left", suffixes=("", "_ibm"))
    same = (both["Close"] == both["Close_ibm"]) & (both["Volume"] == both["Volume_ibm"])
    return Company("IBM" if bool(same.all()) else "not IBM", len(same))


@dataclass(frozen=True)
class WordOrder:
    """Words of the sensible sentence, and the rank in it of each word of the jumbled one."""

    n_words: int
    ranks: List[int]


@unit("ch05.text01")
def word_order(sensible: Tuple[str, ...] = SENSIBLE, senseless: Tuple[str, ...] = SENSELESS) -> WordOrder:
    """Find each word of the jumbled example in the sensible one. Source: chapter 5, text on sequences."""
    return WordOrder(len(sensible), [sensible.index(word) + 1 for word in senseless])


@dataclass(frozen=True)
class Exercise501:
    """The three plots, the column of prices, and the strongest monthly autocorrelation of daily returns.

    `off_the_mirror` : number of points at which the reversed line is not the mirror image of the file's.
    `days_back` : number of points whose date is not after that of the point to the left.
    """

    file_order: Line
    reversed_order: Line
    off_the_mirror: int
    days_back: int
    ts_shape: List[int]
    by_position: Dict[str, List[float]]
    monthly_autocorrelation: float


@unit("ch05.ex01", uses=("pandas",))
def exercise_5_01(aapl_csv: Any, month: Tuple[int, int] = (15, 27)) -> Exercise501:
    """Plot the closing prices in the file's order, oldest first, and by position.

    `month` : smallest and largest number of trading days used as a month.
    Source: chapter 5, exercise 5.01.
    """
    table = with_clean_names(aapl_csv)
    reversed_table = oldest_first(table)
    in_file, backwards = table["Close"].to_numpy(), reversed_table["Close"].to_numpy()
    days = [day_of(text) for text in reversed_table["Date"]]
    prices = closing_prices(aapl_csv)
    returns = np.diff(np.log(prices[:, 0]))
    return Exercise501(
        file_order=line(table["Date"].tolist(), in_file),
        reversed_order=line(reversed_table["Date"].tolist(), backwards),
        off_the_mirror=int(np.sum(backwards != in_file[::-1])),
        days_back=sum(later <= earlier for earlier, later in zip(days, days[1:])),
        ts_shape=list(prices.shape),
        by_position=extremes(prices),
        monthly_autocorrelation=max(
            abs(autocorrelation(returns, lag)) for lag in range(month[0], month[1] + 1)
        ),
    )


def autocorrelation(values: np.ndarray, lag: int) -> float:
    """Return the autocorrelation of a series at a lag of 1 or more, by the variance of the whole series."""
    centred = values - values.mean()
    return float(np.sum(centred[lag:] * centred[:-lag]) / np.sum(centred**2))


@dataclass(frozen=True)
class Preparation:
    """The prepared examples. `scaled_range` and `test_range` : lowest and highest scaled price.

    `feature_order` : for [train, test], the number of features that are not the price of that many days
    before, the number of columns that repeat the target, the zeros in the first rows (one per column), and
    two rows in USD, target first.
    """

    split_lengths: List[int]
    shapes: List[List[int]]
    features_per_example: int
    scaled_range: List[float]
    test_range: List[float]
    feature_order: Dict[str, List[float]]
    prepared: Prepared


@unit("ch05.text04", uses=("pandas",))
def prepare_prices(aapl_csv: Any, look_back: int = 10) -> Preparation:
    """Split, scale and look back. Source: chapter 5, text on preparing the data."""
    done = prepare(closing_prices(aapl_csv), look_back=look_back)
    parts = [(done.x_train, done.y_train), (done.x_test, done.y_test)]
    return Preparation(
        split_lengths=[len(y) for _, y in parts],
        shapes=[list(x.shape) for x, _ in parts],
        features_per_example=done.x_train.shape[1],
        scaled_range=[float(done.y_train.min()), float(done.y_train.max())],
        test_range=[float(done.y_test.min()), float(done.y_test.max())],
        feature_order={
            "misplaced": [misplaced(x, y) for x, y in parts],
            "targets_among_features": [int(np.all(x == y, axis=0).sum()) for x, y in parts],
            "zeros_in_first_rows": [int(np.sum(x[: x.shape[1]] == 0)) for x, _ in parts],
            "fifth_of_train": row_in_usd(done, done.x_train, done.y_train, 4),
            "last_of_test": row_in_usd(done, done.x_test, done.y_test, -1),
        },
        prepared=done,
    )


def misplaced(x: np.ndarray, y: np.ndarray) -> int:
    """Count the features x[k, i − 1] that are not y[k − i], or not 0 where k < i."""
    rows, days = x.shape
    expected = [[y[k - i, 0] if k >= i else 0.0 for i in range(1, days + 1)] for k in range(rows)]
    return int(np.sum(x != np.array(expected)))


def row_in_usd(done: Prepared, x: np.ndarray, y: np.ndarray, row: int, days: int = 4) -> List[float]:
    """Return the target and the first features of one example, in USD."""
    return [float(v) for v in restore(np.append(y[row], x[row, :days]), done.price_range)]


@dataclass(frozen=True)
class Settings:
    """Constants of the preparation, read back from the prepared series of a thousand days."""

    setup: Dict[str, float]


@unit("ch05.text04")
def preparation_settings(days: int = 1000) -> Settings:
    """Prepare a rising series and read the settings back. Source: chapter 5, text on preparing the data."""
    done = prepare(np.arange(float(days)).reshape(-1, 1))
    return Settings(
        {
            "train_share": len(done.x_train) / days,
            "test_share": len(done.x_test) / days,
            "look_back": done.x_train.shape[1],
        }
    )
