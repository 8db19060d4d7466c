"""Exercise 1.03: Matrix Multiplication Using TensorFlow."""

import itertools

import numpy as np
import pytest

from tests.chapters.ch01.matrices import MATRICES, SQUARES
from workshop.measures.ch01_building_blocks import ex03_matrix_multiplication


@pytest.mark.parametrize(("m", "n", "p"), [(1, 1, 1), (2, 3, 2), (3, 1, 4), (4, 2, 1)])
def test_multiplication_by_hand_is_numpys(m, n, p):
    """Multiplication entry by entry gives NumPy's product for every shape."""
    rng = np.random.default_rng(m * 100 + n * 10 + p)
    a, b = rng.integers(-9, 10, size=(m, n)), rng.integers(-9, 10, size=(n, p))

    assert ex03_matrix_multiplication.multiply_by_hand(a.tolist(), b.tolist()) == (a @ b).tolist()


def test_matrices_that_do_not_fit_are_refused():
    """A product of matrices whose inner sizes differ is refused with both sizes."""
    with pytest.raises(ValueError, match="2 columns against 1 rows"):
        ex03_matrix_multiplication.multiply_by_hand([[1, 2]], [[3, 4]])


@pytest.mark.usefixtures("tensorflow")
def test_own_matrices_are_multiplied():
    x, y = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)

    found = ex03_matrix_multiplication.exercise_1_03(x, y.T)

    np.testing.assert_allclose(found.c1, x @ y.T, rtol=1e-5, atol=1e-6)
    assert found.product_shapes == {"c1": [3, 3], "c2": [4, 4]}


@pytest.mark.usefixtures("tensorflow")
def test_products_in_both_orders_are_numpys():
    pairs = [(matrix, tuple(zip(*matrix, strict=True))) for matrix in MATRICES]
    for x, y in [*pairs, *itertools.product(SQUARES, SQUARES)]:
        found, c1, c2 = ex03_matrix_multiplication.exercise_1_03(x, y), np.matmul(x, y), np.matmul(y, x)

        for matrix, expected in ((found.x, x), (found.y, y), (found.c1, c1), (found.c2, c2)):
            np.testing.assert_array_equal(matrix, expected)
        assert found.commutes == np.array_equal(c1, c2)
        assert found.input_shapes == {"x": [*np.shape(x)], "y": [*np.shape(y)]}
