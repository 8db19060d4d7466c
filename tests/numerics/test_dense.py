import math

import numpy as np
import pytest

from workshop.numerics import dense

SIGMOIDS = [(0.0, 0.5), (math.log(3), 0.75), (-math.log(3), 0.25), (1000.0, 1.0), (-1000.0, 0.0)]


@pytest.mark.parametrize(("z", "expected"), SIGMOIDS)
def test_sigmoid_by_hand(z, expected):
    found = dense.sigmoid(np.array([z], np.float32))

    assert found.dtype == np.float32
    assert found[0] == pytest.approx(expected, rel=1e-6)
