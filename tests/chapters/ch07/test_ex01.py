"""Exercise 7.01: Generating a Data Distribution from a Known Function."""

import numpy as np
import pytest

from workshop.chapters.ch07_gans.ex03_discriminator import real_points
from workshop.measures.ch07_gans import ex01_data_distribution as ex01


def test_the_blocks_of_the_exercise_are_the_grid_of_the_training():
    found = ex01.exercise_7_01()

    np.testing.assert_allclose(found.real_data, real_points(float(found.loc[0]), 128), rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_other_lengths_and_draws_are_built(seed):
    found = ex01.exercise_7_01(batch=100, legacy_seed=seed)

    np.testing.assert_allclose(found.real_data, real_points(float(found.loc[0]), 100), rtol=0, atol=1e-12)
    assert set(found.block_lengths.values()) <= {50, 51}  # before the ranges are cut
    assert found.x1_count == 100
