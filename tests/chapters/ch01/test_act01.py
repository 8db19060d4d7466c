"""Activity 1.01: Solving a Quadratic Equation Using an Optimizer."""

import numpy as np
import pytest

from tests import oracles
from workshop.measures.ch01_building_blocks import act01_quadratic_equation


@pytest.mark.parametrize(("coefficients", "root"), [((1, -10, 25), 5), ((1, 6, 9), -3), ((2, -4, 2), 1)])
def test_vertex_of_a_perfect_square_is_its_root(coefficients, root):
    """The vertex of a perfect square is its double root, where the quadratic is 0."""
    assert act01_quadratic_equation.vertex(coefficients) == root
    assert act01_quadratic_equation.quadratic(root, coefficients) == 0


@pytest.mark.usefixtures("tensorflow")
def test_own_quadratic_is_solved():
    found = act01_quadratic_equation.activity_1_01(coefficients=[1, 2, 1], steps=2000, twice=2000)

    assert found.exact_root == -1
    assert abs(found.x + 1) < 0.05
    assert found.distances["500"] == abs(found.x_after["500"] + 1)
    with pytest.raises(ValueError, match=r"^the coefficient of x² is 0: a quadratic needs another$"):
        act01_quadratic_equation.activity_1_01(coefficients=[0, 2, 1])


@pytest.mark.usefixtures("tensorflow")
def test_x_is_where_adam_by_hand_is():
    """After 500, 1,000 and 2,000 steps on |x² − 10x + 25|, within half of the fourth decimal."""
    f = np.float32

    def gradients(variables):
        (x,) = variables
        return [np.sign(x * x - f(10) * x + f(25)) * (f(2) * x - f(10))]

    found = act01_quadratic_equation.activity_1_01()

    for steps in (500, 1000, 2000):
        (by_hand,) = oracles.adam_steps(gradients, (0.0,), steps=steps)
        assert found.x_after[str(steps)] == pytest.approx(by_hand, abs=5e-5)
