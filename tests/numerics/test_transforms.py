"""Affine transformations, compared with small images moved by hand and with SciPy's."""

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
    ("up, nearest", WIDE, shift(1, 0), "nearest", [[5, 6, 7, 8], [9, 10, 11, 12], [9, 10, 11, 12]]),
    ("right, nearest", WIDE, shift(0, -2), "nearest", [[1, 1, 1, 2], [5, 5, 5, 6], [9, 9, 9, 10]]),
    ("half a pixel left", RAMP, shift(0, 0.5), "nearest", [[0.5, 1.5, 2.5, 3.5, 4]] * 3),
    ("a quarter turn", SQUARE, rotation(90), "constant", [[7, 4, 1], [8, 5, 2], [9, 6, 3]]),
    ("half a turn", WIDE, rotation(180), "constant", [[12, 11, 10, 9], [8, 7, 6, 5], [4, 3, 2, 1]]),
    ("a quarter turn of a wide image", WIDE[:2], rotation(90), "nearest", [[6, 6, 2, 2], [7, 7, 3, 3]]),
    ("slanted", RAMP, shear(30), "nearest", [[0.5, 1.5, 2.5, 3.5, 4], RAMP[0], [0, 0.5, 1.5, 2.5, 3.5]]),
    ("turned, then moved", SQUARE, rotation(90) @ shift(1, 0), "constant", [[8, 5, 2], [9, 6, 3], [0, 0, 0]]),
    ("enlarged, then moved", RAMP, zoom(1, 0.5) @ shift(0, 1), "constant", [[1.5, 2, 2.5, 3, 3.5]] * 3),
]  # fmt: skip


def image(rows):
    """Return rows as an image of one channel."""
    return np.array(rows, dtype=np.float64)[..., np.newaxis]


@pytest.mark.parametrize(
    ("rows", "matrix", "fill", "expected"), [c[1:] for c in ONCE], ids=[c[0] for c in ONCE]
)
def test_small_images_by_hand(rows, matrix, fill, expected):
    found = warp(image(rows), matrix, fill=fill)

    assert found.shape == (len(rows), len(rows[0]), 1)
    np.testing.assert_allclose(found[..., 0], expected, atol=1e-12)


def test_a_constant_fill_has_the_value_asked_for():
    found = warp(image(WIDE), shift(-1, 2), fill="constant", value=7.0)

    assert found[..., 0].tolist() == [[7, 7, 7, 7], [3, 4, 7, 7], [7, 8, 7, 7]]


@pytest.mark.parametrize("fill", ["nearest", "constant"])
@pytest.mark.parametrize("seed", range(8))
def test_any_product_is_what_scipy_makes_of_it(seed, fill):
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


def test_centred_matrices_name_pixels():
    matrix = centred(rotation(90), (3, 3))

    sources = matrix @ np.array([[0, 0, 1], [0, 1, 1], [2, 2, 1]]).T

    np.testing.assert_allclose(sources.T, [[2, 0, 1], [1, 0, 1], [0, 2, 1]], atol=1e-12)


@pytest.mark.parametrize(
    "make",
    [rotation, shear, lambda a: shift(a, 2 * a), lambda a: zoom(a, 3.0), lambda a: flip(a > 0, a > 1)],
    ids=["rotation", "shear", "shift", "zoom", "flip"],
)
def test_arrays_of_arguments_give_arrays_of_matrices(make):
    arguments = np.array([[-1.0, 0.5, 2.0], [1.0, 90.0, 0.0]])

    found = make(arguments)

    assert (found.shape, found.dtype) == ((2, 3, 3, 3), np.float64)
    for place in np.ndindex(arguments.shape):
        np.testing.assert_array_equal(found[place], make(arguments[place]))
