"""The chapter's scores of made-up examples, counted one by one: classes and confusion."""

from __future__ import annotations

import numpy as np

from workshop.units import unit

from ._data import or_table
from ._perceptron import perceptron, rounded, subset_accuracy
from .ex02_binary_classifier import confusion_matrix, training_a_perceptron


@unit("ch02.text02", value="misjudged", uses="tensorflow")
def accuracy_of_other_perceptrons() -> int:
    """Score perceptrons for OR, for its reverse, for the first input and for its reverse.

    Returns the number of accuracies that differ from the share of inputs on the right side of the line w·x +
    b = 0. Source: ours.
    """
    x, y = or_table()
    wrong = 0
    for weights in ((8.0, 8.0, -4.0), (-8.0, -8.0, 4.0), (8.0, 0.0, -4.0), (-8.0, 0.0, 4.0)):
        kernel, bias = np.reshape(weights[:2], (2, 1)).astype(np.float32), np.float32(weights[2])
        right = sum(
            (row[0] * weights[0] + row[1] * weights[1] + weights[2] > 0) == bool(label)
            for row, (label,) in zip(x, y)
        )
        wrong += subset_accuracy(y, rounded(perceptron(x, kernel, bias))) != right / len(x)
    return int(wrong)


@unit("ch02.text02", value="one_update_gap", uses="tensorflow")
def one_update_of_a_pass() -> float:
    """Train the OR perceptron for two passes, and compare the first with one update.

    Returns the distance of the parameters after a pass from those of one update on all examples. Source:
    ours.
    """
    return training_a_perceptron(epochs=2).distance_of_one_pass["one update a pass"]


@unit("ch02.ex02", value="miscounted", uses="tensorflow")
def confusion_of_made_up_classes() -> int:
    """Count made-up examples, of which each pair of true and predicted class has another number.

    Returns the number of entries of a confusion matrix that differ from counts by hand. Source: ours.
    """
    expected = np.array([[1, 4], [2, 3]])
    pairs = [(true, found) for true in range(2) for found in range(2) for _ in range(expected[true, found])]
    labels, predictions = np.array(pairs, dtype=np.float32).T[:, :, np.newaxis]
    return int(np.sum(confusion_matrix(labels, predictions, 2) != expected))
