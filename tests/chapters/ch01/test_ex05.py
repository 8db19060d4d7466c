"""Exercise 1.05: Implementing the argmax() Function."""

import numpy as np
import pytest

from tests.chapters.ch01.matrices import MATRICES
from workshop.measures.ch01_building_blocks import ex05_argmax


@pytest.mark.parametrize(("axis", "maxima"), [(0, [7, 6]), (1, [6, 7, 5])])
def test_maxima_are_read_along_the_axis(axis, maxima):
    """The values at the positions of the maxima are those of columns for axis 0 and of rows for axis 1."""
    matrix = np.array([[1, 6], [7, 2], [3, 5]])

    class Tensor:
        def numpy(self) -> np.ndarray:
            return matrix

    assert ex05_argmax.maxima_at(Tensor(), matrix.argmax(axis), axis=axis) == maxima


@pytest.mark.usefixtures("tensorflow")
def test_maxima_of_fractions_keep_their_digits():
    found = ex05_argmax.exercise_1_05(np.array([[0.5, 2.25, 1.0], [0.75, 2.0, 3.5]]))

    assert found.shape == [2, 3]
    assert (found.column_maxima, found.row_maxima) == ([0.75, 2.25, 3.5], [2.25, 3.5])


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("matrix", MATRICES)
def test_positions_and_maxima_are_numpys(matrix):
    array = np.array(matrix)
    text, exercise = (
        ex05_argmax.argmax_function(vector=matrix[0], matrix=matrix),
        ex05_argmax.exercise_1_05(matrix),
    )

    assert text.vector_argmax == array[0].argmax()
    np.testing.assert_array_equal(exercise.x, array)
    for found in (text, exercise):
        np.testing.assert_array_equal(found.column_argmax, array.argmax(axis=0))
        np.testing.assert_array_equal(found.row_argmax, array.argmax(axis=1))
        np.testing.assert_array_equal(found.column_maxima, array.max(axis=0))
        np.testing.assert_array_equal(found.row_maxima, array.max(axis=1))
