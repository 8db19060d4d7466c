"""Text: Convolutional Neural Networks (chapter 3, ch03.text05): the last layer by kind of problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.backend import keras
from workshop.units import unit

ACTIVATIONS = {
    "regression": None,
    "binary classification": "sigmoid",
    "multi-class classification": "softmax",
}


def last_layer(problem: str, classes: int = 2) -> Any:
    """Return a network's last dense layer for a kind of problem.

    Parameters
    ----------
    problem : "regression", "binary classification" or "multi-class classification".
    classes : number of outputs for a multi-class classification; the others have one.

    Source: chapter 3, text on convolutional neural networks, Figure 3.12.
    """
    units = classes if problem == "multi-class classification" else 1
    return keras.layers.Dense(units, activation=ACTIVATIONS[problem])


@dataclass(frozen=True)
class LastLayer:
    """A last layer and its outputs for sums between two bounds.

    `activation` : by Keras' name. `numbers` : number of outputs. `range` : lowest and highest output.
    `total` : lowest and highest sum of one row's outputs.
    """

    activation: str
    numbers: int
    range: list[float]
    total: list[float]


@unit("ch03.text05", value="activation_table", uses="tensorflow")
def last_layers(classes: int = 20, bound: float = 30.0, rows: int = 121) -> dict[str, LastLayer]:
    """Build the last layer for each kind of problem and feed it sums from low to high.

    Source: chapter 3, text on convolutional neural networks, Figure 3.12.
    """
    table = {}
    for problem in ACTIVATIONS:
        layer = last_layer(problem, classes)
        sums = np.random.default_rng(4).normal(size=(rows, layer.units)).astype(np.float32)
        sums[:, 0] = np.linspace(-bound, bound, rows)
        layer.build(sums.shape)
        layer.set_weights([np.eye(layer.units), np.zeros(layer.units)])  # inputs go to the activation
        outputs = layer(sums).numpy()
        table[problem] = LastLayer(
            activation=layer.get_config()["activation"],
            numbers=int(outputs.shape[1]),
            range=bounds(outputs),
            total=bounds(outputs.sum(axis=1)),
        )
    return table


def bounds(values: np.ndarray) -> list[float]:
    """Return the lowest and the highest value."""
    return [float(values.min()), float(values.max())]
