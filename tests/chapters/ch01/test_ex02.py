"""Exercise 1.02: Implementing a Mathematical Equation."""

import pytest

from workshop.measures.ch01_building_blocks import ex02_equation


@pytest.mark.usefixtures("tensorflow")
def test_the_equation_takes_floats():
    assert ex02_equation.exercise_1_02(0.5, 2.0, 1.0) == 3.5
