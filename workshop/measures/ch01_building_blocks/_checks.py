"""Chapter 1's exercises on other inputs, compared with NumPy, scikit-learn and Adam by hand."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Callable, Dict

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


class Disagreements(Dict[str, int]):
    """Numbers of elements that differ, by name."""

    def add(self, name: str, found: Any, expected: Any) -> None:
        """Count the elements of what was found that differ from what was expected."""
        self[name] = self.get(name, 0) + differing(found, expected)

    def add_fields(self, outcome: Any, **expected: Any) -> None:
        """Count for fields of an outcome the elements that differ from what was expected."""
        for name, value in expected.items():
            self.add(name, getattr(outcome, name), value)

    def add_maxima(self, outcome: Any, matrix: np.ndarray) -> None:
        """Count the positions and values of maxima that differ from NumPy's."""
        self.add("axis0", outcome.column_argmax, matrix.argmax(axis=0))
        self.add("axis0_values", outcome.column_maxima, matrix.max(axis=0))
        self.add("axis1", outcome.row_argmax, matrix.argmax(axis=1))
        self.add("axis1_values", outcome.row_maxima, matrix.max(axis=1))


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
    off = Disagreements()
    for matrix, image in zip(MATRICES, [(1, 2, 4), (4, 1, 2), (2, 3, 5), (3, 2, 1)]):
        ranks = tensor_ranks(scalar=matrix[0][0], vector=matrix[0], matrix=matrix, rank3=image, image=image)
        off.add_fields(
            ranks, scalar=matrix[0][0], vector_rank=np.ndim(matrix[0]), matrix_rank=np.ndim(matrix)
        )
        off.add_fields(ranks, matrix_shape=np.shape(matrix), rank3_shape=image)
    return dict(off)


@unit("ch01.text03", value="disagreements", uses="tensorflow")
def other_constants_and_variables() -> dict[str, int]:
    """Create other constants and variables, and read them after and before they are updated. Source: ours."""
    off = Disagreements()
    for start, matrix in enumerate(MATRICES, start=-2):
        text = "Grüße"[start + 2 :]
        made = constants_and_variables(
            number=7 * start, text=text, start=start, update=start + 9, matrix=matrix
        )
        off.add_fields(made, constant=7 * start, text=text, variable=start, matrix=matrix)
        for name in ("variable", "matrix"):
            off.add(name, made.variable_assignable, True)
    return dict(off)


def pairs_of_factors() -> list[tuple[Any, Any]]:
    """Return pairs that can be multiplied in both orders."""
    turned = [(matrix, tuple(zip(*matrix))) for matrix in MATRICES]
    return turned + list(itertools.product(SQUARES, SQUARES))


@unit("ch01.ex03", value="disagreements", uses="tensorflow")
def other_products() -> dict[str, int]:
    """Multiply other matrices, and find X and Y again from their product in reverse order. Source: ours.

    c2 = Y·X determines X by Y, and Y by X, because the columns of Y and the rows of X are independent.
    """
    off, made = Disagreements(), exercise_1_03()
    x_again = np.linalg.lstsq(made.y.astype(float), made.c2.astype(float), rcond=None)[0]
    y_again = np.linalg.lstsq(made.x.T.astype(float), made.c2.T.astype(float), rcond=None)[0].T
    off.add_fields(made, x=np.rint(x_again), y=np.rint(y_again))
    for x, y in pairs_of_factors():
        made, c1, c2 = exercise_1_03(x, y), np.matmul(x, y), np.matmul(y, x)
        off.add_fields(made, x=x, y=y, c1=c1, c2=c2, commutes=np.array_equal(c1, c2))
        for name, matrix in (("x", x), ("y", y)):
            off.add("input_shapes", made.input_shapes[name], np.shape(matrix))
    return dict(off)


@unit("ch01.text05", value="disagreements", uses="tensorflow")
def other_reshapes() -> dict[str, int]:
    """Reshape other matrices to all shapes of up to 8 rows and columns. Source: ours."""
    off, candidates = Disagreements(), tuple(itertools.product(range(1, 9), repeat=2))
    for matrix in MATRICES:
        array = np.array(matrix)
        rows, columns = array.shape
        shape = (array.size, 1) if rows == 1 else (1, array.size)
        made = reshape_function(matrix=matrix, shape=shape, candidates=candidates, image=(columns, rows))
        refused = [list(other) for other in candidates if other[0] * other[1] != array.size]
        off.add_fields(made, shape=array.shape, reshaped=array.reshape(shape))
        off.add("element_count", made.element_counts, [array.size] * 2)
        off.add("element_count", made.refused_shapes, refused)
        off.add("refused", made.refused_shapes, refused)
        off.add("transposed", made.transposed_order, array.T.ravel())
        off.add("unassigned", made.shape_unassigned, array.shape)
        off.add("assigned", made.shape_assigned, shape)
        off.add("assigned", made.reshaped_order, array.ravel())
        off.add("channel", made.with_channel, np.arange(array.size).reshape(columns, rows, 1))
    return dict(off)


@unit("ch01.ex04", value="disagreements", uses="tensorflow")
def other_sizes() -> dict[str, int]:
    """Give matrices of other sizes a third axis, and try shapes of other sizes. Source: ours."""
    off = Disagreements()
    for rows, columns in [(1, 3), (3, 1), (2, 3), (4, 6)]:
        made = exercise_1_04(rows, columns)
        a = columns * np.arange(rows)[:, np.newaxis] + np.arange(columns) + 1
        off.add_fields(made, before=a, shape_before=a.shape, shape_unassigned=a.shape)
        off.add_fields(
            made, rank_before=2, rank_after=3, after=a[..., np.newaxis], reshaped=a[..., np.newaxis]
        )
    a = tf.constant(exercise_1_04().before)
    for shape in itertools.product((1, 2, 4, 5, 10), repeat=3):
        off.add("element_count", accepts(a, shape), np.prod(shape) == 20)
    return dict(off)


@unit("ch01.text06", value="disagreements", uses="tensorflow")
def other_positions() -> dict[str, int]:
    """Find the maxima of other vectors and matrices. Source: ours."""
    off = Disagreements()
    for matrix in MATRICES:
        made = argmax_function(vector=matrix[0], matrix=matrix)
        off.add("vector", made.vector_argmax, np.argmax(matrix[0]))
        off.add_maxima(made, np.array(matrix))
    return dict(off)


@unit("ch01.ex05", value="disagreements", uses="tensorflow")
def other_maxima() -> dict[str, int]:
    """Find the maxima of the printed and of other matrices, as shown, with NumPy. Source: ours."""
    off, others = Disagreements(), [exercise_1_05(matrix) for matrix in MATRICES]
    for matrix, made in zip(MATRICES, others):
        off.add_fields(made, x=matrix, shape=np.shape(matrix))
    for made in [exercise_1_05(), *others]:
        columns, rows = made.column_argmax, made.row_argmax
        off.add("x", made.x[columns, range(len(columns))], made.x.max(axis=0))
        off.add("x", made.x[range(len(rows)), rows], made.x.max(axis=1))
        off.add_maxima(made, made.x)
    return dict(off)


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
