"""Exercises 6.01 to 6.05: the five models trained on IMDB reviews, with today's RMSprop and the book's.

The two differ in the position of ε. Each exercise has a function for each, from the same start, on the same
rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Optional, Sequence, Tuple

import numpy as np

from workshop.chapters.ch06_sentiment.networks import (
    Model,
    bidirectional_lstm,
    gru,
    lstm,
    plain_rnn,
    stacked_lstm,
)
from workshop.chapters.ch06_sentiment.reviews import prepared
from workshop.training.epochs import Fit
from workshop.training.fitting import fit, predict, validation_split
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import RMSprop, rmsprop_at_hand
from workshop.units import unit

_AT_ONCE = 500  # reviews per pass of the evaluation


@dataclass(frozen=True)
class History:
    """Loss and accuracy of every epoch on training and validation reviews, each of shape (epochs,)."""

    loss: np.ndarray
    accuracy: np.ndarray
    val_loss: np.ndarray
    val_accuracy: np.ndarray


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
    n_train_val: Tuple[int, int]
    optimizer: Dict[str, float]
    fall: float
    least_move: float


@dataclass(frozen=True)
class Training:
    """Results of a training. `test_accuracy` : that of the last weights."""

    history: History
    ran: Ran
    test_accuracy: float


@dataclass(frozen=True)
class PlainTraining(Training):
    """The training of exercise 6.01, with the best epoch's validation accuracy and the last weights."""

    best_val_accuracy: float
    weights: Tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Earlier:
    """The training with RMSprop as it was up to Keras 2.10, with which the book was written."""

    earlier: Training


def trained(
    model: Model,
    optimizer: RMSprop,
    imdb: Any,
    seed: int,
    epochs: int,
    batch_size: int,
    share: float,
    n_reviews: Optional[int],
) -> Tuple[Training, Tuple[np.ndarray, ...]]:
    """Train a model on the reviews, validate after each epoch, and evaluate the test reviews at the end.

    Returns the results and the last weights.

    Parameters
    ----------
    imdb : `ReviewIds`.
    share : share of the training reviews used for validation, the last ones.
    n_reviews : number of training and of test reviews to use; None uses all.

    Source: chapter 6, exercises 6.01 to 6.05.
    """
    reviews = prepared(imdb)
    x, y, x_test, y_test = (
        part[:n_reviews] for part in (reviews.x_train, reviews.y_train, reviews.x_test, reviews.y_test)
    )
    train, _ = validation_split(len(x), share)
    rng = np.random.default_rng(seed)
    start = initial_weights(model.network.model, rng)
    done = fit(
        model.computed,
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
    positive = predict(model.computed, done.weights, x_test, batch_size=_AT_ONCE, xla=True) > 0.5
    training = Training(
        history=History(done.loss, done.metric, done.val_loss, done.val_metric),
        ran=ran(start, done, len(x)),
        test_accuracy=float(np.mean(positive == y_test)),
    )
    return training, done.weights


def ran(start: Sequence[np.ndarray], done: Fit, reviews: int) -> Ran:
    """Return facts about a fit on this number of reviews, from its initial weights."""
    lengths = [float(np.linalg.norm(value)) or 1.0 for value in start]
    moves = [float(np.linalg.norm(b - a)) / length for a, b, length in zip(start, done.weights, lengths)]
    seen = int(done.rows[0])
    return Ran(
        epochs=len(done.loss),
        batch_size=int(np.ceil(seen / done.steps[0])),
        validation_split=1 - seen / reviews,
        n_train_val=(seen, reviews - seen),
        optimizer=vars(done.optimizer),
        fall=float(done.loss[0] - done.loss[-1]),
        least_move=min(moves),
    )


@unit("ch06.ex01", uses=("tensorflow",), first_steps=True)
def exercise_6_01(
    imdb: Any,
    seed: int,
    epochs: int = 10,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> PlainTraining:
    """Train the plain RNN. Source: chapter 6, exercise 6.01.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    share : share of the training reviews used for validation, the last ones.
    n_reviews : number of training and of test reviews to use; None uses all.
    """
    training, weights = trained(
        plain_rnn(), rmsprop_at_hand(), imdb, seed, epochs, batch_size, share, n_reviews
    )
    best = float(training.history.val_accuracy.max())
    return PlainTraining(**vars(training), best_val_accuracy=best, weights=weights)


@unit("ch06.ex01", uses=("tensorflow",), first_steps=True)
def exercise_6_01_earlier(
    imdb: Any,
    seed: int,
    epochs: int = 10,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> Earlier:
    """Train the plain RNN as in `exercise_6_01`, but with the book's RMSprop."""
    training, _ = trained(plain_rnn(), RMSprop(), imdb, seed, epochs, batch_size, share, n_reviews)
    return Earlier(training)


@unit("ch06.ex02", uses=("tensorflow",), first_steps=True)
def exercise_6_02(
    imdb: Any,
    seed: int,
    epochs: int = 5,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> Training:
    """Train the LSTM. Source: chapter 6, exercise 6.02.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    share : share of the training reviews used for validation, the last ones.
    n_reviews : number of training and of test reviews to use; None uses all.
    """
    training, _ = trained(lstm(), rmsprop_at_hand(), imdb, seed, epochs, batch_size, share, n_reviews)
    return training


@unit("ch06.ex02", uses=("tensorflow",), first_steps=True)
def exercise_6_02_earlier(
    imdb: Any,
    seed: int,
    epochs: int = 5,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> Earlier:
    """Train the LSTM as in `exercise_6_02`, but with the book's RMSprop."""
    training, _ = trained(lstm(), RMSprop(), imdb, seed, epochs, batch_size, share, n_reviews)
    return Earlier(training)


@unit("ch06.ex03", uses=("tensorflow",), first_steps=True)
def exercise_6_03(
    imdb: Any,
    seed: int,
    epochs: int = 4,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> Training:
    """Train the GRU. Source: chapter 6, exercise 6.03.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    share : share of the training reviews used for validation, the last ones.
    n_reviews : number of training and of test reviews to use; None uses all.
    """
    training, _ = trained(gru(), rmsprop_at_hand(), imdb, seed, epochs, batch_size, share, n_reviews)
    return training


@unit("ch06.ex03", uses=("tensorflow",), first_steps=True)
def exercise_6_03_earlier(
    imdb: Any,
    seed: int,
    epochs: int = 4,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> Earlier:
    """Train the GRU as in `exercise_6_03`, but with the book's RMSprop."""
    training, _ = trained(gru(), RMSprop(), imdb, seed, epochs, batch_size, share, n_reviews)
    return Earlier(training)


@unit("ch06.ex04", uses=("tensorflow",), first_steps=True)
def exercise_6_04(
    imdb: Any,
    seed: int,
    epochs: int = 4,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> Training:
    """Train the bidirectional LSTM. Source: chapter 6, exercise 6.04.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    share : share of the training reviews used for validation, the last ones.
    n_reviews : number of training and of test reviews to use; None uses all.
    """
    training, _ = trained(
        bidirectional_lstm(), rmsprop_at_hand(), imdb, seed, epochs, batch_size, share, n_reviews
    )
    return training


@unit("ch06.ex04", uses=("tensorflow",), first_steps=True)
def exercise_6_04_earlier(
    imdb: Any,
    seed: int,
    epochs: int = 4,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> Earlier:
    """Train the bidirectional LSTM as in `exercise_6_04`, but with the book's RMSprop."""
    training, _ = trained(bidirectional_lstm(), RMSprop(), imdb, seed, epochs, batch_size, share, n_reviews)
    return Earlier(training)


@unit("ch06.ex05", uses=("tensorflow",), first_steps=True)
def exercise_6_05(
    imdb: Any,
    seed: int,
    epochs: int = 4,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> Training:
    """Train the two stacked LSTMs. Source: chapter 6, exercise 6.05.

    Parameters
    ----------
    imdb : `ReviewIds`: word ranks in the file's order.
    share : share of the training reviews used for validation, the last ones.
    n_reviews : number of training and of test reviews to use; None uses all.
    """
    training, _ = trained(stacked_lstm(), rmsprop_at_hand(), imdb, seed, epochs, batch_size, share, n_reviews)
    return training


@unit("ch06.ex05", uses=("tensorflow",), first_steps=True)
def exercise_6_05_earlier(
    imdb: Any,
    seed: int,
    epochs: int = 4,
    batch_size: int = 128,
    share: float = 0.2,
    n_reviews: Optional[int] = None,
) -> Earlier:
    """Train the two stacked LSTMs as in `exercise_6_05`, but with the book's RMSprop."""
    training, _ = trained(stacked_lstm(), RMSprop(), imdb, seed, epochs, batch_size, share, n_reviews)
    return Earlier(training)
