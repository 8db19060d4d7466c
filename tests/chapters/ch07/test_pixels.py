"""Brightness and correlation of the pixels of images, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from workshop.measures.ch07_gans import _quality as quality


def test_pixels_by_hand() -> None:
    image = np.full((1, 28, 28, 1), -1.0)
    image[:, 4:-4, 4:-4] = 0.0
    image[:, 4:14, 4:14] = 1.0

    found = quality.pixels_of(image)

    assert found.border_brightness == 1.0
    assert found.centre_brightness == 0.375
    assert found.near_white_share == pytest.approx(1 - 400 / 784)
    assert found.mean_brightness == pytest.approx((384 + 150) / 784)
    assert quality.pixels_of(np.full((1, 28, 28, 1), -0.79)).near_white_share == 0
    assert quality.pixels_of(np.full((1, 28, 28, 1), -0.81)).near_white_share == 1


def test_neighbours_in_rows_and_columns_are_correlated_by_hand() -> None:
    noise = np.random.default_rng(6).uniform(-1, 1, (26, 28, 29, 1))
    smooth = noise[:, :, :-1] + noise[:, :, 1:]

    def found(images):
        return quality.pixels_of(images).correlation

    assert found(noise[:25]) == pytest.approx(0, abs=0.05)
    assert found(smooth) == found(smooth.transpose(0, 2, 1, 3)) == pytest.approx(0.5, abs=0.02)
    assert found(np.repeat(noise[:, :1], 28, axis=1)) == pytest.approx(1)
    assert found(np.full((1, 28, 28, 1), 0.3)) == 1
    assert found(np.concatenate([smooth[:25], noise[25:, :, 1:]])) == found(smooth[:25])
    assert found(np.concatenate([noise[25:, :, 1:], smooth[:25]])) < found(smooth[:25])


def test_brightness_is_that_of_the_book_s_colours() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    values = np.linspace(-1, 1, 256)

    drawn = matplotlib.colormaps["gray_r"]((values + 1) / 2)[:, 0]

    brightness = [quality.pixels_of(np.full((1, 28, 28, 1), value)).mean_brightness for value in values]
    np.testing.assert_allclose(brightness, drawn, atol=0.005)
