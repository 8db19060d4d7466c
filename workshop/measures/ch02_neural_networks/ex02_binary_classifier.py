"""What is measured of exercise 2.02.

With the text that leads to it, text 2.02: Training a perceptron: the OR perceptron (page 58).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch02_neural_networks.ex01_perceptron import INPUTS, TruthTable
from workshop.numerics.similarity import distance
from workshop.training.backend import tf
from workshop.training.optimizers import SGD
from workshop.units import unit

from ._by_hand import descent_by_hand
from ._data import Cloud, features_and_labels, or_table, point_clouds
from ._perceptron import (
    all_changed,
    doubled_sigmoid_loss,
    net_input,
    perceptron,
    rounded,
    subset_accuracy,
    train,
)


@dataclass(frozen=True)
class OrPerceptron:
    """The perceptron trained on the OR table, and the effect of updates about which the text is wrong.

    `learning_rate` : of the first update. `steps` : of the same descent in NumPy after which it is nearest.
    `one_update_gap` : distance of the parameters after a pass from those of one update on all examples.
    """

    weight: np.ndarray
    bias: np.ndarray
    weight_difference: float
    changed: bool
    predictions: np.ndarray
    accuracy: float
    learning_rate: float
    steps: int
    rises: int
    share_updated_after_rise: float
    distance_of_one_pass: dict[str, float]
    one_update_gap: float


@unit("ch02.text02", uses="tensorflow")
def training_a_perceptron(
    inputs: TruthTable = INPUTS,
    learning_rate: float = 0.01,
    epochs: int = 1000,
    too_large_rate: float = 100.0,
) -> OrPerceptron:
    """Train the perceptron on the OR table with the sigmoid applied twice, by full-batch descent.

    Source: chapter 2, text "Perceptron training process in TensorFlow".
    """
    x, y = or_table(inputs)
    start = np.zeros((2, 1)), np.zeros((1, 1))
    optimizer = SGD(learning_rate)
    descent = train(doubled_sigmoid_loss, start, x, y, optimizer=optimizer, steps=epochs, keep=(0, 1))
    weight, bias = descent.variables
    rate, steps = _rate_and_steps(descent.snapshots[1], descent.variables, x, y)
    predictions = rounded(perceptron(x, weight, bias))
    rises, updated = _updates_after_rises(x, y, descent.variables, too_large_rate)
    of_one_pass = _distance_of_one_pass(descent.snapshots[1], x, y, start, learning_rate)
    return OrPerceptron(
        weight=weight,
        bias=bias,
        weight_difference=float(abs(weight[0, 0] - weight[1, 0])),
        changed=all_changed(descent),
        predictions=predictions,
        accuracy=subset_accuracy(y, predictions),
        learning_rate=rate,
        steps=steps,
        rises=rises,
        share_updated_after_rise=updated / rises if rises else float("nan"),
        distance_of_one_pass=of_one_pass,
        one_update_gap=of_one_pass["one update a pass"],
    )


def _rate_and_steps(
    first: Sequence[np.ndarray],
    last: Sequence[np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    documented: tuple[float, int] = (0.01, 2000),
) -> tuple[float, int]:
    """Return the rate of the first update, and after how many steps in NumPy the end is nearest.

    `documented` : the rate in NumPy, and the number of steps that are tried.
    """
    moved, end = (np.concatenate([np.ravel(v) for v in variables]) for variables in (first, last))
    unit_step = descent_by_hand(x, y, 1.0, 1)[1]
    path = descent_by_hand(x, y, *documented)
    nearest = np.abs(path - end).max(axis=1).argmin()
    return float(moved @ unit_step / (unit_step @ unit_step)), int(nearest)


def _updates_after_rises(
    x: np.ndarray, y: np.ndarray, start: Sequence[np.ndarray], rate: float, steps: int = 20
) -> tuple[int, int]:
    """Count the steps in which the loss rose, and how many of these were followed by a parameter change."""
    descent = train(
        doubled_sigmoid_loss, start, x, y, optimizer=SGD(rate), steps=steps, keep=range(steps + 1)
    )
    path = [descent.snapshots[step] for step in range(steps + 1)]
    losses = [float(doubled_sigmoid_loss(net_input(x, *variables), y)) for variables in path]
    risen = [step for step in range(1, steps) if losses[step] > losses[step - 1]]
    updated = [step for step in risen if any(np.any(a != b) for a, b in zip(path[step], path[step + 1]))]
    return len(risen), len(updated)


def _distance_of_one_pass(
    reached: Sequence[np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    start: Sequence[np.ndarray],
    learning_rate: float,
) -> dict[str, float]:
    """Return the parameters' distances after a pass from one update on all examples, and from one on each."""
    orders = {
        "one update a pass": [slice(None)],
        "one update an example": [slice(i, i + 1) for i in range(len(x))],
    }
    distances = {}
    for name, batches in orders.items():
        variables = [tf.Variable(np.array(value, dtype=np.float32)) for value in start]
        for batch in batches:
            with tf.GradientTape() as tape:
                loss = doubled_sigmoid_loss(net_input(x[batch], *variables), y[batch])
            for variable, gradient in zip(variables, tape.gradient(loss, variables)):
                variable.assign_sub(learning_rate * gradient)
        distances[name] = max(distance(v.numpy(), value) for v, value in zip(variables, reached))
    return distances


@dataclass(frozen=True)
class Classifier:
    """The points' table and clouds, the trained perceptron, and how it classifies the points."""

    head: list[list[float]]
    clouds: dict[str, Cloud]
    class_counts: list[int]
    weight: np.ndarray
    bias: np.ndarray
    accuracy: float
    confusion: np.ndarray


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Count examples by true class (rows) and predicted class (columns), (classes, classes)."""
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (labels.astype(int).ravel(), predictions.astype(int).ravel()), 1)
    return counts


@unit("ch02.ex02", uses="tensorflow pandas")
def exercise_2_02(two_class_points: Any, learning_rate: float = 0.01, steps: int = 1000) -> Classifier:
    """Train a perceptron to distinguish two classes of points, with the sigmoid applied twice.

    Parameters
    ----------
    two_class_points : table with columns label (0 or 1), x1, x2.

    Source: chapter 2, exercise 2.02.
    """
    x, y = features_and_labels(two_class_points)
    start = np.zeros((2, 1)), np.zeros((1,))
    optimizer = SGD(learning_rate)
    weight, bias = train(doubled_sigmoid_loss, start, x, y, optimizer=optimizer, steps=steps).variables
    predictions = rounded(perceptron(x, weight, bias))
    return Classifier(
        head=two_class_points.head().values.tolist(),
        clouds=point_clouds(two_class_points),
        class_counts=[int(n) for n in np.unique(y, return_counts=True)[1]],
        weight=weight,
        bias=bias,
        accuracy=subset_accuracy(y, predictions),
        confusion=confusion_matrix(y, predictions, 2),
    )
