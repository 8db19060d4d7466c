"""What is measured of activity 1.01.

Adam descends on |x² − 10x + 25| from 0 to the root.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Tuple

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
    (x − root)². `x_without_abs` : end of the same descent without the absolute value. `other_*` : ends of the
    descents on another quadratic. `other_solved` : whether the one with it is within 0.01 of a root.
    """

    x: float
    x_after: dict[str, float]
    exact_root: float
    minimum: float
    factorised: list[float]
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
    return Descents(
        x=float(x[steps]),
        x_after={str(step): float(x[step]) for step in trials},
        exact_root=root,
        minimum=float(absolute([tf.constant(x[steps])], tf.constant(coefficients, tf.float32)).numpy()),
        factorised=[float(c) for c in np.polymul([1.0, -root], [1.0, -root])],
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


@dataclass(frozen=True)
class QuadraticByHand:
    """The expression at the integers from −99 to 99, and the descent by hand.

    `distance_by_hand` : largest distance from the descent by hand after the same numbers of steps.
    `wrong_roots` : number of integers where the expression is 0 and which are not the root, or the reverse.
    `lower` : number of integers where it is below the minimum. `differs_from_square` : where it is not the
    multiplied-out square.
    """

    distance_by_hand: float
    wrong_roots: int
    lower: int
    differs_from_square: int


def adam_by_hand(
    gradient: Callable[[np.ndarray], Any], start: Any, *, learning_rate: float, steps: int
) -> list[np.ndarray]:
    """Return the variables after 0, 1, … `steps` updates by Adam's formula in NumPy, float32."""
    f = np.float32
    path = [np.array(start, dtype=f)]
    m, v = np.zeros_like(path[0]), np.zeros_like(path[0])
    for t in range(1, steps + 1):
        g = np.asarray(gradient(path[-1]), dtype=f)
        m = m + (g - m) * f(1 - f(0.9))
        v = v + (g * g - v) * f(1 - f(0.999))
        rate = f(learning_rate) * np.sqrt(f(1) - f(0.999) ** f(t)) / (f(1) - f(0.9) ** f(t))
        path.append(path[-1] - m * rate / (np.sqrt(v) + f(1e-7)))
    return path


@unit("ch01.act01", uses="tensorflow")
def quadratic_by_hand(steps: tuple[int, ...] = (500, 1000, 2000)) -> QuadraticByHand:
    """Descend by hand, and evaluate the expression at integers. Source: ours."""
    f = np.float32

    def gradient(x: np.ndarray) -> Any:
        return np.sign(x * x - f(10) * x + f(25)) * (f(2) * x - f(10))

    path = adam_by_hand(gradient, 0.0, learning_rate=0.01, steps=max(steps))
    made = activity_1_01(trials=steps, steps=max(steps), twice=max(steps))
    integers = np.arange(-99, 100)
    values = quadratic(integers, (1, -10, 25))
    return QuadraticByHand(
        distance_by_hand=max(abs(made.x_after[str(step)] - float(path[step])) for step in steps),
        wrong_roots=int(((values == 0) != (integers == made.exact_root)).sum()),
        lower=int((values < made.minimum).sum()),
        differs_from_square=int((np.polyval(made.factorised, integers) != values).sum()),
    )
