"""Affine transformations, compared with small images moved by hand and with SciPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from tests.oracles import warp
from workshop.numerics.transforms import centred, flip, rotation, shear, shift, zoom

# Expected rows are written down by hand: what comes from where can be read off.
WIDE = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]
SQUARE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
RAMP = [[0, 1, 2, 3, 4]] * 3
ONCE = [  # name, rows, matrix, fill, and the expected rows
    ("nothing", WIDE, zoom(1, 1), "constant", WIDE),
    ("left and right", WIDE, flip(False, True), "constant", [[4, 3, 2, 1], [8, 7, 6, 5], [12, 11, 10, 9]]),
    ("top and bottom", WIDE, flip(True, False), "constant", [[9, 10, 11, 12], [5, 6, 7, 8], [1, 2, 3, 4]]),
    ("both", WIDE, flip(True, True), "constant", [[12, 11, 10, 9], [8, 7, 6, 5], [4, 3, 2, 1]]),
    ("up, nearest", WIDE, shift(1, 0), "nearest", [[5, 6, 7, 8], [9, 10, 11, 12], [9, 10, 11, 12]]),
    ("up, constant", WIDE, shift(1, 0), "constant", [[5, 6, 7, 8], [9, 10, 11, 12], [0, 0, 0, 0]]),
    ("right, nearest", WIDE, shift(0, -2), "nearest", [[1, 1, 1, 2], [5, 5, 5, 6], [9, 9, 9, 10]]),
    ("right, constant", WIDE, shift(0, -2), "constant", [[0, 0, 1, 2], [0, 0, 5, 6], [0, 0, 9, 10]]),
    ("half a pixel left", RAMP, shift(0, 0.5), "nearest", [[0.5, 1.5, 2.5, 3.5, 4]] * 3),
    ("half a pixel, constant", RAMP, shift(0, 0.5), "constant", [[0.5, 1.5, 2.5, 3.5, 0]] * 3),
    ("a quarter turn", SQUARE, rotation(90), "constant", [[7, 4, 1], [8, 5, 2], [9, 6, 3]]),
    ("a quarter turn back", SQUARE, rotation(-90), "constant", [[3, 6, 9], [2, 5, 8], [1, 4, 7]]),
    ("half a turn", WIDE, rotation(180), "constant", [[12, 11, 10, 9], [8, 7, 6, 5], [4, 3, 2, 1]]),
    ("a quarter turn of a wide image", WIDE[:2], rotation(90), "nearest", [[6, 6, 2, 2], [7, 7, 3, 3]]),
    ("enlarged", RAMP, zoom(1, 0.5), "constant", [[1, 1.5, 2, 2.5, 3]] * 3),
    ("reduced, nearest", RAMP, zoom(1, 2), "nearest", [[0, 0, 2, 4, 4]] * 3),
    ("reduced, constant", [[r + 1] for r in range(5)], zoom(2, 1), "constant", [[0], [1], [3], [5], [0]]),
    ("slanted", RAMP, shear(30), "nearest", [[0.5, 1.5, 2.5, 3.5, 4], RAMP[0], [0, 0.5, 1.5, 2.5, 3.5]]),
    ("back", RAMP, shear(-30), "constant", [[0, 0.5, 1.5, 2.5, 3.5], RAMP[0], [0.5, 1.5, 2.5, 3.5, 0]]),
    ("turned, then moved", SQUARE, rotation(90) @ shift(1, 0), "constant", [[8, 5, 2], [9, 6, 3], [0, 0, 0]]),
    ("moved, then turned", SQUARE, shift(1, 0) @ rotation(90), "constant", [[0, 7, 4], [0, 8, 5], [0, 9, 6]]),
    ("enlarged, then moved", RAMP, zoom(1, 0.5) @ shift(0, 1), "constant", [[1.5, 2, 2.5, 3, 3.5]] * 3),
    ("moved, then enlarged", RAMP, shift(0, 1) @ zoom(1, 0.5), "constant", [[2, 2.5, 3, 3.5, 4]] * 3),
]  # fmt: skip


def image(rows):
    """Return rows as an image of one channel."""
    return np.array(rows, dtype=np.float64)[..., np.newaxis]


@pytest.mark.parametrize(
    ("rows", "matrix", "fill", "expected"), [c[1:] for c in ONCE], ids=[c[0] for c in ONCE]
)
def test_small_images_by_hand(rows: Any, matrix: Any, fill: Any, expected: Any) -> None:
    """Images of a few pixels come out as they were worked out by hand."""
    found = warp(image(rows), matrix, fill=fill)

    assert found.shape == (len(rows), len(rows[0]), 1)
    np.testing.assert_allclose(found[..., 0], expected, atol=1e-12)


def test_a_constant_fill_has_the_value_asked_for() -> None:
    """Pixels from outside are 7, not black, also in corners without any row of the image."""
    found = warp(image(WIDE), shift(-1, 2), fill="constant", value=7.0)

    assert found[..., 0].tolist() == [[7, 7, 7, 7], [3, 4, 7, 7], [7, 8, 7, 7]]


def test_a_centred_square_grows_about_the_centre() -> None:
    """Showing a third of the image makes a square of 2 pixels one of 6, with an edge between pixels."""
    square = np.zeros((8, 8))
    square[3:5, 3:5] = 1

    found = warp(square[..., np.newaxis], zoom(1 / 3, 1 / 3))[..., 0]

    profile = [1 / 3, 2 / 3, 1, 1, 1, 1, 2 / 3, 1 / 3]  # places 3.5 ± 1/6, ± 1/2, ± 5/6, ± 7/6
    np.testing.assert_allclose(found, np.outer(profile, profile), atol=1e-12)


@pytest.mark.parametrize("degrees", [20.0, -35.0])
def test_a_slanted_bar_is_moved_by_the_sine_in_each_row(degrees: float) -> None:
    """The centroids of a bar's rows lie on a line, a sine of the angle apart, through the centre."""
    bar = np.zeros((9, 21, 1))
    bar[:, 9:12] = 1

    found = warp(bar, shear(degrees), fill="constant")[..., 0]

    centroids = found @ np.arange(21) / found.sum(axis=1)
    np.testing.assert_allclose(centroids - 10, np.sin(np.deg2rad(degrees)) * np.arange(-4, 5), atol=1e-12)


def test_shearing_stretches_upright_by_the_cosine() -> None:
    """Horizontal lines stay horizontal, and rows are the cosine of the angle times as far from the centre."""
    levels = np.repeat(np.arange(5.0), 3).reshape(5, 3, 1)

    found = warp(levels, shear(60))[..., 0]

    np.testing.assert_allclose(found, np.repeat([[1], [1.5], [2], [2.5], [3]], 3, axis=1), atol=1e-12)


@pytest.mark.parametrize("fill", ["nearest", "constant"])
@pytest.mark.parametrize("seed", range(8))
def test_any_product_is_what_scipy_makes_of_it(seed: int, fill: str) -> None:
    """SciPy's affine transformation of every channel gives the same image, for any shape."""
    rng = np.random.default_rng(seed)
    height, width, channels = rng.integers(5, 20, size=3)
    picture = rng.integers(0, 256, size=(height, width, channels)).astype(np.uint8)
    matrix = (
        rotation(rng.uniform(-180, 180))
        @ shift(*rng.uniform(-3, 3, size=2))
        @ shear(rng.uniform(-40, 40))
        @ zoom(*rng.uniform(0.5, 1.5, size=2))
        @ flip(*rng.integers(2, size=2))
    )

    found = warp(picture, matrix, fill=fill, value=50.0)

    about = np.array([(height - 1) / 2, (width - 1) / 2])
    linear = matrix[:2, :2]
    offset = matrix[:2, 2] + about - linear @ about
    for channel in range(channels):
        of_scipy = ndimage.affine_transform(
            picture[..., channel].astype(np.float64), linear, offset, order=1, mode=fill, cval=50.0
        )
        np.testing.assert_allclose(found[..., channel], of_scipy, atol=1e-9)


def test_centred_matrices_name_pixels() -> None:
    """A quarter turn of 3 by 3 pixels has the lower left one in the upper left, and the one above it next."""
    matrix = centred(rotation(90), (3, 3))

    sources = matrix @ np.array([[0, 0, 1], [0, 1, 1], [2, 2, 1]]).T

    np.testing.assert_allclose(sources.T, [[2, 0, 1], [1, 0, 1], [0, 2, 1]], atol=1e-12)


@pytest.mark.parametrize(
    "make",
    [rotation, shear, lambda a: shift(a, 2 * a), lambda a: zoom(a, 3.0), lambda a: flip(a > 0, a > 1)],
    ids=["rotation", "shear", "shift", "zoom", "flip"],
)
def test_arrays_of_arguments_give_arrays_of_matrices(make: Any) -> None:
    """Many matrices at once are those of the single arguments."""
    arguments = np.array([[-1.0, 0.5, 2.0], [1.0, 90.0, 0.0]])

    found = make(arguments)

    assert (found.shape, found.dtype) == ((2, 3, 3, 3), np.float64)
    for place in np.ndindex(arguments.shape):
        np.testing.assert_array_equal(found[place], make(arguments[place]))
