"""What the figures of chapter 7 show: points, images and curves under their names; no pixel is compared."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest

from workshop.chapters.ch07_gans.data import real_distribution
from workshop.figures import ch07

REAL = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
FAKE = np.array([[-1.0, 7.0], [-2.0, 8.0]])
IMAGES = np.linspace(-1, 1, 26 * 2 * 3).reshape(26, 2, 3, 1)


@pytest.fixture(autouse=True)
def matplotlib():
    """Skip where nothing can be drawn."""
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install 'workshop[figures]'")


def labels(panel):
    """Return the labels of a panel's axes."""
    return panel.get_xlabel(), panel.get_ylabel()


def legend(panel):
    """Return the names in a panel's legend."""
    return [text.get_text() for text in panel.get_legend().get_texts()]


def test_the_sine_is_a_line_over_the_sequence():
    """The data set's two columns, from left to right, under the book's labels."""
    data = real_distribution().real_data

    (panel,) = ch07.sine_curve(data[:, 0], data[:, 1]).axes

    (line,) = panel.lines
    np.testing.assert_array_equal(line.get_xydata(), data)
    assert labels(panel) == ("Data Distribution", "Sine of data distribution")


def test_real_points_are_red_and_fake_ones_blue():
    """Each point lies where it is given; feature 1 goes to the right, feature 2 up."""
    from matplotlib.colors import to_rgba

    figure = ch07.sine_scatter(REAL, FAKE, title="Iteration 0")

    (panel,) = figure.axes
    for drawn, points, colour in zip(panel.collections, (REAL, FAKE), ("red", "blue"), strict=True):
        np.testing.assert_array_equal(drawn.get_offsets(), points)
        assert to_rgba(drawn.get_facecolor()[0]) == to_rgba(colour)
    assert legend(panel) == ["real", "fake"]
    assert labels(panel) == ("Feature 1 of the distribution", "Feature 2 of the distribution")
    assert [text.get_text() for text in figure.texts] == ["Iteration 0"]


def test_fake_points_stand_alone_where_there_are_no_real_ones():
    """The figure of the untrained generator shows its points only."""
    (panel,) = ch07.sine_scatter(None, FAKE).axes

    (drawn,) = panel.collections
    np.testing.assert_array_equal(drawn.get_offsets(), FAKE)
    assert legend(panel) == ["fake"]


@pytest.mark.parametrize("images", [IMAGES, IMAGES[..., 0]])
def test_images_fill_five_rows_of_five(images):
    """The first 25, row by row, −1 white and 1 black on all of them alike, without axes."""
    figure = ch07.image_grid(images, title="Iteration 100")

    assert [panel.get_subplotspec().get_geometry()[:3] for panel in figure.axes] == [
        (5, 5, place) for place in range(25)
    ]
    for panel, image in zip(figure.axes, images[:25], strict=True):
        (drawn,) = panel.images
        np.testing.assert_allclose(drawn.get_array(), image.reshape(2, 3))
        assert (drawn.get_cmap().name, drawn.get_clim()) == ("gray_r", (-1, 1))
        assert not panel.axison
    assert drawn.get_cmap()(0.0)[:3] == (1, 1, 1)
    assert [text.get_text() for text in figure.texts] == ["Iteration 100"]


def test_outputs_are_drawn_together_and_apart():
    """Three curves over the iterations on the scale of probabilities, told apart by their lines, too."""
    curves = [0.5, 0.5], [0.9, 0.8], [0.1, 0.2]

    figure = ch07.probability_curves([0, 50], *curves, title="DCGAN")

    (panel,) = figure.axes
    for line, values in zip(panel.lines, curves, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.transpose([[0, 50], values]))
    assert legend(panel) == ["real and fake together", "real alone", "fake alone"]
    assert len({line.get_linestyle() for line in panel.lines}) == 3
    assert panel.get_ylim() == (0, 1)
    assert labels(panel) == ("iteration", "mean output of the discriminator")
    assert [text.get_text() for text in figure.texts] == ["DCGAN"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda: ch07.sine_curve(np.zeros(3), np.zeros(2)),
            "(3,) and (2,) are no curve: give one y for each x",
        ),
        (
            lambda: ch07.sine_scatter(REAL, np.zeros((2, 3))),
            "an array of shape (2, 3) holds no points: give (n, 2)",
        ),
        (lambda: ch07.image_grid(IMAGES[:24]), "24 images: give 25 or more"),
        (
            lambda: ch07.image_grid(np.zeros((25, 2, 2, 3))),
            "an array of shape (25, 2, 2, 3) holds no grey images: give (n, height, width) or a channel",
        ),
        (
            lambda: ch07.probability_curves([0, 50], [0.5, 0.5], [0.9], [0.1, 0.1]),
            "curves of 2 and 1 and 2 values at 2 iterations: give one at each",
        ),
    ],
)
def test_what_cant_be_drawn_is_one_clear_line(draw, message):
    """The error names the thing and the remedy."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        draw()


def test_the_figures_are_drawn_without_pyplot():
    """Matplotlib is imported by the first figure, and its global state, pyplot, never."""
    program = (
        "import sys, workshop.figures.ch07 as ch07\n"
        "assert 'matplotlib' not in sys.modules\n"
        "ch07.probability_curves([0], [0.5], [0.9], [0.1])\n"
        "assert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules\n"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")
