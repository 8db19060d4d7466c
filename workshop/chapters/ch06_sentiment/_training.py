"""The training that exercises 6.01 to 6.05 and activity 6.01 share, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence, Tuple

import numpy as np

from workshop.chapters.ch06_sentiment._data import Padded
from workshop.training.epochs import Fit
from workshop.training.fitting import Network, fit, predict, validation_split
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.one_loop import in_one_loop
from workshop.training.optimizers import Optimizer

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
    optimizer: Optimizer
    fall: float
    least_move: float


@dataclass(frozen=True)
class Training:
    """Results of a training.

    `test_accuracy` : that of the last weights. `mean_test_output` : their mean probability that a test review
    is positive. It differs between sets of reviews even if all get one answer.
    """

    history: History
    ran: Ran
    test_accuracy: float
    mean_test_output: float


@dataclass(frozen=True)
class Trained:
    """A training, with its fit and the last weights' outputs for the test reviews, float32 (n, 1)."""

    training: Training
    fit: Fit
    outputs: np.ndarray


@dataclass(frozen=True)
class Earlier:
    """The training with RMSprop as it was up to Keras 2.10, with which the book was written."""

    earlier: Training


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
        history=History(done.loss, done.metric, done.val_loss, done.val_metric),
        ran=ran(start, done, len(x)),
        test_accuracy=float(np.mean((outputs > 0.5) == data.y_test)),
        mean_test_output=float(np.mean(outputs, dtype=np.float64)),
    )
    return Trained(training, done, outputs)


def ran(start: Sequence[np.ndarray], done: Fit, reviews: int) -> Ran:
    """Return facts about a fit on this number of reviews, from its initial weights."""
    lengths = [float(np.linalg.norm(value)) or 1.0 for value in start]
    moves = [float(np.linalg.norm(b - a)) / length for a, b, length in zip(start, done.weights, lengths)]
    train = int(done.rows[0])
    return Ran(
        epochs=len(done.loss),
        batch_size=int(np.ceil(train / done.steps[0])),
        validation_split=1 - train / reviews,
        n_train_val=(train, reviews - train),
        optimizer=done.optimizer,
        fall=float(done.loss[0] - done.loss[-1]),
        least_move=min(moves),
    )
