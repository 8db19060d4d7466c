"""What is measured of activity 2.01.

The network distinguishes mines from rocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.chapters.ch02_neural_networks.act01_sonar import activity_2_01_model
from workshop.training.fitting import Fit, Network, evaluate, fit
from workshop.training.initialisers import initial_weights, shuffled
from workshop.units import unit

from ._data import check_columns
from ._networks import dense_layers, last_layer
from ._training import ADAM, BINARY, History, epoch_lines

SHOWN = [*(f"attribute_{i}" for i in (*range(8, 11), *range(52, 61))), "Class"]


@dataclass(frozen=True)
class Data:
    """The table as loaded and encoded."""

    head: list[list[Any]]
    n_features: int
    n_rows: int
    classes: list[str]
    label_shape: list[int]
    last_layer: list[Any]


def features_and_labels(table: Any) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return features (n, columns) and labels (n, 1) as float32, and the class names by label.

    Raises ValueError if there is no column Class.
    """
    check_columns(table, ["Class"])
    classes, codes = np.unique(table["Class"].to_numpy().astype(str), return_inverse=True)
    features = table.drop("Class", axis=1).to_numpy(np.float32)
    return features, codes.reshape(-1, 1).astype(np.float32), classes.tolist()


@unit("ch02.act01")
def activity_2_01_data(sonar: Any) -> Data:
    """Read the table, and choose the last layer by number of classes. Source: chapter 2, activity 2.01."""
    x, y, classes = features_and_labels(sonar)
    shown = [name for name in SHOWN if name in sonar]
    return Data(
        head=[list(row) for row in sonar[shown].head().to_numpy().tolist()],
        n_features=x.shape[1],
        n_rows=x.shape[0],
        classes=classes,
        label_shape=list(y.shape),
        last_layer=list(last_layer(len(classes))),
    )


@unit("ch02.act01", value="layers", uses="tensorflow")
def activity_2_01_summary() -> list[list[Any]]:
    """Build the network and read units and activation of its layers. Source: chapter 2, activity 2.01."""
    return dense_layers(activity_2_01_model())


@dataclass(frozen=True)
class Phase:
    """Results of one fit of 30 epochs and the evaluation after it."""

    history: History
    log: dict[int, list[float]]
    eval_loss: float
    eval_accuracy: float


@dataclass(frozen=True)
class Trainings:
    """A fit from fresh weights, and a second fit that continues with its weights."""

    fresh: Phase
    continued: Phase


@unit("ch02.act01", uses="tensorflow")
def activity_2_01(sonar: Any, seed: int, epochs: int = 30) -> Trainings:
    """Train on all rows in batches of 32 with Adam, evaluate on the same rows, and fit once more.

    The second fit continues with the first one's weights and moments. Raises ValueError if there is no column
    Class, or if it does not have two values.

    Parameters
    ----------
    sonar : table of numbers and a column Class with two values.

    Source: chapter 2, activity 2.01.
    """
    x, y, classes = features_and_labels(sonar)
    if len(classes) != 2:
        raise ValueError(f"the column Class has {len(classes)} values: one sigmoid distinguishes two")
    network = Network(activity_2_01_model, (x.shape[1],))
    rng = np.random.default_rng(seed)
    start = initial_weights(network.model, rng)
    order = shuffled(rng, epochs=2 * epochs, n=len(x))
    first = fit(network, start, x, y, order[:epochs], optimizer=ADAM, xla=True, **BINARY)
    second = fit(
        network, first.weights, x, y, order[epochs:], optimizer=ADAM, xla=True, after=first, **BINARY
    )

    def phase(done: Fit) -> Phase:
        loss, accuracy = evaluate(network, done.weights, x, y, **BINARY)
        history = History(done.loss, done.metric)
        return Phase(history, epoch_lines(history, range(1, len(done.loss) + 1)), loss, accuracy)

    return Trainings(phase(first), phase(second))
