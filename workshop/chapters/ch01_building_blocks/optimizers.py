"""An optimizer at work: a line through four points, and the root of a quadratic equation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

import numpy as np

from workshop.training.backend import keras, tf
from workshop.training.full_batch import Descent, minimise
from workshop.training.optimizers import Adam
from workshop.units import unit

Coefficients = Tuple[float, float, float]
X = (1.0, 2.0, 3.0, 4.0)
Y = (0.0, -1.0, -2.0, -3.0)


@dataclass(frozen=True)
class Exercise106:
    """The fitted line w·x + b. Losses are sums of absolute errors. `moved` : how far w and b moved."""

    w: float
    b: float
    predictions: np.ndarray
    initial: List[float]
    moved: List[float]
    loss_at_start: float
    loss_trained: float
    deterministic: bool


@dataclass(frozen=True)
class KerasOptimizer:
    """w and b by the installed Keras' Adam class, which changed its order of operations in Keras 2.11."""

    keras_w: float
    keras_b: float


@dataclass(frozen=True)
class Activity101:
    """End points of the descents on |x² − 10x + 25| and related functions.

    `x_after`, `distances` : x and |x − root| by number of iterations. `factorised` : coefficients of
    (x − root)². `x_without_abs` : end of the same descent without the absolute value. `other_*` : ends of the
    descents on another quadratic.
    """

    x: float
    x_after: Dict[str, float]
    exact_root: float
    minimum: float
    factorised: List[float]
    distances: Dict[str, float]
    reached_root: bool
    other_x: float
    x_without_abs: float
    other_x_without_abs: float


def regression(w: Any, b: Any, x: Any) -> Any:
    """Return the line w·x + b at every x."""
    return w * x + b


def absolute_errors(variables: Any, x: Any, y: Any) -> Any:
    """Return |w·x + b − y| of every example, not reduced; `variables` are w and b."""
    return abs(regression(*variables, x) - y)


def quadratic(x: Any, coefficients: Any) -> Any:
    """Return a·x² + b·x + c, added from left to right, because the order decides the last float32 digits."""
    a, b, c = coefficients
    return a * x**2 + b * x + c


def vertex(coefficients: Coefficients) -> float:
    """Return the x of a quadratic's extremum, which is the double root of a perfect square."""
    a, b, _ = coefficients
    return -b / (2.0 * a)


def fit_line(x: Any, y: Any, *, learning_rate: float, steps: int) -> Descent:
    """Descend from w = b = 0 on the absolute errors with Adam, and keep the start."""
    return minimise(
        absolute_errors, (0.0, 0.0), optimizer=Adam(learning_rate), steps=steps, data=(x, y), keep=(0,)
    )


@unit("ch01.ex06", uses=("tensorflow",))
def exercise_1_06(
    *,
    x: Tuple[float, ...] = X,
    y: Tuple[float, ...] = Y,
    learning_rate: float = 0.01,
    steps: int = 1000,
    repeats: int = 3,
) -> Exercise106:
    """Fit a line to four points with Adam on the absolute errors, several times over.

    TensorFlow differentiates the sum of the errors. Source: chapter 1, exercise 1.06.
    """
    x32, y32 = np.asarray(x, dtype=np.float32), np.asarray(y, dtype=np.float32)
    runs = [fit_line(x32, y32, learning_rate=learning_rate, steps=steps) for _ in range(repeats)]
    (w, b), start = runs[0].variables, runs[0].kept[0]
    bits = {tuple(variable.tobytes() for variable in run.variables) for run in runs}
    return Exercise106(
        w=float(w),
        b=float(b),
        predictions=regression(tf.constant(w), tf.constant(b), tf.constant(x32)).numpy(),
        initial=[float(value) for value in start],
        moved=[float(abs(end - begin)) for end, begin in zip((w, b), start)],
        loss_at_start=float(absolute_errors(start, x32, y32).sum()),
        loss_trained=float(absolute_errors((w, b), x32, y32).sum()),
        deterministic=len(bits) == 1,
    )


@unit("ch01.ex06", uses=("tensorflow",))
def by_keras_optimizer(
    *, x: Tuple[float, ...] = X, y: Tuple[float, ...] = Y, learning_rate: float = 0.01, steps: int = 1000
) -> KerasOptimizer:
    """Fit the same line with a GradientTape and the Adam class of the installed Keras. Source: ours."""
    variables = [tf.Variable(0.0), tf.Variable(0.0)]
    x32, y32 = tf.constant(x, tf.float32), tf.constant(y, tf.float32)
    optimizer = keras.optimizers.Adam(learning_rate)
    if hasattr(optimizer, "build"):
        optimizer.build(variables)

    @tf.function
    def step() -> None:
        with tf.GradientTape() as tape:
            loss = absolute_errors(variables, x32, y32)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))

    for _ in range(steps):
        step()
    w, b = (float(variable.numpy()) for variable in variables)
    return KerasOptimizer(keras_w=w, keras_b=b)


@unit("ch01.act01", uses=("tensorflow",))
def activity_1_01(
    *,
    coefficients: Coefficients = (1.0, -10.0, 25.0),
    other: Coefficients = (1.0, -5.0, 6.0),
    learning_rate: float = 0.01,
    steps: int = 10_000,
    trials: Tuple[int, ...] = (500, 1000, 2000),
    twice: int = 20_000,
) -> Activity101:
    """Find the root of x² − 10x + 25 by Adam on its absolute value, from 0, with several numbers of steps.

    The statement that this works only for perfect squares is tested on x² − 5x + 6, with and without the
    absolute value.
    Source: chapter 1, activity 1.01.
    """

    def descend(loss: Any, of: Coefficients, until: int) -> Dict[int, np.float32]:
        keep = {*trials, steps, until}
        run = minimise(
            loss, (0.0,), optimizer=Adam(learning_rate), steps=until, data=(np.float32(of),), keep=keep
        )
        return {step: np.float32(kept[0]) for step, kept in run.kept.items()}

    def absolute(variables: Any, of: Any) -> Any:
        return abs(quadratic(variables[0], tf.unstack(of)))

    def raw(variables: Any, of: Any) -> Any:
        return quadratic(variables[0], tf.unstack(of))

    x = descend(absolute, coefficients, twice)
    root = vertex(coefficients)
    return Activity101(
        x=float(x[steps]),
        x_after={str(step): float(x[step]) for step in trials},
        exact_root=root,
        minimum=float(absolute([tf.constant(x[steps])], tf.constant(coefficients, tf.float32)).numpy()),
        factorised=[float(c) for c in np.polymul([1.0, -root], [1.0, -root])],
        distances={str(step): abs(float(x[step]) - root) for step in trials},
        reached_root=any(bool(value == root) for value in x.values()),
        other_x=float(descend(absolute, other, steps)[steps]),
        x_without_abs=float(descend(raw, coefficients, steps)[steps]),
        other_x_without_abs=float(descend(raw, other, steps)[steps]),
    )
