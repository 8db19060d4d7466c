"""Exercise 3.01: Implementing a Convolution Operation."""

import numpy as np
import pytest

from workshop.measures.ch03_image_classification import ex01_convolution as ex01


@pytest.mark.usefixtures("tensorflow")
def test_own_matrices_are_multiplied_and_summed():
    outcome = ex01.exercise_3_01(np.full((2, 5), 0.5), np.arange(10.0).reshape(2, 5))

    assert (outcome.conv_out.item(), outcome.mult_out.shape, outcome.convolution_gap) == (22.5, (2, 5), 0)
