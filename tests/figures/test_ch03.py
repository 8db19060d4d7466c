"""What the figures of chapter 3 show: images, their titles, and which are marked; no pixel is compared."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from workshop.figures import ch03

GREY = np.array([[0, 51, 255], [102, 204, 0]], np.uint8)
COLOUR = np.arange(24, dtype=np.float32).reshape(2, 4, 3) * 10
NAMES = ["cat", "dog", "fox"]


@pytest.fixture(autouse=True)
def matplotlib():
    """Skip where nothing can be drawn."""
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install 'workshop[figures]'")


def drawn(panel):
    """Return the array that a panel shows."""
    (image,) = panel.images
    return np.asarray(image.get_array())


def test_an_image_stands_beside_the_strength_of_the_response():
    """The map shows absolute values from black at 0 on, with a bar that names them."""
    response = np.array([[-400.0, 100.0]])

    figure = ch03.feature_map(GREY, response, title="Edges")

    image, edges, bar = figure.axes
    np.testing.assert_allclose(drawn(image), GREY / 255)
    np.testing.assert_array_equal(drawn(edges), [[400, 100]])
    assert edges.images[0].get_clim() == (0, 400)
    assert [text.get_text() for text in figure.texts] == ["Edges"]
    assert (image.get_title(), edges.get_title()) == ("image", "feature map")
    assert bar.get_ylabel() == "strength |response| (grey levels)"


def test_variants_stand_under_their_names_row_by_row():
    """Grey and colour images keep their pixels, 0 black and 255 white; three of them take two rows of two."""
    variants = {"original": COLOUR, "turned": COLOUR[::-1], "grey": GREY[..., np.newaxis]}

    figure = ch03.augmented_samples(variants, columns=2)

    assert [panel.get_title() for panel in figure.axes] == list(variants)
    assert [panel.get_subplotspec().get_geometry()[:3] for panel in figure.axes] == [
        (2, 2, 0),
        (2, 2, 1),
        (2, 2, 2),
    ]
    for panel, image in zip(figure.axes, (COLOUR, COLOUR[::-1], GREY), strict=True):
        np.testing.assert_allclose(drawn(panel), image / 255)
        assert panel.images[0].get_clim() == (0, 1)


def test_values_beyond_white_and_black_are_drawn_as_such():
    """An interpolated pixel a hair off the scale is no warning."""
    figure = ch03.augmented_samples({"x": np.array([[-1e-3, 255.01]])})

    np.testing.assert_array_equal(drawn(figure.axes[0]), [[0, 1]])


def test_wrong_predictions_are_marked_and_right_ones_are_not():
    """A wrong one has a cross, the true class and a frame in another colour; a right one its class alone."""
    from matplotlib.colors import to_rgba

    images = np.stack([COLOUR, COLOUR / 2])

    figure = ch03.predictions(
        images, predicted=np.array([1, 2]), true=[1, 0], class_names=NAMES, title="Test"
    )

    right, wrong = figure.axes
    assert [panel.get_title() for panel in (right, wrong)] == ["dog", "✗ fox\nis cat"]
    np.testing.assert_allclose(drawn(wrong), images[1] / 255)
    colours = [{spine.get_edgecolor() for spine in panel.spines.values()} for panel in (right, wrong)]
    assert colours == [{to_rgba("black")}, {to_rgba(wrong.title.get_color())}]
    assert colours[0] != colours[1]
    assert [text.get_text() for text in figure.texts] == ["Test"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: ch03.augmented_samples({}), "0 images in 4 columns: give at least one of each"),
        (
            lambda: ch03.augmented_samples({"x": GREY}, columns=0),
            "1 images in 0 columns: give at least one of each",
        ),
        (
            lambda: ch03.augmented_samples({"x": np.zeros((2, 2, 2))}),
            r"an array of shape \(2, 2, 2\) is no image: give \(height, width\) and 1 or 3 channels",
        ),
        (
            lambda: ch03.feature_map(GREY, np.zeros((2, 2, 8))),
            r"a response of shape \(2, 2, 8\) is no map: give \(rows, columns\)",
        ),
        (
            lambda: ch03.predictions(COLOUR[np.newaxis], [1, 2], [1], NAMES),
            "2 predicted and 1 true classes of 1 images: give one each",
        ),
        (
            lambda: ch03.predictions(COLOUR[np.newaxis], [1], [3], NAMES),
            "class 3 has no name among 3: give one for each class",
        ),
        (
            lambda: ch03.predictions(COLOUR[np.newaxis], [-1], [0], NAMES),
            "class -1 has no name among 3: give one for each class",
        ),
    ],
)
def test_what_cant_be_drawn_is_one_clear_line(draw, message):
    """The error names the thing and the remedy."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        draw()


def test_figures_are_imported_without_matplotlib_and_drawn_without_pyplot():
    """Matplotlib is imported by the first figure, and its global state, pyplot, never."""
    program = (
        "import sys, workshop.figures.ch03 as ch03, workshop.figures.curves as curves\n"
        "assert 'matplotlib' not in sys.modules\n"
        "curves.training_curves({'loss': [1.0], 'accuracy': [0.5]})\n"
        "ch03.augmented_samples({'x': [[0, 255]]})\n"
        "assert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules\n"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")
