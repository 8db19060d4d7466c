"""What is measured of exercise 1.06.

Adam fits a line through four points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence

import numpy as np

from workshop.chapters.ch01_building_blocks.ex06_linear_regression import X, Y
from workshop.training.backend import keras, tf
from workshop.training.full_batch import minimise
from workshop.training.optimizers import Adam
from workshop.units import unit

START = (0.0, 0.0)  # of w and b


@dataclass(frozen=True)
class Line:
    """The line w·x + b, fitted by TensorFlow's fused kernel of Adam, which Keras used up to 2.10.

    Losses are sums of absolute errors. `after_one_step` : w and b after the first step. `moved` : change of w
    and b. `error_of_mean_label` : the largest error of the mean label as a prediction.
    """

    w: float
    b: float
    predictions: np.ndarray
    initial: list[float]
    after_one_step: list[float]
    moved: list[float]
    error_of_mean_label: float
    loss_at_start: float
    loss_trained: float
    deterministic: bool


@dataclass(frozen=True)
class KerasLine:
    """The line by the Adam class of the installed Keras. `keras_moved` : change of w and b."""

    keras_w: float
    keras_b: float
    keras_predictions: np.ndarray
    keras_moved: list[float]


def regression(w: Any, b: Any, x: Any) -> Any:
    """Return the line w·x + b at every x."""
    return w * x + b


def absolute_errors(variables: Any, x: Any, y: Any) -> Any:
    """Return |w·x + b − y| of every example, not reduced; `variables` are w and b."""
    return abs(regression(*variables, x) - y)


def keras_adam(
    loss: Callable[[Any], Any], start: Sequence[float], learning_rate: float, steps: int
) -> list[np.float32]:
    """Return where the Adam class of the installed Keras ends after some steps on a loss of variables.

    The gradient is applied as the book's call `minimize` does, which Keras 3 no longer has.
    """
    variables = [tf.Variable(value) for value in start]
    optimizer = keras.optimizers.Adam(learning_rate)
    if hasattr(optimizer, "build"):
        optimizer.build(variables)

    @tf.function(autograph=False)  # there is no Python to convert; autograph would leave files if killed
    def step() -> None:
        with tf.GradientTape() as tape:
            losses = loss(variables)
        optimizer.apply_gradients(zip(tape.gradient(losses, variables), variables))

    for _ in range(steps):
        step()
    return [variable.numpy() for variable in variables]


@unit("ch01.ex06", uses="tensorflow")
def exercise_1_06(
    *,
    x: tuple[float, ...] = X,
    y: tuple[float, ...] = Y,
    learning_rate: float = 0.01,
    steps: int = 1000,
    repeats: int = 3,
) -> Line:
    """Fit a line to points with the fused Adam on the absolute errors from w = b = 0, several times over.

    TensorFlow differentiates the sum of the errors. Raises ValueError if x and y are not equally long.
    Source: chapter 1, exercise 1.06.
    """
    x32, y32 = np.asarray(x, dtype=np.float32), np.asarray(y, dtype=np.float32)
    if x32.ndim != 1 or x32.shape != y32.shape:
        raise ValueError(f"x of shape {x32.shape} and y of shape {y32.shape}: give one y for each x")
    optimizer = Adam(learning_rate)
    runs = [
        minimise(absolute_errors, START, optimizer=optimizer, steps=steps, data=(x32, y32), keep=(0, 1))
        for _ in range(repeats)
    ]
    (w, b), start, first = runs[0].variables, runs[0].snapshots[0], runs[0].snapshots[1]
    bits = {tuple(variable.tobytes() for variable in run.variables) for run in runs}
    return Line(
        w=float(w),
        b=float(b),
        predictions=regression(tf.constant(w), tf.constant(b), tf.constant(x32)).numpy(),
        initial=[float(value) for value in start],
        after_one_step=[float(value) for value in first],
        moved=[float(end - begin) for end, begin in zip((w, b), start)],
        error_of_mean_label=float(abs(y32 - np.mean(y)).max()),
        loss_at_start=float(absolute_errors(start, x32, y32).sum()),
        loss_trained=float(absolute_errors((w, b), x32, y32).sum()),
        deterministic=len(bits) == 1,
    )


@unit("ch01.ex06", uses="tensorflow")
def exercise_1_06_keras(
    *, x: tuple[float, ...] = X, y: tuple[float, ...] = Y, learning_rate: float = 0.01, steps: int = 1000
) -> KerasLine:
    """Fit the same line with Keras' own Adam, as the book does. Source: chapter 1, exercise 1.06."""
    x32, y32 = tf.constant(x, tf.float32), tf.constant(y, tf.float32)
    w, b = keras_adam(lambda line: absolute_errors(line, x32, y32), START, learning_rate, steps)
    return KerasLine(
        keras_w=float(w),
        keras_b=float(b),
        keras_predictions=regression(tf.constant(w), tf.constant(b), x32).numpy(),
        keras_moved=[float(end - start) for end, start in zip((w, b), START)],
    )
