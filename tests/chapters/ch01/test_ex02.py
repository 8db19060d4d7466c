"""Exercise 1.02: Implementing a Mathematical Equation."""

import pytest

from tests.chapters.ch01.matrices import MATRICES
from workshop.measures.ch01_building_blocks import ex02_equation


@pytest.mark.usefixtures("tensorflow")
def test_the_equation_takes_floats():
    assert ex02_equation.exercise_1_02(0.5, 2.0, 1.0) == 3.5


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(("start", "matrix"), [*enumerate(MATRICES, start=-2)])
def test_variables_are_read_before_they_are_updated(start, matrix):
    text = "Grüße"[start + 2 :]

    found = ex02_equation.constants_and_variables(
        number=7 * start, text=text, start=start, update=start + 9, matrix=matrix
    )

    assert (found.constant, found.text, found.variable) == (7 * start, text, start)
    assert found.matrix.tolist() == [[*row] for row in matrix]
    assert found.variable_assignable is True
