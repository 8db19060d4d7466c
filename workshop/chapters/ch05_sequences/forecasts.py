"""Networks trained to forecast the next price, and benchmarks that the book omits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from workshop.chapters.ch05_sequences.networks import (
    ADAM,
    LOSS,
    convolution,
    hybrid,
    hybrid_with_dropout,
    plain_rnn,
)
from workshop.chapters.ch05_sequences.prices import (
    Line,
    Prepared,
    closing_prices,
    extremes,
    line,
    oldest_first,
    prepare,
    restore,
    with_clean_names,
)
from workshop.training.fitting import Fit, Network, validation_split
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.replicas import fit_replicas, predict_replicas
from workshop.units import unit

LAST_100 = slice(-100, None)
CONSTANT = 1e-3  # a network whose forecasts spread less than this, on the scale of 0 to 1, is dead


@dataclass(frozen=True)
class Forecast:
    """Results of one training run, and its forecasts compared with the prices.

    `training` : actual epochs, batch size and shares, numbers of samples, and first and last validation row.
    `log` : loss and validation loss after each epoch, (epochs, 2), in squared scaled units. `train_rmse`,
    `test_rmse` : scaled, i.e. in units of the training range. `rmse_usd` : the same in USD. `by_naive` : the
    same divided by that of the forecast "tomorrow = today". `drawn` : positions of the first and the last
    forecast in the plot, and their number. `curves` : plotted curves in USD, the `prices` of all days and the
    `forecasts`, NaN before the first; (days,) each. `correlation` : correlation with the prices, over the
    whole plot and in the zoomed view. `lag_advantage` : in the zoomed view, correlation with the previous
    day's price minus that with the day's own. `roughness` : standard deviation of the day-to-day changes of
    the last 100 forecasts, divided by that of the prices. `mishap` : what went wrong in the run, '' if
    nothing did.
    """

    training: Dict[str, Any]
    log: np.ndarray
    train_rmse: float
    test_rmse: float
    rmse_usd: Dict[str, float]
    by_naive: Dict[str, float]
    drawn: Dict[str, int]
    curves: Dict[str, np.ndarray]
    correlation: Dict[str, float]
    lag_advantage: float
    roughness: float
    mishap: str


def forecasts(
    network: Network,
    data: Prepared,
    seeds: Sequence[int],
    *,
    epochs: int,
    zoom: slice,
    batch_size: int = 1,
    validation_share: float = 0.1,
) -> Tuple[Forecast, ...]:
    """Train a network on the prepared prices from one start per seed, and forecast both parts.

    As in Keras, the last rows of the training part are used for validation.
    """
    x, y, x_test = (a.astype(np.float32) for a in (data.x_train, data.y_train, data.x_test))
    n_fitted, _ = validation_split(len(x), validation_share)
    fitted, held = np.split(np.arange(len(x)), [n_fitted])
    starts, orders = [], []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        starts.append(initial_weights(network.model, rng))
        orders.append(shuffled(rng, epochs=epochs, n=len(fitted)))
    fits = fit_replicas(
        network,
        starts,
        x[fitted],
        y[fitted],
        np.stack(orders),
        optimizer=ADAM,
        loss=LOSS,
        batch_size=batch_size,
        validation=(x[held], y[held]),
        seeds=seeds,
    )
    weights = [done.weights for done in fits]
    of_train, of_test = (predict_replicas(network, weights, rows)[..., 0] for rows in (x, x_test))
    return tuple(
        forecast(done, data, held, train, test, zoom) for done, train, test in zip(fits, of_train, of_test)
    )


def forecast(
    done: Fit, data: Prepared, held: np.ndarray, of_train: np.ndarray, of_test: np.ndarray, zoom: slice
) -> Forecast:
    """Compare the forecasts of one run, scaled (n_train,) and (n_test,), with the prices."""
    scaled = {"train": (of_train, data.y_train), "test": (of_test, data.y_test)}
    in_usd = {
        part: [restore(np.float64(values).ravel(), data.price_range) for values in both]
        for part, both in scaled.items()
    }
    errors = {part: rmse(*both) for part, both in scaled.items()}
    naive = naive_rmse(data)
    prices = np.concatenate([in_usd["train"][1], in_usd["test"][1]])
    drawn = by_position(data, in_usd["test"][0])
    places = np.flatnonzero(np.isfinite(drawn))
    start, stop, _ = zoom.indices(len(prices))
    shown = drawn[start:stop]
    same_day = correlation(shown, prices[start:stop])
    samples = [int(done.rows[0]), len(held)]
    return Forecast(
        training={
            "epochs": len(done.loss),
            "batch_size": float(done.rows[0] / done.steps[0]),
            "validation_split": samples[1] / sum(samples),
            "samples": samples,
            "validated": [int(held[0]), int(held[-1])],
        },
        log=np.stack([done.loss, done.val_loss], axis=1),
        train_rmse=errors["train"],
        test_rmse=errors["test"],
        rmse_usd={part: rmse(*both) for part, both in in_usd.items()},
        by_naive={"train": errors["train"] / naive[0], "test": errors["test"] / naive[1]},
        drawn={"first": int(places.min()), "last": int(places.max()), "points": len(places)},
        curves={"prices": prices, "forecasts": drawn},
        correlation={"full": correlation(drawn[places], prices[places]), "zoom": same_day},
        lag_advantage=correlation(shown, prices[start - 1 : stop - 1]) - same_day,
        roughness=float(np.diff(drawn[LAST_100]).std() / np.diff(prices[LAST_100]).std()),
        mishap=mishap(of_train),
    )


def rmse(forecasts: np.ndarray, actual: np.ndarray) -> float:
    """Return the root of the mean squared error, taken in float64."""
    return float(np.sqrt(np.mean((np.float64(forecasts).ravel() - np.float64(actual).ravel()) ** 2)))


def naive_rmse(data: Prepared, skip: int = 0) -> List[float]:
    """Return the RMSE of the forecast "tomorrow = today" in [train, test], without the first `skip` rows."""
    parts = [(data.x_train, data.y_train), (data.x_test, data.y_test)]
    return [rmse(x[skip:, 0], y[skip:]) for x, y in parts]


def by_position(data: Prepared, of_test: np.ndarray) -> np.ndarray:
    """Return test forecasts at their positions in the whole series, NaN before those with a full history."""
    n_train, look_back = len(data.x_train), data.x_test.shape[1]
    drawn = np.full(n_train + len(of_test), np.nan)
    drawn[n_train + look_back :] = of_test[look_back:]
    return drawn


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return the correlation of two series, 0 if one of them is constant."""
    if min(np.ptp(a), np.ptp(b)) == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def mishap(of_train: np.ndarray) -> str:
    """Return a run's failure, judged by its scaled forecasts of the training part, or ''."""
    if not np.isfinite(of_train).all():
        return "diverged: forecasts are not finite"
    if of_train.std() < CONSTANT:
        return "dead: forecasts of the training part are constant"
    return ""


@dataclass(frozen=True)
class Benchmarks:
    """Benchmarks without a network: RMSE [train, test] of "tomorrow = today", and ten-day mean forecasts."""

    persistence: Dict[str, List[float]]
    simple_average: Dict[str, float]


@unit("ch05.text07")
def benchmarks(ch05_text04: Any, zoom: Tuple[int, int] = (2400, 2501)) -> Benchmarks:
    """Forecast yesterday's price, and the mean of the look-back days.

    `zoom` : first position of the zoomed view and the position after its last.
    Source: chapter 5, text on the performance evaluation.
    """
    data = ch05_text04.prepared
    prices = np.concatenate([data.y_train, data.y_test])[:, 0]
    drawn = by_position(data, data.x_test.mean(axis=1))
    full = np.isfinite(drawn)
    shown = slice(*zoom)
    return Benchmarks(
        persistence={"with_zero_row": naive_rmse(data), "without_zero_row": naive_rmse(data, skip=1)},
        simple_average={
            "full": correlation(drawn[full], prices[full]),
            "zoom": correlation(drawn[shown], prices[shown]),
        },
    )


@unit("ch05.text07", uses=("tensorflow",))
def train_plain_rnn(ch05_text04: Any, seeds: Sequence[int], epochs: int = 3) -> Tuple[Forecast, ...]:
    """Train the plain RNN. Source: chapter 5, text on model training and performance evaluation."""
    return forecasts(plain_rnn(), ch05_text04.prepared, seeds, epochs=epochs, zoom=slice(2400, 2501))


@unit("ch05.ex04", uses=("tensorflow",))
def exercise_5_04(ch05_text04: Any, seeds: Sequence[int], epochs: int = 5) -> Tuple[Forecast, ...]:
    """Train the convolution. Source: chapter 5, exercise 5.04."""
    return forecasts(convolution(), ch05_text04.prepared, seeds, epochs=epochs, zoom=LAST_100)


@unit("ch05.ex05", uses=("tensorflow",))
def exercise_5_05(ch05_text04: Any, seeds: Sequence[int], epochs: int = 3) -> Tuple[Forecast, ...]:
    """Train the hybrid. Source: chapter 5, exercise 5.05."""
    return forecasts(hybrid(), ch05_text04.prepared, seeds, epochs=epochs, zoom=LAST_100)


@dataclass(frozen=True)
class ActivityData501:
    """IBM's prices as plotted and as prepared, and RMSE [train, test] of the forecast "tomorrow = today"."""

    by_date: Line
    by_position: Dict[str, List[float]]
    split_lengths: List[int]
    look_back: int
    shapes: List[List[int]]
    naive_rmse: List[float]


@unit("ch05.act01", uses=("pandas",))
def activity_5_01_data(ibm_csv: Any) -> ActivityData501:
    """Plot, split and scale the prices, and make look-back features. Source: chapter 5, activity 5.01."""
    table = oldest_first(with_clean_names(ibm_csv))
    prices = closing_prices(ibm_csv)
    data = prepare(prices)
    return ActivityData501(
        by_date=line(table["Date"].tolist(), table["Close"].to_numpy()),
        by_position=extremes(prices),
        split_lengths=[len(data.y_train), len(data.y_test)],
        look_back=data.x_train.shape[1],
        shapes=[list(data.x_train.shape), list(data.x_test.shape)],
        naive_rmse=naive_rmse(data),
    )


@unit("ch05.act01", uses=("tensorflow", "pandas"))
def activity_5_01(ibm_csv: Any, seeds: Sequence[int], epochs: int = 5) -> Tuple[Forecast, ...]:
    """Train the hybrid with dropout on IBM's prices. Source: chapter 5, activity 5.01."""
    data = prepare(closing_prices(ibm_csv))
    return forecasts(hybrid_with_dropout(), data, seeds, epochs=epochs, zoom=LAST_100)
