"""What the figures of chapter 3 show: images under their titles; no pixel is compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.figures.drawing import sheet
from workshop.figures import ch03

pytestmark = pytest.mark.usefixtures("matplotlib")

GREY = np.array([[0, 51, 255], [102, 204, 0]], np.uint8)
COLOUR = np.arange(24, dtype=np.float32).reshape(2, 4, 3) * 10


def drawn(panel: Any) -> np.ndarray:
    """Return the array that a panel shows."""
    (image,) = panel.images
    return np.asarray(image.get_array())


def test_an_image_is_drawn_next_to_the_strength_of_the_response() -> None:
    """The map shows absolute values from black at 0 on, with a bar that names them."""
    response = np.array([[-400.0, 100.0]])

    image, edges, bar = sheet(ch03.feature_map(GREY, response)).axes

    np.testing.assert_allclose(drawn(image), GREY / 255)
    np.testing.assert_array_equal(drawn(edges), [[400, 100]])
    assert edges.images[0].get_clim() == (0, 400)
    assert (image.get_title(), edges.get_title()) == ("image", "feature map")
    assert bar.get_ylabel() == "|response|"


def test_variants_are_drawn_under_their_names_row_by_row() -> None:
    """Grey and colour images keep their pixels, 0 black and 255 white; three of them take two rows of two."""
    variants = {"original": COLOUR, "turned": COLOUR[::-1], "grey": GREY[..., np.newaxis]}

    figure = sheet(ch03.variants(variants))

    assert [panel.get_title() for panel in figure.axes] == list(variants)
    assert [panel.get_subplotspec().get_geometry()[:3] for panel in figure.axes] == [
        (2, 2, 0),
        (2, 2, 1),
        (2, 2, 2),
    ]
    for panel, image in zip(figure.axes, (COLOUR, COLOUR[::-1], GREY), strict=True):
        np.testing.assert_allclose(drawn(panel), image / 255)
        assert panel.images[0].get_clim() == (0, 1)


def test_values_beyond_white_and_black_are_drawn_as_such() -> None:
    """An interpolated pixel a hair off the scale is not a warning."""
    figure = sheet(ch03.variants({"x": np.array([[-1e-3, 255.01]])}))

    np.testing.assert_array_equal(drawn(figure.axes[0]), [[0, 1]])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: ch03.variants({}), "0 images: give at least one"),
        (
            lambda: ch03.variants({"x": np.zeros((2, 2, 2))}),
            "an array of shape (2, 2, 2) is not an image: give (height, width) and 1 or 3 channels",
        ),
        (
            lambda: ch03.feature_map(GREY, np.zeros((2, 2, 8))),
            "a response of shape (2, 2, 8) is not a map: give (rows, columns)",
        ),
    ],
)
def test_what_cant_be_drawn_is_one_clear_line(draw: Callable[[], Any], message: str) -> None:
    """The error names the thing and the remedy."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        sheet(draw())
