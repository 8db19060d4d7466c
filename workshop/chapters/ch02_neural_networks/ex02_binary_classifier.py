"""Exercise 2.02: Perceptron as a Binary Classifier (chapter 2, page 62).

A perceptron distinguishes two classes of points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List

import numpy as np

from workshop.chapters.ch02_neural_networks._data import Cloud, features_and_labels, point_clouds
from workshop.chapters.ch02_neural_networks._perceptron import (
    SingleActivation,
    doubled_sigmoid_loss,
    perceptron,
    rounded,
    single_sigmoid_loss,
    subset_accuracy,
    train,
)
from workshop.training.optimizers import SGD
from workshop.units import unit


@dataclass(frozen=True)
class Classifier:
    """The points' table and clouds, the trained perceptron, and how it classifies the points."""

    head: List[List[float]]
    clouds: Dict[str, Cloud]
    class_counts: List[int]
    weight: np.ndarray
    bias: np.ndarray
    accuracy: float
    confusion: np.ndarray
    single_sigmoid: SingleActivation


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Count examples by true class (rows) and predicted class (columns), (classes, classes)."""
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (labels.astype(int).ravel(), predictions.astype(int).ravel()), 1)
    return counts


@unit("ch02.ex02", uses=("tensorflow", "pandas"))
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
    single = train(single_sigmoid_loss, start, x, y, optimizer=optimizer, steps=steps).variables
    return Classifier(
        head=two_class_points.head().values.tolist(),
        clouds=point_clouds(two_class_points),
        class_counts=[int(n) for n in np.unique(y, return_counts=True)[1]],
        weight=weight,
        bias=bias,
        accuracy=subset_accuracy(y, predictions),
        confusion=confusion_matrix(y, predictions, 2),
        single_sigmoid=SingleActivation(*single, subset_accuracy(y, rounded(perceptron(x, *single)))),
    )
