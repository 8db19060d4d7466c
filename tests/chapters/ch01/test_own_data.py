"""The exercises of chapter 1 take a reader's own numbers, tables and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshop.measures.ch01_building_blocks import (
    act01_quadratic_equation,
    ex01_image_and_speech,
    ex02_equation,
    ex03_matrix_multiplication,
    ex04_reshape,
    ex05_argmax,
    ex06_linear_regression,
    text01_iris_sample,
)


@pytest.fixture
def flowers() -> Any:
    """A table with other columns and in another order than the book's, and species by name."""
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(
        {
            "species": ["rose", 1],
            "garden": ["east", "west"],
            "sepalwidth": [0.2, 1.5],
            "sepallength": [1.5, 4.7],
            "petalwidth": [3.4, 3.2],
            "petallength": [5.0, 7.0],
        }
    )


def test_own_flowers_are_shown_in_the_classic_order(flowers: Any) -> None:
    sample = text01_iris_sample.iris_sample(flowers)

    assert sample.rows == [[5.0, 3.4, 1.5, 0.2, "rose"], [7.0, 3.2, 4.7, 1.5, "versicolor"]]


@pytest.mark.usefixtures("tensorflow")
def test_own_picture_is_loaded_at_the_network_s_size(tmp_path: Path) -> None:
    image_module = pytest.importorskip("PIL.Image")
    path = tmp_path / "mine.bmp"
    image_module.fromarray(np.arange(48, dtype=np.uint8).reshape(6, 8)).save(path)

    photograph = ex01_image_and_speech.exercise_1_01_photograph(str(path))

    assert (photograph.image_size, photograph.colour_mode) == ([224, 224], "RGB")


@pytest.mark.usefixtures("tensorflow")
def test_the_equation_takes_floats() -> None:
    assert ex02_equation.exercise_1_02(0.5, 2.0, 1.0) == 3.5


@pytest.mark.usefixtures("tensorflow")
def test_own_matrices_are_multiplied() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)

    found = ex03_matrix_multiplication.exercise_1_03(x, y.T)

    np.testing.assert_allclose(found.c1, x @ y.T, rtol=1e-5, atol=1e-6)
    assert found.product_shapes == {"c1": [3, 3], "c2": [4, 4]}


@pytest.mark.usefixtures("tensorflow")
def test_a_matrix_of_another_size_gets_a_third_axis() -> None:
    found = ex04_reshape.exercise_1_04(rows=2, columns=3)

    assert found.shape_assigned == [2, 3, 1]
    assert found.order_after == [1, 2, 3, 4, 5, 6]


@pytest.mark.usefixtures("tensorflow")
def test_maxima_of_fractions_keep_their_digits() -> None:
    found = ex05_argmax.exercise_1_05(np.array([[0.5, 2.25, 1.0], [0.75, 2.0, 3.5]]))

    assert (found.column_maxima, found.row_maxima) == ([0.75, 2.25, 3.5], [2.25, 3.5])


@pytest.mark.usefixtures("tensorflow")
def test_a_line_is_fitted_to_own_points() -> None:
    x = np.linspace(-1, 1, 7)

    line = ex06_linear_regression.exercise_1_06(x=x, y=0.5 * x + 0.25, steps=500, repeats=1)

    np.testing.assert_allclose([line.w, line.b], [0.5, 0.25], atol=0.02)
    with pytest.raises(ValueError, match=r"^x of shape \(7,\) and y of shape \(6,\): give one y for each x$"):
        ex06_linear_regression.exercise_1_06(x=x, y=x[1:])


@pytest.mark.usefixtures("tensorflow")
def test_own_quadratic_is_solved() -> None:
    found = act01_quadratic_equation.activity_1_01(coefficients=[1, 2, 1], steps=2000, twice=2000)

    assert found.exact_root == -1
    assert abs(found.x + 1) < 0.05
    assert found.distances["500"] == abs(found.x_after["500"] + 1)
    with pytest.raises(ValueError, match=r"^the coefficient of x² is 0: a quadratic needs another$"):
        act01_quadratic_equation.activity_1_01(coefficients=[0, 2, 1])
