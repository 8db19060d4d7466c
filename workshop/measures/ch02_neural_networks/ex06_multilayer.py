"""What is measured of exercise 2.06.

With the text that leads to it, text 2.05: Last-layer configuration and the ReLU activation
function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch02_neural_networks.ex06_multilayer import exercise_2_06_model
from workshop.training.backend import keras, tf
from workshop.training.fitting import Network
from workshop.units import unit

from ._data import PointTable, point_table
from ._networks import Summary, dense_layers, last_layer, summary_of
from ._training import History, epoch_lines, first_epoch_at_1, fit_points


@dataclass(frozen=True)
class LayersAndActivation:
    """Last layers as built, ReLU's values, and its deviations from zero and from the identity."""

    last_layer: dict[str, list[Any]]
    relu: np.ndarray
    relu_minimum: float
    relu_curve: dict[str, float]


@unit("ch02.text05", uses="tensorflow")
def last_layer_and_relu(
    values: Sequence[float] = (1.0, -2.0, 0.0, 0.3, -1.5), classes: Sequence[int] = (2, 3, 10)
) -> LayersAndActivation:
    """Build last layers for numbers of classes, and apply ReLU to the example and to a grid around zero.

    Source: chapter 2, text on Keras' building blocks and activation functions.
    """
    built = {}
    for n in classes:
        units, activation = last_layer(n)
        layers = [keras.layers.InputLayer((4,)), keras.layers.Dense(units, activation=activation)]
        built[f"{n} classes"] = dense_layers(keras.models.Sequential(layers))[-1]
    grid = np.linspace(-5, 5, 1001, dtype=np.float32)
    curve = tf.nn.relu(tf.constant(grid)).numpy()
    deviations = {
        "negative": float(np.abs(curve[grid <= 0]).max()),
        "positive minus x": float(np.abs(curve - grid)[grid > 0].max()),
    }
    relu = tf.nn.relu(tf.constant(values, tf.float32)).numpy()
    return LayersAndActivation(built, relu, float(curve.min()), deviations)


@unit("ch02.text05", value="loss", uses="tensorflow")
def relu_against_sigmoid(two_class_points: Any, seed: int, epochs: int = 50) -> dict[str, float]:
    """Train the network of exercise 2.06 with ReLU and with sigmoid hidden layers from the same weights.

    Returns the loss after the last epoch of each. Source: chapter 2, text on the ReLU activation function.
    """
    networks = {
        "relu": Network(exercise_2_06_model),
        "sigmoid": Network(exercise_2_06_model, ("sigmoid",)),
    }
    return {name: fit_points(net, two_class_points, seed, epochs)[1] for name, net in networks.items()}


@unit("ch02.ex06")
def exercise_2_06_data(two_class_points: Any) -> PointTable:
    """Look at the points again. Source: chapter 2, exercise 2.06."""
    return point_table(two_class_points)


@unit("ch02.ex06", uses="tensorflow")
def exercise_2_06_summary() -> Summary:
    """Build the model and read back its summary. Source: chapter 2, exercise 2.06."""
    return summary_of(exercise_2_06_model(), ["dense", "dense_1", "dense_2"])


@dataclass(frozen=True)
class Training:
    """Results of training and evaluation. `log` : [loss, accuracy] of every epoch."""

    history: History
    log: dict[int, list[float]]
    first_epoch_at_1: int
    best_accuracy: float
    eval_loss: float
    eval_accuracy: float


@unit("ch02.ex06", uses="tensorflow")
def exercise_2_06(two_class_points: Any, seed: int, epochs: int = 50) -> Training:
    """Train 50 and 20 ReLU units and a sigmoid with Adam on batches of 32, which are all 21 points.

    Parameters
    ----------
    two_class_points : table with columns label (0 or 1), x1, x2.

    Source: chapter 2, exercise 2.06.
    """
    done, loss, accuracy = fit_points(Network(exercise_2_06_model), two_class_points, seed, epochs)
    history = History(done.loss, done.metric)
    return Training(
        history=history,
        log=epoch_lines(history, range(1, epochs + 1)),
        first_epoch_at_1=first_epoch_at_1(done.metric),
        best_accuracy=float(done.metric.max()),
        eval_loss=loss,
        eval_accuracy=accuracy,
    )
