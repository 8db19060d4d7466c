"""The chapter's scores of made-up examples, counted one by one: classes, confusion, accuracy and corners."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from workshop.units import unit

from ._data import or_table
from ._perceptron import argmax_accuracy, perceptron, rounded, subset_accuracy
from .ex02_binary_classifier import confusion_matrix, training_a_perceptron
from .ex04_digits import mnist_case_study


@unit("ch02.text02", value="misjudged", uses=("tensorflow",))
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


@unit("ch02.text02", value="one_update_gap", uses=("tensorflow",))
def one_update_of_a_pass() -> float:
    """Train the OR perceptron for two passes, and compare the first with one update.

    Returns the distance of the parameters after a pass from those of one update on all examples. Source:
    ours.
    """
    return training_a_perceptron(epochs=2).distance_of_one_pass["one update a pass"]


@unit("ch02.ex02", value="miscounted", uses=("tensorflow",))
def confusion_of_made_up_classes() -> int:
    """Count made-up examples, of which each pair of true and predicted class has another number.

    Returns the number of entries of a confusion matrix that differ from counts by hand. Source: ours.
    """
    expected = np.array([[1, 4], [2, 3]])
    pairs = [(true, found) for true in range(2) for found in range(2) for _ in range(expected[true, found])]
    labels, predictions = np.array(pairs, dtype=np.float32).T[:, :, np.newaxis]
    return int(np.sum(confusion_matrix(labels, predictions, 2) != expected))


@unit("ch02.ex03", value="argmax_deviation", uses=("tensorflow",))
def argmax_accuracy_by_rows(rows: int = 40, classes: int = 3, seed: int = 0) -> float:
    """Count drawn probabilities, the highest of which is that of the true class or not.

    Returns the distance of the accuracy by the most probable class from the share counted row by row. Source:
    ours.
    """
    rng = np.random.default_rng(seed)
    labels, probabilities = rng.integers(0, classes, rows), rng.random((rows, classes))
    right = sum(max(row) == row[label] for row, label in zip(probabilities.tolist(), labels))
    return abs(argmax_accuracy(np.eye(classes)[labels], probabilities) - right / rows)


@unit("ch02.text04", value="corner_deviation", uses=("tensorflow",))
def corners_of_made_up_images() -> float:
    """Describe images with no bright corner, with one, with two and with four.

    Returns the distance of the share of images with four dark corners from that of made-up images. Source:
    ours.
    """
    images = np.zeros((4, 6, 6), dtype=np.uint8)
    images[:, 2:4, 2:4] = 255
    images[1, 0, -1] = images[2, 0, 0] = images[2, -1, 0] = 255
    images[3, ::5, ::5] = 255
    labels = np.arange(len(images))
    made = SimpleNamespace(x_train=images, y_train=labels, x_test=images[:1], y_test=labels[:1])
    return abs(mnist_case_study(made).dark_corners - 1 / 4)
