"""Rank and shape of tensors, constants and variables, a function of tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

import numpy as np

from workshop.training.backend import tf
from workshop.units import unit

Triple = Tuple[int, int, int]


@dataclass(frozen=True)
class TensorRanks:
    """Values, ranks and shapes of the example tensors."""

    scalar: np.ndarray
    scalar_rank: int
    bracketed_scalar_rank: int
    vector_rank: int
    matrix_rank: int
    matrix_shape: List[int]
    rank3_shape: List[int]
    image_rank: int
    image_axes: Dict[str, int]


@dataclass(frozen=True)
class ConstantsAndVariables:
    """Values of constants and variables, whether they can be reassigned, and rows (x, y, c, f(x, y, c))."""

    constant: np.ndarray
    text: str
    constant_assignable: bool
    variable: np.ndarray
    variable_assignable: bool
    matrix: np.ndarray
    function_table: List[List[int]]


@dataclass(frozen=True)
class Exercise102:
    """Value of the equation, a scalar."""

    result: np.ndarray


def rank_of(tensor: Any) -> int:
    """Return the number of a tensor's axes."""
    return int(tf.rank(tensor).numpy())


def shape_of(tensor: Any) -> List[int]:
    """Return the number of elements along each axis of a tensor."""
    return [int(size) for size in tf.shape(tensor).numpy()]


def image_tensor(rows: int, columns: int, channels: int) -> Any:
    """Return an image of numbered pixels, shape (rows, columns, channels), built channel by channel."""
    channel = tf.reshape(tf.range(rows * columns), [rows, columns])
    return tf.stack([channel] * channels, axis=-1)


def assignable(tensor: Any, value: Any) -> bool:
    """Whether a constant or variable reads back as `value` after an attempt to assign it."""
    try:
        tensor.assign(value)
    except AttributeError:
        return False
    return bool(np.array_equal(tensor.numpy(), value))


def my_function(x: Any, y: Any, c: Any) -> Any:
    """Return x²y + y + c of integer scalars.

    Source: chapter 1, text "Defining functions in TensorFlow".
    """
    return x * x * y + y + c


@unit("ch01.text02", uses=("tensorflow",))
def tensor_ranks(
    scalar: int = 12,
    vector: Tuple[int, ...] = (10, 11, 12, 13),
    matrix: Tuple[Tuple[int, ...], ...] = ((10, 11), (12, 13)),
    rank3: Triple = (2, 3, 3),
    image: Triple = (2, 3, 5),
) -> TensorRanks:
    """Build a scalar, a vector, a matrix and two images, and read their ranks and shapes.

    The book writes the scalar with brackets, which makes it a vector of one element. Both are built.
    Source: chapter 1, text "Tensors", Figures 1.10 and 1.11.
    """
    bare = tf.constant(scalar)
    pixels = image_tensor(*image)
    return TensorRanks(
        scalar=np.asarray(bare.numpy()),
        scalar_rank=rank_of(bare),
        bracketed_scalar_rank=rank_of(tf.constant([scalar])),
        vector_rank=rank_of(tf.constant(vector)),
        matrix_rank=rank_of(tf.constant(matrix)),
        matrix_shape=shape_of(tf.constant(matrix)),
        rank3_shape=shape_of(image_tensor(*rank3)),
        image_rank=rank_of(pixels),
        image_axes=dict(zip(("rows", "columns", "channels"), shape_of(pixels))),
    )


@unit("ch01.text03", uses=("tensorflow",))
def constants_and_variables(
    *,
    number: int = 10,
    text: str = "Hello",
    start: int = 20,
    update: int = 21,
    matrix: Tuple[Triple, ...] = ((1, 2, 3), (4, 5, 6), (7, 8, 9)),
    triples: Tuple[Triple, ...] = ((3, 4, 2), (2, 5, 1), (5, -2, 0), (-3, 7, 4), (0, 6, 9)),
) -> ConstantsAndVariables:
    """Create constants and variables, try to give them another value, and evaluate a function at triples.

    Source: chapter 1, texts "Constants", "Variables" and "Defining functions in TensorFlow".
    """
    constant, variable = tf.constant(number), tf.Variable(start)
    first = np.array(variable.numpy())
    return ConstantsAndVariables(
        constant=np.asarray(constant.numpy()),
        text=tf.constant(text).numpy().decode("utf-8"),
        constant_assignable=assignable(constant, update),
        variable=first,
        variable_assignable=assignable(variable, update),
        matrix=tf.Variable(matrix).numpy(),
        function_table=[[*triple, int(my_function(*map(tf.constant, triple)).numpy())] for triple in triples],
    )


@unit("ch01.ex02", uses=("tensorflow",))
def exercise_1_02(x: int = 3, y: int = 4, c: int = 2) -> Exercise102:
    """Evaluate x²y + y + c of two integer variables and a constant. Source: chapter 1, exercise 1.02."""
    return Exercise102(result=np.asarray(my_function(tf.Variable(x), tf.Variable(y), tf.constant(c)).numpy()))
