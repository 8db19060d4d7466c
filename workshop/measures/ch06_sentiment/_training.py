"""The training that exercises 6.01 to 6.05 and activity 6.01 share, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Optional, Sequence

import numpy as np

from workshop.training.epochs import Fit, KerasHistory, history_of, least_move
from workshop.training.fitting import Network, fit, predict, validation_split
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.one_loop import in_one_loop
from workshop.training.optimizers import Optimizer, RMSprop, rmsprop_at_hand
from workshop.units import unit

from ._data import Padded, prepared

_AT_ONCE = 500  # reviews per pass of the evaluation


@dataclass(frozen=True)
class Ran:
    """Facts about a training, counted while it ran.

    `batch_size` : mean number of reviews per step, rounded up. `n_train_val` : numbers of training and
    validation reviews. `optimizer` : its settings, read back. `fall` : the first epoch's loss minus the last
    one's. `least_move` : the smallest change of a weight array, relative to its start.
    """

    epochs: int
    batch_size: int
    validation_split: float
    n_train_val: tuple[int, int]
    optimizer: Optimizer
    fall: float
    least_move: float


@dataclass(frozen=True)
class Training:
    """Results of a training.

    `test_accuracy` : that of the last weights. `mean_test_output` : their mean probability that a test review
    is positive. It differs between sets of reviews even if all get one answer.
    """

    history: KerasHistory
    ran: Ran
    test_accuracy: float
    mean_test_output: float

    @classmethod
    def of(cls, done: Trained) -> Training:
        """Return the results of a training."""
        return done.training


@dataclass(frozen=True)
class Trained:
    """A training, with its fit and the last weights' outputs for the test reviews, float32 (n, 1)."""

    training: Training
    fit: Fit
    outputs: np.ndarray


def trained(
    builder: Callable[[], Any],
    data: Padded,
    optimizer: Optimizer,
    seed: int,
    epochs: int,
    batch_size: int,
    share: float,
) -> Trained:
    """Train a model on the reviews, validate after each epoch, and predict the test reviews at the end.

    Parameters
    ----------
    builder : returns the Keras model.
    share : share of the training reviews used for validation, the last ones.

    Source: chapter 6, exercises 6.01 to 6.05 and activity 6.01.
    """
    network = Network(in_one_loop, (builder,))
    x, y = data.x_train, data.y_train
    train, _ = validation_split(len(x), share)
    rng = np.random.default_rng(seed)
    start = initial_weights(Network(builder).model, rng)
    done = fit(
        network,
        start,
        x[:train],
        y[:train],
        shuffled(rng, epochs=epochs, n=train),
        optimizer=optimizer,
        loss="binary_crossentropy",
        metric="binary_accuracy",
        batch_size=batch_size,
        validation=(x[train:], y[train:]),
        seed=seed,
        xla=True,
    )
    outputs = predict(network, done.weights, data.x_test, batch_size=_AT_ONCE, xla=True)
    training = Training(
        history=history_of(done),
        ran=ran(start, done, len(x)),
        test_accuracy=float(np.mean((outputs > 0.5) == data.y_test)),
        mean_test_output=float(np.mean(outputs, dtype=np.float64)),
    )
    return Trained(training, done, outputs)


def review_trainings(
    unit_id: str, builder: Callable[[], Any], epochs: int, kind: type[Training] = Training
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Declare two trainings of an exercise's model: with today's RMSprop, and with the book's.

    Their names are the builder's without `_model`, the second with `_earlier`. The first returns a `kind`.
    """

    def declared(optimizer: Callable[[], Optimizer], suffix: str, value: str = "") -> Callable[..., Any]:
        def train(
            imdb: Any,
            seed: int,
            epochs: int = epochs,
            batch_size: int = 128,
            share: float = 0.2,
            n_reviews: Optional[int] = None,
        ) -> Training:
            """Train the exercise's model on film reviews.

            `_earlier` does so with RMSprop as it was up to Keras 2.10, with which the book was written.

            Parameters
            ----------
            imdb : `ReviewIds`: word ranks in the file's order.
            share : share of the training reviews used for validation, the last ones.
            n_reviews : number of training and of test reviews to use; None uses all.
            """
            reviews = prepared(imdb, n_reviews)
            done = trained(builder, reviews, optimizer(), seed, epochs, batch_size, share)
            return done.training if value else kind.of(done)

        if not value:
            train.__annotations__["return"] = kind
        train.__module__ = builder.__module__.replace("chapters", "measures")
        train.__name__ = train.__qualname__ = builder.__name__.replace("_model", suffix)
        return unit(unit_id, value=value, uses="tensorflow", first_steps=True)(train)

    return declared(rmsprop_at_hand, ""), declared(RMSprop, "_earlier", "earlier")


def ran(start: Sequence[np.ndarray], done: Fit, reviews: int) -> Ran:
    """Return facts about a fit on this number of reviews, from its initial weights."""
    train = int(done.rows[0])
    return Ran(
        epochs=len(done.loss),
        batch_size=int(np.ceil(train / done.steps[0])),
        validation_split=1 - train / reviews,
        n_train_val=(train, reviews - train),
        optimizer=done.optimizer,
        fall=float(done.loss[0] - done.loss[-1]),
        least_move=least_move(start, done.weights),
    )
