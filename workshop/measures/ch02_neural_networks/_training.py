"""Settings of the trainings in Keras, their histories, and the training on points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.training.fitting import Fit, Network, evaluate, fit, predict
from workshop.training.initialisers import initial_weights, shuffled
from workshop.training.optimizers import Adam

from ._data import features_and_labels

BINARY: dict[str, Any] = {"loss": "binary_crossentropy", "metric": "binary_accuracy"}
SPARSE: dict[str, Any] = {
    "loss": "sparse_categorical_crossentropy",
    "metric": "sparse_categorical_accuracy",
}
ADAM = Adam(learning_rate=0.001)


@dataclass(frozen=True)
class History:
    """Loss and accuracy of every epoch as Keras reports them, shape (epochs,)."""

    loss: np.ndarray
    accuracy: np.ndarray


def first_epoch_at_1(accuracy: np.ndarray) -> int:
    """Return the first epoch, from 1, with an accuracy of 1.0. Without one, return the epochs plus 1."""
    perfect = np.flatnonzero(accuracy >= 1.0)
    return int(perfect[0]) + 1 if len(perfect) else len(accuracy) + 1


def epoch_lines(history: History, epochs: Sequence[int]) -> dict[int, list[float]]:
    """Return [loss, accuracy] of chosen epochs, numbered from 1."""
    return {
        e: [float(history.loss[e - 1]), float(history.accuracy[e - 1])]
        for e in epochs
        if 1 <= e <= len(history.loss)
    }


def fit_points(network: Network, table: Any, seed: int, epochs: int) -> tuple[Fit, float, float]:
    """Train on all points from a fresh start, and evaluate on them; return the fit, loss and accuracy."""
    x, y = features_and_labels(table)
    rng = np.random.default_rng(seed)
    start = initial_weights(network.model, rng)
    order = shuffled(rng, epochs=epochs, n=len(x))
    done = fit(network, start, x, y, order, optimizer=ADAM, xla=True, **BINARY)
    loss, _ = evaluate(network, done.weights, x, y, **BINARY)
    # predicted from the table itself and compared with its labels, to detect a mix-up before the fit
    ones = predict(network, done.weights, table[["x1", "x2"]].to_numpy(np.float32))[:, 0] > 0.5
    return done, loss, float(np.mean(ones == (table["label"].to_numpy() == 1)))
