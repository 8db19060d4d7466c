"""What is measured of activity 1.01.

Adam descends on |x² − 10x + 25| from 0 to the root.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Tuple

import numpy as np

from workshop.training.backend import tf
from workshop.training.full_batch import minimise
from workshop.training.optimizers import Adam
from workshop.units import unit

from .ex06_linear_regression import keras_adam

Coefficients = Tuple[float, float, float]


@dataclass(frozen=True)
class Descents:
    """End points of the descents on |x² − 10x + 25| and related functions, by TensorFlow's fused Adam.

    `x_after`, `distances` : x and |x − root| by number of iterations. `factorised` : coefficients of
    (x − root)². Of the integers from −99 to 99, `wrong_roots` : how many make the expression 0 and are not
    the root, or the reverse; `lower` : how many make it less than the minimum; `differs_from_square` : at
    how many it is not (x − root)². `x_without_abs` : end of the same descent without the absolute value.
    `other_*` : ends of the descents on another quadratic. `other_solved` : whether the one with the absolute
    value is within 0.01 of a root.
    """

    x: float
    x_after: dict[str, float]
    exact_root: float
    minimum: float
    factorised: list[float]
    wrong_roots: int
    lower: int
    differs_from_square: int
    distances: dict[str, float]
    reached_root: bool
    other_x: float
    other_solved: bool
    x_without_abs: float
    other_x_without_abs: float


def quadratic(x: Any, coefficients: Any) -> Any:
    """Return a·x² + b·x + c, added from left to right, because the order decides the last float32 digits."""
    a, b, c = coefficients
    return a * x**2 + b * x + c


def vertex(coefficients: Coefficients) -> float:
    """Return the x of a quadratic's extremum, which is the double root of a perfect square.

    Raises ValueError if the coefficient of x² is 0.
    """
    a, b, _ = coefficients
    if a == 0:
        raise ValueError("the coefficient of x² is 0: a quadratic needs another")
    return -b / (2.0 * a)


@unit("ch01.act01", uses="tensorflow")
def activity_1_01(
    *,
    coefficients: Coefficients = (1.0, -10.0, 25.0),
    other: Coefficients = (1.0, -5.0, 6.0),
    learning_rate: float = 0.01,
    steps: int = 10_000,
    trials: tuple[int, ...] = (500, 1000, 2000),
    twice: int = 20_000,
) -> Descents:
    """Find the root of x² − 10x + 25 by Adam on its absolute value, from 0, with several numbers of steps.

    The statement that this works only for perfect squares is tested on x² − 5x + 6, with and without the
    absolute value. Raises ValueError if the coefficient of x² is 0.
    Source: chapter 1, activity 1.01.
    """
    root = vertex(coefficients)

    def descend(loss: Any, of: Coefficients, until: int) -> dict[int, np.float32]:
        keep = {*trials, steps, until}
        run = minimise(
            loss, (0.0,), optimizer=Adam(learning_rate), steps=until, data=(np.float32(of),), keep=keep
        )
        return {step: np.float32(end) for step, (end,) in run.snapshots.items()}

    def absolute(variables: Any, of: Any) -> Any:
        return abs(quadratic(variables[0], tf.unstack(of)))

    def raw(variables: Any, of: Any) -> Any:
        return quadratic(variables[0], tf.unstack(of))

    x = descend(absolute, coefficients, twice)
    other_x = float(descend(absolute, other, steps)[steps])
    minimum = float(absolute([tf.constant(x[steps])], tf.constant(coefficients, tf.float32)).numpy())
    factorised = [float(c) for c in np.polymul([1.0, -root], [1.0, -root])]
    integers = np.arange(-99, 100)
    values = quadratic(integers, coefficients)
    return Descents(
        x=float(x[steps]),
        x_after={str(step): float(x[step]) for step in trials},
        exact_root=root,
        minimum=minimum,
        factorised=factorised,
        wrong_roots=int(((values == 0) != (integers == root)).sum()),
        lower=int((values < minimum).sum()),
        differs_from_square=int((np.polyval(factorised, integers) != values).sum()),
        distances={str(step): abs(float(x[step]) - root) for step in trials},
        reached_root=any(bool(value == root) for value in x.values()),
        other_x=other_x,
        other_solved=bool((np.abs(np.roots(other) - other_x) <= 0.01).any()),
        x_without_abs=float(descend(raw, coefficients, steps)[steps]),
        other_x_without_abs=float(descend(raw, other, steps)[steps]),
    )


@unit("ch01.act01", value="keras_x_1000", uses="tensorflow")
def activity_1_01_keras(
    *, coefficients: Coefficients = (1.0, -10.0, 25.0), learning_rate: float = 0.01, steps: int = 1000
) -> float:
    """Descend with Keras' own Adam, as the book does.

    Returns x after 1,000 steps. Source: chapter 1, activity 1.01.
    """
    (x,) = keras_adam(
        lambda variables: abs(quadratic(variables[0], coefficients)), (0.0,), learning_rate, steps
    )
    return float(x)
