"""Exercise 1.06: Using an Optimizer for a Simple Linear Regression."""

import numpy as np
import pytest

from tests import oracles
from workshop.measures.ch01_building_blocks import ex06_linear_regression


@pytest.mark.usefixtures("tensorflow")
def test_a_line_is_fitted_to_own_points():
    x = np.linspace(-1, 1, 7)

    line = ex06_linear_regression.exercise_1_06(x=x, y=0.5 * x + 0.25, steps=500, repeats=1)

    np.testing.assert_allclose([line.w, line.b], [0.5, 0.25], atol=0.02)
    with pytest.raises(ValueError, match=r"^x of shape \(7,\) and y of shape \(6,\): give one y for each x$"):
        ex06_linear_regression.exercise_1_06(x=x, y=x[1:])


@pytest.mark.usefixtures("tensorflow")
def test_line_is_where_adam_by_hand_ends():
    """Exercise 1.06 ends within 1e-6 of a NumPy Adam on the summed absolute errors."""
    x, y = np.float32([1, 2, 3, 4]), np.float32([0, -1, -2, -3])

    def gradients(line):
        sign = np.sign(line[0] * x + line[1] - y)
        return [(sign * x).sum(), sign.sum()]

    by_hand = oracles.adam_steps(gradients, (0.0, 0.0), steps=1000)

    found = ex06_linear_regression.exercise_1_06()

    np.testing.assert_allclose([found.w, found.b], by_hand, atol=1e-6)
