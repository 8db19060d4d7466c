"""Images as data: PNG files that any viewer reads, and sheets of several images."""

import base64
import io

import numpy as np
import pytest

from workshop.figures.model import book_marks, numbers, png, sheet

GREY = np.array([[0, 51, 255], [102, 204, 0]], np.uint8)
COLOUR = np.arange(24, dtype=np.float32).reshape(2, 4, 3) * 10


@pytest.mark.parametrize("image", [GREY, GREY[..., np.newaxis], COLOUR])
def test_an_image_is_read_back_as_it_was(image):
    viewer = pytest.importorskip("PIL.Image")

    with viewer.open(io.BytesIO(base64.b64decode(png(image)))) as read:
        np.testing.assert_array_equal(np.asarray(read).reshape(image.shape), image)


def test_values_beyond_white_and_black_are_drawn_as_such():
    assert png(np.array([[-1e-3, 255.01]])) == png(np.array([[0, 255]]))


def test_what_is_no_image_is_refused():
    with pytest.raises(ValueError, match=r"an array of shape \(2, 2, 2\) is not an image"):
        png(np.zeros((2, 2, 2)))


def test_images_are_side_by_side_on_white():
    tile = sheet(np.stack([GREY, GREY + 1, GREY]), columns=2)

    assert tile.shape == (6, 8)
    np.testing.assert_array_equal(tile[:2, :3], GREY)
    np.testing.assert_array_equal(tile[4:, :3], GREY)
    assert set(tile[4:, 5:].ravel()) == {255}


def test_numbers_have_the_digits_that_are_drawn():
    assert numbers(np.array([0.123456, 12345.6])) == (0.1235, 12350.0)
    assert numbers([1 / 3], 2) == (0.33,)


@pytest.mark.parametrize("printed", [None, "text", [[True, False]], {1: 2.0}, [1.0], [[1.0], [2.0, 3.0]]])
def test_what_is_not_a_number_a_place_is_not_drawn_as_the_books(printed):
    assert book_marks([0.0, 1.0], printed) == ()
    assert [one.y for one in book_marks([0.0, 1.0], [[1, 2]])] == [(1.0, 2.0)]
