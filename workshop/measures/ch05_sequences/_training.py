"""Networks trained to forecast the next price, and their forecasts compared with the prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence

import numpy as np

from workshop.chapters.ch05_sequences._data import Prepared, restore
from workshop.training.fitting import Fit, Network, validation_split
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import Adam
from workshop.training.replicas import fit_replicas, predict_replicas

LOSS = "mse"  # the one name of the mean squared error that every version of tf.keras has
ADAM = Adam(learning_rate=0.001)
LAST_100 = slice(-100, None)
CONSTANT = 1e-3  # a network whose forecasts spread less than this, on the scale of 0 to 1, is dead


@dataclass(frozen=True)
class Training:
    """What ran: epochs, batch size, share and numbers of samples [trained, validated], and validated rows.

    `validated` : the first and the last row.
    """

    epochs: int
    batch_size: float
    validation_split: float
    samples: list[int]
    validated: list[int]


@dataclass(frozen=True)
class Drawn:
    """Positions of the first and the last forecast in the plot, and their number."""

    first: int
    last: int
    points: int


@dataclass(frozen=True)
class Forecast:
    """Results of one training run, and its forecasts compared with the prices.

    `log` : loss and validation loss after each epoch, (epochs, 2), in squared scaled units. `train_rmse`,
    `test_rmse` : scaled, i.e. in units of the training range. `rmse_usd` : the same in USD. `by_naive` : the
    same divided by that of the forecast "tomorrow = today". `curves` : plotted curves in USD, the `prices` of
    all days and the `forecasts`, NaN before the first; (days,) each. `correlation` : correlation with the
    prices, over the whole plot and in the zoomed view. `lag_advantage` : in the zoomed view, correlation with
    the previous day's price minus that with the day's own. `roughness` : standard deviation of the day-to-day
    changes of the last 100 forecasts, divided by that of the prices. `mishap` : what went wrong in the run,
    '' if nothing did.
    """

    training: Training
    log: np.ndarray
    train_rmse: float
    test_rmse: float
    rmse_usd: dict[str, float]
    by_naive: dict[str, float]
    drawn: Drawn
    curves: dict[str, np.ndarray]
    correlation: dict[str, float]
    lag_advantage: float
    roughness: float
    mishap: str


def train_and_forecast(
    model: Callable[[int], Any], data: Prepared, seeds: Sequence[int], *, epochs: int, zoom: slice
) -> tuple[Forecast, ...]:
    """Train a network on the prepared prices from one start per seed, and forecast both parts.

    `model` builds the network from the number of days that it looks back. The batch size is 1. As in Keras,
    the last tenth of the training part is used for validation. `zoom` : positions of the zoomed view.

    Raises TypeError if `seeds` is not a list, ValueError if there are too few days.
    """
    if isinstance(seeds, (int, np.integer)):
        raise TypeError(f"seeds is a list, one seed for each run: give seeds=[{seeds}]")
    first_forecast(data)
    x, y, x_test = (a.astype(np.float32) for a in (data.x_train, data.y_train, data.x_test))
    network = Network(model, (x.shape[1],))
    n_fitted, _ = validation_split(len(x), 0.1)
    fitted, validated = np.split(np.arange(len(x)), [n_fitted])
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
        batch_size=1,
        validation=(x[validated], y[validated]),
        seeds=seeds,
    )
    weights = [done.weights for done in fits]
    of_train, of_test = (predict_replicas(network, weights, rows)[..., 0] for rows in (x, x_test))
    return tuple(
        evaluate(done, data, validated, train, test, zoom)
        for done, train, test in zip(fits, of_train, of_test)
    )


def evaluate(
    done: Fit, data: Prepared, validated: np.ndarray, of_train: np.ndarray, of_test: np.ndarray, zoom: slice
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
    shown, last_100 = zoomed_view(data, zoom), zoomed_view(data, LAST_100)
    same_day = correlation(drawn[shown], prices[shown])
    day_before = correlation(drawn[shown], prices[shown.start - 1 : shown.stop - 1])
    samples = [int(done.rows[0]), len(validated)]
    return Forecast(
        training=Training(
            epochs=len(done.loss),
            batch_size=float(done.rows[0] / done.steps[0]),
            validation_split=samples[1] / sum(samples),
            samples=samples,
            validated=[int(validated[0]), int(validated[-1])],
        ),
        log=np.stack([done.loss, done.val_loss], axis=1),
        train_rmse=errors["train"],
        test_rmse=errors["test"],
        rmse_usd={part: rmse(*both) for part, both in in_usd.items()},
        by_naive={"train": errors["train"] / naive[0], "test": errors["test"] / naive[1]},
        drawn=Drawn(int(places.min()), int(places.max()), len(places)),
        curves={"prices": prices, "forecasts": drawn},
        correlation={"full": correlation(drawn[places], prices[places]), "zoom": same_day},
        lag_advantage=day_before - same_day,
        roughness=float(np.diff(drawn[last_100]).std() / np.diff(prices[last_100]).std()),
        mishap=mishap(of_train),
    )


def rmse(forecasts: np.ndarray, actual: np.ndarray) -> float:
    """Return the root of the mean squared error, taken in float64."""
    return float(np.sqrt(np.mean((np.float64(forecasts).ravel() - np.float64(actual).ravel()) ** 2)))


def naive_rmse(data: Prepared, skip: int = 0) -> list[float]:
    """Return the RMSE of the forecast "tomorrow = today" in [train, test], without the first `skip` rows."""
    parts = [(data.x_train, data.y_train), (data.x_test, data.y_test)]
    return [rmse(x[skip:, 0], y[skip:]) for x, y in parts]


def mean_rmse(data: Prepared) -> list[float]:
    """Return the RMSE [train, test] of the forecast that every price is the mean of the training part."""
    mean = data.y_train.mean()
    return [rmse(np.full(len(y), mean), y) for y in (data.y_train, data.y_test)]


def first_forecast(data: Prepared) -> int:
    """Return the position in the whole series of the first test day whose history is whole.

    Raises ValueError if there is none.
    """
    n_test, look_back = data.x_test.shape
    if n_test <= look_back:
        raise ValueError(
            f"{n_test} days in the test part are too few to look back on {look_back}: give more prices"
        )
    return len(data.x_train) + look_back


def by_position(data: Prepared, of_test: np.ndarray) -> np.ndarray:
    """Return test forecasts at their positions in the whole series, NaN before those with a full history."""
    first, n_train = first_forecast(data), len(data.x_train)
    drawn = np.full(n_train + len(of_test), np.nan)
    drawn[first:] = of_test[first - n_train :]
    return drawn


def zoomed_view(data: Prepared, zoom: slice) -> slice:
    """Return the days of a zoomed view that have a forecast, or the last 100 such days if it has few."""
    first, days = first_forecast(data), len(data.y_train) + len(data.y_test)
    start, stop, _ = zoom.indices(days)
    if stop - max(start, first) < 3:  # neither a correlation nor changes from day to day
        start, stop = days - 100, days
    return slice(max(start, first), stop)


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
