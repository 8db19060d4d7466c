"""Exercise 1.04: Reshaping Matrices Using the reshape() Function in TensorFlow."""

import itertools

import numpy as np
import pytest

from tests.chapters.ch01.matrices import MATRICES
from workshop.measures.ch01_building_blocks import ex04_reshape


@pytest.mark.usefixtures("tensorflow")
def test_a_matrix_of_another_size_gets_a_third_axis():
    found = ex04_reshape.exercise_1_04(rows=2, columns=3)

    assert found.shape_assigned == [2, 3, 1]
    assert found.order_after == [1, 2, 3, 4, 5, 6]


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(("rows", "columns"), [(1, 3), (3, 1), (2, 3), (4, 6)])
def test_the_reshaped_matrix_is_only_kept_if_it_is_assigned(rows, columns):
    found = ex04_reshape.exercise_1_04(rows, columns)

    matrix = np.arange(1, rows * columns + 1).reshape(rows, columns)
    np.testing.assert_array_equal(found.before, matrix)
    assert found.shape_before == found.shape_unassigned == [rows, columns]
    assert (found.rank_before, found.rank_after) == (2, 3)
    for reshaped in (found.after, found.reshaped):
        np.testing.assert_array_equal(reshaped, matrix[..., np.newaxis])


def test_a_shape_is_accepted_if_it_has_as_many_elements(tensorflow):
    matrix = tensorflow.reshape(tensorflow.range(20), [5, 4])
    for shape in itertools.product((1, 2, 4, 5, 10), repeat=3):
        assert ex04_reshape.accepts(matrix, shape) == (np.prod(shape) == 20)


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("matrix", MATRICES)
def test_elements_keep_their_order_in_each_shape(matrix):
    array, candidates = np.array(matrix), tuple(itertools.product(range(1, 9), repeat=2))
    rows, columns = array.shape
    shape = (array.size, 1) if rows == 1 else (1, array.size)

    found = ex04_reshape.reshape_function(
        matrix=matrix, shape=shape, candidates=candidates, image=(columns, rows)
    )

    np.testing.assert_array_equal(found.reshaped, array.reshape(shape))
    np.testing.assert_array_equal(found.with_channel, np.arange(array.size).reshape(columns, rows, 1))
    assert found.element_counts == [array.size] * 2
    assert found.refused_shapes == [[a, b] for a, b in candidates if a * b != array.size]
    assert (found.shape, found.shape_unassigned, found.shape_assigned) == (
        [rows, columns], [rows, columns], [*shape],
    )  # fmt: skip
    assert found.reshaped_order == array.ravel().tolist()
    assert found.transposed_order == array.T.ravel().tolist()
