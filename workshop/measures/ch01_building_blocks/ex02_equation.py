"""What is measured of exercise 1.02.

With the text that leads to it, text 1.03: Constants, variables and functions (page 21).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Tuple

import numpy as np

from workshop.chapters.ch01_building_blocks.ex03_matrix_multiplication import Matrix
from workshop.training.backend import tf
from workshop.units import unit

Triple = Tuple[int, int, int]


@dataclass(frozen=True)
class ConstantsAndVariables:
    """Constants and variables, whether they can be reassigned, and rows (x, y, c, f(x, y, c)).

    Constants are read after the attempt to reassign them, variables before it.
    """

    constant: np.ndarray
    text: str
    constant_assignable: bool
    variable: np.ndarray
    variable_assignable: bool
    matrix: np.ndarray
    function_table: list[list[int]]


def assignable(tensor: Any, value: Any) -> bool:
    """Whether a constant or variable reads back as `value` after an attempt to assign it."""
    try:
        tensor.assign(value)
    except AttributeError:
        return False
    return bool(np.array_equal(tensor.numpy(), value))


def my_function(x: Any, y: Any, c: Any) -> Any:
    """Return x²y + y + c of scalars.

    Source: chapter 1, text "Defining functions in TensorFlow".
    """
    return x * x * y + y + c


@unit("ch01.text03", uses="tensorflow")
def constants_and_variables(
    *,
    number: int = 10,
    text: str = "Hello",
    start: int = 20,
    update: int = 21,
    matrix: Matrix = ((1, 2, 3), (4, 5, 6), (7, 8, 9)),
    triples: tuple[Triple, ...] = ((3, 4, 2), (2, 5, 1), (5, -2, 0), (-3, 7, 4), (0, 6, 9)),
) -> ConstantsAndVariables:
    """Create constants and variables, try to give them another value, and evaluate a function at triples.

    Source: chapter 1, texts "Constants", "Variables" and "Defining functions in TensorFlow".
    """
    constant, string = tf.constant(number), tf.constant(text)
    variables = (tf.Variable(start), tf.Variable(matrix))
    first = [np.array(variable.numpy()) for variable in variables]
    attempts = [assignable(constant, update), assignable(string, text[::-1].encode("utf-8"))]
    updates = [assignable(variables[0], update), assignable(variables[1], matrix[::-1])]
    return ConstantsAndVariables(
        constant=np.asarray(constant.numpy()),
        text=string.numpy().decode("utf-8"),
        constant_assignable=any(attempts),
        variable=first[0],
        variable_assignable=all(updates),
        matrix=first[1],
        function_table=[
            [*triple, my_function(*map(tf.constant, triple)).numpy().item()] for triple in triples
        ],
    )


@unit("ch01.ex02", value="result", uses="tensorflow")
def exercise_1_02(x: int = 3, y: int = 4, c: int = 2) -> np.ndarray:
    """Evaluate x²y + y + c of two variables and a constant.

    Returns a scalar. Source: chapter 1, exercise 1.02.
    """
    return np.asarray(my_function(tf.Variable(x), tf.Variable(y), tf.constant(c)).numpy())
