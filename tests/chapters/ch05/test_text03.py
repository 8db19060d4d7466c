"""The text of chapter 5: The Flexibility and Versatility of RNNs."""

import numpy as np
import pytest

from workshop.measures.ch05_sequences._probes import arrangement

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_arrangement_names_the_steps_that_reach_each_output(tensorflow):
    """Of a filter of two, the first output sees steps 0 and 1, the next steps 1 and 2."""
    found = arrangement(np.ones((1, 3, 2), np.float32), tensorflow.keras.layers.Conv1D(4, 2))

    assert (found.shape, found.sees) == ([1, 2, 4], [[0, 1], [1, 2]])
