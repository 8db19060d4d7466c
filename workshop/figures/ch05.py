"""Figures of chapter 5: forecasts against prices, as a whole and zoomed, errors, and losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from workshop.figures.alt_text import over_epochs
from workshop.figures.curves import draw_curves, draw_printed, printed_text
from workshop.figures.panels import BLUE, GREY, ORANGE, add_legend, panels, widen
from workshop.figures.printed import BOOK, CROSS, PrintedCurves, PrintedLog, Value, numbers
from workshop.figures.registry import Plot, figure
from workshop.ledger.values import half_digit
from workshop.wording.numbers import counted, three_digits

# distinct without colours, too
PRICES = {"color": "black", "linestyle": "-", "linewidth": 1.0, "label": "price"}
FORECASTS = {"color": BLUE, "linestyle": "--", "linewidth": 1.2, "label": "forecast"}
NAIVE = {"color": GREY, "linestyle": ":", "linewidth": 1.4, "label": "tomorrow = today"}
_ROUNDS = {"color": ORANGE, "alpha": 0.25, "linewidth": 10, "solid_capstyle": "butt"}
# of all exercises, so that their figures can be compared
RMSES, LOSSES = (0.0, 0.08), (1e-4, 1e-1)


def naive_forecasts(prices: np.ndarray) -> np.ndarray:
    """Return the forecast "tomorrow = today": the price of the day before, NaN on the first; (days,)."""
    return np.concatenate([[np.nan], np.asarray(prices, dtype=np.float64)[:-1]])


def forecasts(prices: np.ndarray, predicted: np.ndarray, zoom: slice) -> Iterator[Plot]:
    """Draw forecasts over the prices by position: of all days, then of those in the zoom.

    The zoomed plot also shows the forecast "tomorrow = today", which would hide the prices of all days.

    Prices are in USD, oldest first, (days,); `predicted` has the forecasts of the same days, NaN where there
    is none. Raises ValueError if there are not as many forecasts as prices, or none on the days to show.

    Source: chapter 5, text on model training and performance evaluation, Figures 5.28 and 5.29; exercises
    5.04 and 5.05, activity 5.01.
    """
    if np.ndim(prices) != 1 or np.shape(prices) != np.shape(predicted):
        raise ValueError(
            f"{np.shape(predicted)} forecasts of {np.shape(prices)} prices: give one for each, or NaN"
        )
    naive = naive_forecasts(prices)
    for label, shown in (("", slice(None)), ("zoomed", zoom)):
        days = np.arange(len(prices))[shown]
        known = days[np.isfinite(predicted[days])]
        if not len(known):
            raise ValueError(f"none of the {len(days)} days has a forecast: zoom on those that have")
        sheet, ((panel,),) = panels(1, 1, height=2.3)
        panel.plot(days, prices[days], **PRICES)
        if label:
            panel.plot(days, naive[days], **NAIVE)
        panel.plot(days, predicted[days], **FORECASTS)
        panel.set(xlabel="position (trading days)", ylabel="closing price (USD)")
        panel.margins(x=0.01)
        panel.grid(alpha=0.3)
        add_legend(sheet)
        price, forecast, before = prices[known], predicted[known], naive[known]
        alt = (
            f"{counted(len(known), 'forecast')} at positions {known[0]:,} to {known[-1]:,}. They miss the "
            f"price by {_rmse(forecast, price)} USD, “tomorrow = today” by {_rmse(before, price)} (root mean "
            "square)."
        )
        yield label, alt, sheet


def _rmse(a: np.ndarray, b: np.ndarray) -> str:
    """Write the root of the mean squared difference."""
    return three_digits(np.sqrt(np.mean((a - b) ** 2)))


def errors(train: float, test: float, by_naive: Mapping[str, float], printed: Any = None) -> Iterator[Plot]:
    """Draw the root mean square errors of the forecasts, of "tomorrow = today", and the printed ones.

    The errors of training and test part are in units of the training range; `by_naive` has both divided by
    those of the forecast "tomorrow = today". A band shows what rounds to a printed value.

    Source: chapter 5, text on performance evaluation; exercises 5.04 and 5.05, activity 5.01.
    """
    own = np.array([train, test])
    naive = own / [by_naive["train"], by_naive["test"]]
    book = numbers(printed, (2,))
    sheet, ((panel,),) = panels(1, 1, height=1.6)
    rows = np.arange(2)
    panel.plot(own, rows, "o", color=BLUE, markersize=4.5, label="this run", zorder=4)
    panel.plot(naive, rows, "D", color=GREY, markersize=4.5, label="tomorrow = today", zorder=3)
    if book is not None:
        panel.plot(book, rows, label=BOOK, zorder=5, **CROSS)
        half = np.array([half_digit(value) for value in book])
        panel.plot([book - half, book + half], [rows, rows], label="rounds to it", **_ROUNDS)
    shown = [own, naive, np.zeros(0) if book is None else book]
    panel.set(ylim=(1.6, -0.6), xlabel="root mean square error (scaled prices)", xlim=widen(RMSES, *shown))
    panel.set_yticks(rows, ["training", "test"])
    panel.grid(alpha=0.3, axis="x")
    add_legend(sheet)
    alt = (
        f"On the test days the forecasts miss by {three_digits(own[1])}, “tomorrow = today” by "
        f"{three_digits(naive[1])}."
    )
    yield "", alt + ("" if book is None else f" The book prints {book[1]:g}."), sheet


def losses(log: np.ndarray, printed: PrintedCurves | None = None) -> Iterator[Plot]:
    """Draw the mean squared errors of training and validation over the epochs, (epochs, 2).

    Source: chapter 5, exercises 5.04 and 5.05, activity 5.01.
    """
    sheet, ((panel,),) = panels(1, 1, height=2.4)
    training, validation = log[:, 0], log[:, 1]
    draw_curves(panel, training, validation, "mean squared error\n(scaled prices)")
    draw_printed(panel, printed, "loss", "val_loss")
    shown = np.concatenate([line.get_ydata() for line in panel.lines])
    panel.set(yscale="log", ylim=widen(LOSSES, shown[shown > 0]))
    panel.yaxis.set_major_formatter("{x:g}")  # small exponents are illegible
    add_legend(sheet)
    alt = over_epochs({"training loss": training, "validation loss": validation})
    yield "", alt + printed_text(printed), sheet


LAST_100 = slice(-100, None)


@figure("ch05.text07", "curves.prices", "curves.forecasts", title="Forecasts against prices")
def plain_rnn_forecasts(prices: np.ndarray, predicted: np.ndarray) -> Iterator[Plot]:
    """Draw forecasts as in `forecasts`, zoomed in on the days of Figure 5.29.

    The last 100 days are shown instead where own prices have no forecasts on those days.
    """
    zoom = slice(2400, 2501)
    return forecasts(prices, predicted, zoom if np.isfinite(predicted[zoom]).any() else LAST_100)


def _errors_and_losses(unit: str) -> None:
    rmses = [Value(f"{unit}.{part}_rmse") for part in ("train", "test")]
    figure(
        unit,
        "train_rmse",
        "test_rmse",
        "by_naive",
        title="Errors of the forecasts",
        printed=lambda *_: [value() for value in rmses],
    )(errors)
    figure(unit, "log", title="Losses", printed=PrintedLog(unit, columns=("loss", "val_loss")))(losses)


_errors_and_losses("ch05.text07")
for _unit in ("ch05.ex04", "ch05.ex05", "ch05.act01"):
    _forecasts = partial(forecasts, zoom=LAST_100)
    figure(_unit, "curves.prices", "curves.forecasts", title="Forecasts against prices")(_forecasts)
    _errors_and_losses(_unit)
