"""The images of chapter 7 as the networks see them, and controls with wrong scales, places and labels."""

import numpy as np

from workshop.measures.ch07_gans import _images as images


def test_scaled_by_hand():
    given = np.array([[[0, 255, 127], [128, 51, 204]]], np.uint8)
    before = given.copy()

    values = images.scaled(given)

    expected = np.array([[[-1, 1, -1 / 255], [1 / 255, -0.6, 0.6]]])[..., np.newaxis]
    np.testing.assert_allclose(values, expected, atol=1e-7)
    assert (values.dtype, values.shape) == (np.float32, (1, 2, 3, 1))
    assert (given == before).all()


def test_ink_off_the_centre_by_hand():
    x = np.full((2, 5, 4, 1), -1, np.float32)
    x[:, 4, 1] = 1
    assert images.off_centre(x) == [2.0, -0.5]

    x[1] = -1
    x[1, 0, 3] = 0.5
    assert images.off_centre(x) == [0.0, 0.5]
