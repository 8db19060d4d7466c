"""Text: Working with Sequences; Time Series Data - Stock Price Prediction (loading the data) (chapter 5).

It loads the file of daily prices, compares it with IBM's, and shuffles a sentence to show what a sequence is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.numerics.recurrent import unroll
from workshop.numerics.similarity import distance
from workshop.units import unit

from ._data import days_of, price_table

SENSIBLE = "Can this be solved while ignoring the sequence of words?"
SENSELESS = "words? while sequence be this solved of can the ignoring"
COLUMNS = ("Date", "Close", "Open", "High", "Low", "Volume")


@dataclass(frozen=True)
class WordOrder:
    """Words of the sensible sentence, and the rank in it of each word of the jumbled one.

    `apart_as_bags` : number of words that one sentence has more often than the other. `apart_in_order` :
    largest difference of a recurrent layer's last hidden outputs, weights drawn, after the two sentences.
    """

    n_words: int
    ranks: list[int]
    apart_as_bags: int
    apart_in_order: float


@unit("ch05.text01")
def word_order(sensible: str = SENSIBLE, senseless: str = SENSELESS, units: int = 4) -> WordOrder:
    """Find each word of the jumbled example in the sensible one. Source: chapter 5, text on sequences."""
    first, second = (re.findall("[a-z]+", text.lower()) for text in (sensible, senseless))
    words, rng = sorted({*first, *second}), np.random.default_rng(16)
    one_hot = [
        np.array([[[word == each for each in words] for word in text]], float) for text in (first, second)
    ]
    bags = [text.sum(axis=1) for text in one_hot]
    kernel, recurrent = (rng.normal(size=(n, units)) for n in (len(words), units))
    last = [unroll(x, kernel=kernel, recurrent=recurrent, bias=np.zeros(units))[:, -1] for x in one_hot]
    return WordOrder(
        n_words=len(set(first)),
        ranks=[first.index(word) + 1 for word in second],
        apart_as_bags=int(np.sum(bags[0] != bags[1])),
        apart_in_order=distance(*last),
    )


@dataclass(frozen=True)
class Loaded:
    """The file as loaded. `within_the_day` : number of days with opening and close between low and high."""

    head: list[list[Any]]
    tail: list[list[Any]]
    n_rows: int
    date_range: list[str]
    columns: list[str]
    within_the_day: int


@unit("ch05.text01", uses="pandas")
def load_prices(aapl_csv: Any) -> Loaded:
    """Read the table of daily prices. Source: chapter 5, text on stock price prediction.

    Raises ValueError if the table has no column Date, Close, Open, High, Low or Volume.
    """
    table = price_table(aapl_csv, COLUMNS)
    rows = table[list(COLUMNS)]
    oldest, newest = np.argsort(days_of(table))[[0, -1]]
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
    """The company that the prices in the file belong to, and the number of days that agree with IBM's."""

    company: str
    days_of_ibm: int


@unit("ch05.text01", uses="pandas")
def whose_prices(aapl_csv: Any, ibm_csv: Any) -> Company:
    """Compare closes and volumes with those of IBM on every day of the file.

    Source: chapter 5, text on stock price prediction.
    """
    columns = ["Date", "Close", "Volume"]
    found, ibm = (price_table(table, columns)[columns] for table in (aapl_csv, ibm_csv))
    both = found.merge(ibm, on="Date", how="left", suffixes=("", "_ibm"))
    same = (both["Close"] == both["Close_ibm"]) & (both["Volume"] == both["Volume_ibm"])
    return Company("IBM" if bool(same.all()) else "not IBM", int(same.sum()))
