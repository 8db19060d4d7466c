"""Exercise 1.04: Reshaping Matrices Using the reshape() Function in TensorFlow."""

import pytest

from workshop.measures.ch01_building_blocks import ex04_reshape


@pytest.mark.usefixtures("tensorflow")
def test_a_matrix_of_another_size_gets_a_third_axis():
    found = ex04_reshape.exercise_1_04(rows=2, columns=3)

    assert found.shape_assigned == [2, 3, 1]
    assert found.order_after == [1, 2, 3, 4, 5, 6]
