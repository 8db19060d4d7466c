"""Chapter 1's exercises on other inputs, compared with NumPy, scikit-learn and Adam by hand."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from workshop.chapters.ch01_building_blocks.ex06_linear_regression import Y
from workshop.training.backend import tf
from workshop.units import unit

from .act01_quadratic_equation import activity_1_01, quadratic
from .ex02_equation import constants_and_variables
from .ex03_matrix_multiplication import exercise_1_03
from .ex04_reshape import accepts, exercise_1_04, reshape_function
from .ex05_argmax import argmax_function, exercise_1_05
from .ex06_linear_regression import exercise_1_06
from .text01_iris_sample import with_true_names
from .text02_tensors import tensor_ranks

# Unlike sizes, so that no axis can be mistaken for another; the square ones commute or do not.
MATRICES = (((4, -1, 7),), ((2,), (9,), (3,)), ((1, 2), (2, 4), (8, 5)), ((3, 6, -4, 0), (7, 7, 1, 5)))
SQUARES = (((1, 2), (3, 4)), ((0, 1), (1, 0)), ((1, 0), (0, 1)), ((5, 0), (0, 5)))


@dataclass(frozen=True)
class FirstStep:
    """w and b after one step of Adam, and the largest error of the mean label as a prediction."""

    after_one_step: list[float]
    error_of_mean_label: float


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


def differing(found: Any, expected: Any) -> int:
    """Return the number of elements that differ; all expected ones, at least one, if the shapes differ."""
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        return max(expected.size, 1)
    return int(np.sum(found != expected))


def count(*pairs: tuple[str, Any, Any]) -> dict[str, int]:
    """Add up `differing` by name over triples of a name, what was found and what was expected."""
    total: dict[str, int] = {}
    for name, found, expected in pairs:
        total[name] = total.get(name, 0) + differing(found, expected)
    return total


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


@unit("ch01.text01", value="confirmed_columns", uses="pandas sklearn")
def columns_by_value(iris: Any) -> list[str]:
    """Compare each column with scikit-learn's own Iris table, whose features are named.

    Returns the names of columns, each followed by a question mark if the values are not those of this
    feature. Source: ours.
    """
    from sklearn.datasets import load_iris

    reference, table = load_iris(), with_true_names(iris)
    rows = min(len(table), len(reference.data))
    names = ["_".join(name.split()[:2]) for name in reference.feature_names]
    confirmed = []
    for column in table.columns[:-1]:
        distances = abs(reference.data[:rows] - np.asarray(table[column], dtype=float)[:rows, np.newaxis])
        nearest = names[int(distances.mean(axis=0).argmin())]
        confirmed.append(column if column == nearest else column + "?")
    same = list(table["species"])[:rows] == list(reference.target_names[reference.target[:rows]])
    return [*confirmed, table.columns[-1] + ("" if same else "?")]


@unit("ch01.text02", value="disagreements", uses="tensorflow")
def ranks_of_other_tensors() -> dict[str, int]:
    """Read ranks and shapes of nested lists. Source: ours."""
    found = []
    for matrix, image in zip(MATRICES, [(1, 2, 4), (4, 1, 2), (2, 3, 5), (3, 2, 1)]):
        ranks = tensor_ranks(scalar=matrix[0][0], vector=matrix[0], matrix=matrix, rank3=image, image=image)
        found += [
            ("scalar", ranks.scalar, matrix[0][0]),
            ("vector_rank", ranks.vector_rank, np.ndim(matrix[0])),
            ("matrix_rank", ranks.matrix_rank, np.ndim(matrix)),
            ("matrix_shape", ranks.matrix_shape, np.shape(matrix)),
            ("rank3_shape", ranks.rank3_shape, image),
        ]
    return count(*found)


@unit("ch01.text03", value="disagreements", uses="tensorflow")
def other_constants_and_variables() -> dict[str, int]:
    """Create other constants and variables, and read them after and before they are updated. Source: ours."""
    found = []
    for start, matrix in enumerate(MATRICES, start=-2):
        made = constants_and_variables(
            number=7 * start, text="Grüße"[start + 2 :], start=start, update=start + 9, matrix=matrix
        )
        found += [
            ("constant", made.constant, 7 * start),
            ("text", made.text, "Grüße"[start + 2 :]),
            ("variable", made.variable, start),
            ("matrix", made.matrix, matrix),
            *((name, made.variable_assignable, True) for name in ("variable", "matrix")),
        ]
    return count(*found)


def pairs_of_factors() -> list[tuple[Any, Any]]:
    """Return pairs that can be multiplied in both orders."""
    turned = [(matrix, tuple(zip(*matrix))) for matrix in MATRICES]
    return turned + list(itertools.product(SQUARES, SQUARES))


@unit("ch01.ex03", value="disagreements", uses="tensorflow")
def other_products() -> dict[str, int]:
    """Multiply other matrices, and find X and Y again from their product in reverse order. Source: ours.

    c2 = Y·X determines X by Y, and Y by X, because the columns of Y and the rows of X are independent.
    """
    made = exercise_1_03()
    x_again = np.linalg.lstsq(made.y.astype(float), made.c2.astype(float), rcond=None)[0]
    y_again = np.linalg.lstsq(made.x.T.astype(float), made.c2.T.astype(float), rcond=None)[0].T
    found: list[tuple[str, Any, Any]] = [
        ("x", np.rint(x_again), made.x),
        ("y", np.rint(y_again), made.y),
    ]
    for x, y in pairs_of_factors():
        made, c1, c2 = exercise_1_03(x, y), np.matmul(x, y), np.matmul(y, x)
        found += [
            ("x", made.x, x),
            ("y", made.y, y),
            ("input_shapes", made.input_shapes["x"], np.shape(x)),
            ("input_shapes", made.input_shapes["y"], np.shape(y)),
            ("c1", made.c1, c1),
            ("c2", made.c2, c2),
            ("commutes", made.commutes, np.array_equal(c1, c2)),
        ]
    return count(*found)


@unit("ch01.text05", value="disagreements", uses="tensorflow")
def other_reshapes() -> dict[str, int]:
    """Reshape other matrices to all shapes of up to 8 rows and columns. Source: ours."""
    candidates = tuple(itertools.product(range(1, 9), repeat=2))
    found: list[tuple[str, Any, Any]] = []
    for matrix in MATRICES:
        array = np.array(matrix)
        rows, columns = array.shape
        shape = (rows * columns, 1) if rows == 1 else (1, rows * columns)
        made = reshape_function(matrix=matrix, shape=shape, candidates=candidates, image=(columns, rows))
        refused = [list(other) for other in candidates if other[0] * other[1] != array.size]
        found += [
            ("shape", made.shape, array.shape),
            ("element_count", made.element_counts, [array.size] * 2),
            ("element_count", made.refused_shapes, refused),
            ("refused", made.refused_shapes, refused),
            ("reshaped", made.reshaped, array.reshape(shape)),
            ("transposed", made.transposed_order, array.T.ravel()),
            ("unassigned", made.shape_unassigned, array.shape),
            ("assigned", made.shape_assigned, shape),
            ("assigned", made.reshaped_order, array.ravel()),
            ("channel", made.with_channel, np.arange(array.size).reshape(columns, rows)[..., np.newaxis]),
        ]
    return count(*found)


@unit("ch01.ex04", value="disagreements", uses="tensorflow")
def other_sizes() -> dict[str, int]:
    """Give matrices of other sizes a third axis, and try shapes of other sizes. Source: ours."""
    found: list[tuple[str, Any, Any]] = []
    for rows, columns in [(1, 3), (3, 1), (2, 3), (4, 6)]:
        made = exercise_1_04(rows, columns)
        a = columns * np.arange(rows)[:, np.newaxis] + np.arange(columns) + 1
        found += [
            ("before", made.before, a),
            ("shape_before", made.shape_before, a.shape),
            ("shape_unassigned", made.shape_unassigned, a.shape),
            ("rank_before", made.rank_before, a.ndim),
            ("rank_after", made.rank_after, a.ndim + 1),
            ("after", made.after, a[:, :, np.newaxis]),
            ("reshaped", made.reshaped, a[:, :, np.newaxis]),
        ]
    a = tf.constant(exercise_1_04().before)
    for shape in itertools.product((1, 2, 4, 5, 10), repeat=3):
        found.append(("element_count", accepts(a, shape), np.prod(shape) == 20))
    return count(*found)


@unit("ch01.text06", value="disagreements", uses="tensorflow")
def other_positions() -> dict[str, int]:
    """Find the maxima of other vectors and matrices. Source: ours."""
    found: list[tuple[str, Any, Any]] = []
    for matrix in MATRICES:
        made, array = argmax_function(vector=matrix[0], matrix=matrix), np.array(matrix)
        found += [
            ("vector", made.vector_argmax, np.argmax(matrix[0])),
            ("axis0", made.column_argmax, array.argmax(axis=0)),
            ("axis0_values", made.column_maxima, array.max(axis=0)),
            ("axis1", made.row_argmax, array.argmax(axis=1)),
            ("axis1_values", made.row_maxima, array.max(axis=1)),
        ]
    return count(*found)


@unit("ch01.ex05", value="disagreements", uses="tensorflow")
def other_maxima() -> dict[str, int]:
    """Find the maxima of the printed and of other matrices, as shown, with NumPy. Source: ours."""
    found: list[tuple[str, Any, Any]] = []
    others = [exercise_1_05(matrix) for matrix in MATRICES]
    for matrix, made in zip(MATRICES, others):
        found += [("x", made.x, matrix), ("shape", made.shape, np.shape(matrix))]
    for made in [exercise_1_05(), *others]:
        at = (made.column_argmax, made.row_argmax)
        found += [
            ("x", made.x[at[0], range(len(at[0]))], made.x.max(axis=0)),
            ("x", made.x[range(len(at[1])), at[1]], made.x.max(axis=1)),
            ("axis0", at[0], made.x.argmax(axis=0)),
            ("axis0_values", made.column_maxima, made.x.max(axis=0)),
            ("axis1", at[1], made.x.argmax(axis=1)),
            ("axis1_values", made.row_maxima, made.x.max(axis=1)),
        ]
    return count(*found)


@unit("ch01.ex06", uses="tensorflow")
def first_step() -> FirstStep:
    """Take one step, and guess the mean label without training. Source: ours."""
    first = exercise_1_06(steps=1, repeats=1)
    return FirstStep([first.w, first.b], float(abs(np.float32(Y) - np.mean(Y)).max()))


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
