"""The data that several exercises share: the OR table, points of two classes, and images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Sequence

import numpy as np

from workshop.chapters.ch02_neural_networks.ex01_perceptron import INPUTS, TruthTable


def or_table(inputs: TruthTable = INPUTS) -> tuple[np.ndarray, np.ndarray]:
    """Return features (4, 2) and labels (4, 1) of the OR table in float32."""
    x = np.array(inputs, dtype=np.float32)
    return x, np.logical_or(x[:, :1], x[:, 1:]).astype(np.float32)


@dataclass(frozen=True)
class Cloud:
    """Number of points of a class in the scatter plot, and their lowest and highest x1."""

    points: int
    x1: list[float]


@dataclass(frozen=True)
class PointTable:
    """First rows of the table of points, and the clouds by class."""

    head: list[list[float]]
    scatter: dict[str, Cloud]


def point_table(two_class_points: Any) -> PointTable:
    """Return the first rows of the table, and the clouds of its scatter plot."""
    return PointTable(two_class_points.head().values.tolist(), point_clouds(two_class_points))


def point_clouds(two_class_points: Any) -> dict[str, Cloud]:
    """Return the classes' clouds. The keys are `class_0` and so on."""
    check_points(two_class_points)
    return {
        "class_%d" % label: Cloud(len(points), [float(points["x1"].min()), float(points["x1"].max())])
        for label, points in two_class_points.groupby("label")
    }


def features_and_labels(two_class_points: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return x (n, 2) and y (n, 1), float32, of the table of points. Raises as `check_points` does."""
    check_points(two_class_points)
    x, y = two_class_points[["x1", "x2"]], two_class_points[["label"]]
    return x.to_numpy().astype(np.float32), y.to_numpy().astype(np.float32)


def check_points(two_class_points: Any) -> None:
    """Raise ValueError if a column of label, x1, x2 is missing, or a label is neither 0 nor 1."""
    check_columns(two_class_points, ("label", "x1", "x2"))
    if not two_class_points["label"].isin([0, 1]).all():
        raise ValueError("the column label has other values than 0 and 1: give one of the two classes")


def check_columns(table: Any, names: Sequence[str]) -> None:
    """Raise ValueError if a column is missing from a table."""
    missing = [name for name in names if name not in table]
    if missing:
        raise ValueError(f"the table has no column {missing[0]}: it needs {', '.join(names)}")


def image_arrays(images: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the attributes x_train, y_train, x_test and y_test. Raises ValueError if one is missing."""
    try:
        return images.x_train, images.y_train, images.x_test, images.y_test
    except AttributeError:
        raise ValueError(
            f"{type(images).__name__} has no x_train, y_train, x_test and y_test: give ImageArrays of "
            "workshop.datasets.readers.images"
        ) from None


def scaled(images: np.ndarray) -> np.ndarray:
    """Return grey values of 0 to 255 as float32 from 0 to 1."""
    return images.astype(np.float32) / np.float32(255)


def one_hot(labels: Sequence[Any], classes: Optional[np.ndarray] = None) -> np.ndarray:
    """Return rows with 1 in the column of the label's class, as `get_dummies` gives, in float32.

    Parameters
    ----------
    labels : of the rows.
    classes : of the columns; None takes the labels' own, ascending.
    """
    labels = np.asarray(labels)
    return (labels[:, np.newaxis] == (np.unique(labels) if classes is None else classes)).astype(np.float32)
