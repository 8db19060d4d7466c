"""Activity 2.01: a multilayer network distinguishes mines from rocks in sonar signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from workshop.chapters.ch02_neural_networks.keras_networks import (
    ADAM,
    BINARY,
    History,
    dense_layers,
    dense_network,
    epoch_lines,
    layer_table,
    output_layer,
    parameter_totals,
)
from workshop.training.fitting import Fit, Network, evaluate, fit
from workshop.training.initialisers import initial_weights, shuffled
from workshop.units import unit

CLASSES = 2
SONAR = Network(dense_network, ((60,), ((300, "relu"), (200, "relu"), (100, "relu"), output_layer(CLASSES))))
SHOWN = (*range(8, 11), *range(52, 61))


@dataclass(frozen=True)
class SonarModel:
    """The model as built. `summary` and `params_total` are ours, because the book does not print them."""

    layers: List[List[Any]]
    summary: Dict[str, List[Any]]
    params_total: List[int]


@unit("ch02.act01", uses=("tensorflow",))
def activity_2_01_model() -> SonarModel:
    """Build the network and read back its layers. Source: chapter 2, activity 2.01."""
    model = SONAR.model
    names = ["dense", "dense_1", "dense_2", "dense_3"]
    return SonarModel(dense_layers(model), layer_table(model, names), parameter_totals(model))


@dataclass(frozen=True)
class SonarData:
    """The table as loaded and encoded."""

    head: List[List[Any]]
    n_features: int
    n_rows: int
    classes: List[str]
    label_shape: List[int]
    last_layer: List[Any]


@unit("ch02.act01")
def activity_2_01_data(sonar: Any) -> SonarData:
    """Read the table, and choose the last layer by number of classes. Source: chapter 2, activity 2.01."""
    x, y, classes = features_and_labels(sonar)
    columns = [*(f"attribute_{i}" for i in SHOWN), "Class"]
    return SonarData(
        head=[list(row) for row in sonar[columns].head().to_numpy().tolist()],
        n_features=x.shape[1],
        n_rows=x.shape[0],
        classes=classes,
        label_shape=list(y.shape),
        last_layer=list(output_layer(len(classes))),
    )


@dataclass(frozen=True)
class Phase:
    """Results of one fit of 30 epochs and the evaluation after it."""

    history: History
    log: Dict[int, List[float]]
    eval_loss: float
    eval_accuracy: float


@dataclass(frozen=True)
class Activity201:
    """A fit from fresh weights, and a second fit that continues with its weights."""

    fresh: Phase
    continued: Phase


@unit("ch02.act01", uses=("tensorflow",))
def activity_2_01(sonar: Any, seed: int, epochs: int = 30) -> Activity201:
    """Train on all rows in batches of 32 with Adam, evaluate on the same rows, and fit once more.

    The second fit continues with the first one's weights and moments. Source: chapter 2, activity 2.01.
    """
    x, y, _ = features_and_labels(sonar)
    rng = np.random.default_rng(seed)
    start = initial_weights(SONAR.model, rng)
    order = shuffled(rng, epochs=2 * epochs, n=len(x))
    first = fit_sonar(start, x, y, order[:epochs])
    second = fit_sonar(first.weights, x, y, order[epochs:], after=first)
    return Activity201(phase(first, x, y), phase(second, x, y))


def fit_sonar(
    weights: Sequence[np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    order: np.ndarray,
    after: Optional[Fit] = None,
) -> Fit:
    """Train the sonar network from given weights; `order` (epochs, n)."""
    return fit(
        SONAR, weights, x, y, order, optimizer=ADAM, loss=BINARY[0], metric=BINARY[1], xla=True, after=after
    )


def features_and_labels(table: Any) -> Tuple[np.ndarray, np.ndarray, List[str]]:
    """Return features (n, 60) and labels (n, 1) as float32, and the class names by label."""
    classes, codes = np.unique(table.iloc[:, -1].to_numpy().astype(str), return_inverse=True)
    return table.iloc[:, :-1].to_numpy(np.float32), codes.reshape(-1, 1).astype(np.float32), classes.tolist()


def phase(done: Fit, x: np.ndarray, y: np.ndarray) -> Phase:
    """Return the history of a fit and the evaluation after it."""
    loss, accuracy = evaluate(SONAR, done.weights, x, y, loss=BINARY[0], metric=BINARY[1])
    history = History(done.loss, done.metric)
    return Phase(history, epoch_lines(history, range(1, len(done.loss) + 1)), loss, accuracy)
