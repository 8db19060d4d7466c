"""What is measured of exercise 2.05.

One sigmoid unit distinguishes two classes of points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workshop.chapters.ch02_neural_networks.ex05_single_layer import exercise_2_05_model
from workshop.training.fitting import Network
from workshop.units import unit

from ._data import PointTable, point_table
from ._networks import Summary, summary_of
from ._training import History, epoch_lines, first_epoch_at_1, fit_points


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
