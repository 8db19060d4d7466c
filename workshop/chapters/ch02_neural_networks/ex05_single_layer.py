"""Exercise 2.05: Binary Classification Using Keras (chapter 2, page 79).

One sigmoid unit distinguishes two classes of points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workshop.training.backend import keras
from workshop.training.fitting import Network
from workshop.units import unit

from ._data import PointTable, point_table
from ._networks import Summary, summary_of
from ._training import History, epoch_lines, first_epoch_at_1, fit_points


def exercise_2_05_model() -> Any:
    """Return the single-layer binary classifier. Source: chapter 2, exercise 2.05."""
    layers = keras.layers
    return keras.models.Sequential([layers.InputLayer((2,)), layers.Dense(1, activation="sigmoid")])


def exercise_2_05_in_keras(
    two_class_points: Any, seed: int, epochs: int = 1000
) -> tuple[dict[str, list[float]], float, float]:
    """Train as the book does, in Keras' own calls; return the history, loss and accuracy.

    The print gives `input_dim` to the layer, of which Keras 3 warns, and sets no seed.

    Parameters
    ----------
    two_class_points : table with columns label (0 or 1), x1, x2.
    """
    keras.utils.set_random_seed(seed)
    x, y = two_class_points[["x1", "x2"]].to_numpy(), two_class_points[["label"]].to_numpy()
    model = exercise_2_05_model()
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=epochs, verbose=2)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    return history.history, loss, accuracy


# The book's part ends here. What follows measures it.


@unit("ch02.ex05")
def exercise_2_05_data(two_class_points: Any) -> PointTable:
    """Look at the points. Source: chapter 2, exercise 2.05."""
    return point_table(two_class_points)


@unit("ch02.ex05", uses="tensorflow")
def exercise_2_05_summary() -> Summary:
    """Build the model and read its summary. Source: chapter 2, exercise 2.05."""
    return summary_of(exercise_2_05_model(), ["dense"])


@dataclass(frozen=True)
class Training:
    """Results of training and evaluation. `log` : [loss, accuracy] of the first and last seven epochs."""

    history: History
    log: dict[int, list[float]]
    n_samples: int
    first_epoch_at_1: int
    eval_loss: float
    eval_accuracy: float


@unit("ch02.ex05", uses="tensorflow")
def exercise_2_05(two_class_points: Any, seed: int, epochs: int = 1000) -> Training:
    """Train one sigmoid unit with Adam on batches of 32, which are all 21 points.

    Parameters
    ----------
    two_class_points : table with columns label (0 or 1), x1, x2.

    Source: chapter 2, exercise 2.05.
    """
    done, loss, accuracy = fit_points(Network(exercise_2_05_model), two_class_points, seed, epochs)
    history = History(done.loss, done.metric)
    return Training(
        history=history,
        log=epoch_lines(history, [1, *range(epochs - 6, epochs + 1)]),
        n_samples=int(done.rows[0]),
        first_epoch_at_1=first_epoch_at_1(done.metric),
        eval_loss=loss,
        eval_accuracy=accuracy,
    )
