"""What the figures of chapter 7 show: points, images and curves under their names; no pixel is compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.figures.drawing import crosses, legend, sheet
from workshop.chapters.ch07_gans.ex01_data_distribution import exercise_7_01
from workshop.figures import ch07
from workshop.figures.panels import BLUE, GREY

pytestmark = pytest.mark.usefixtures("matplotlib")

REAL = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
FAKE = np.array([[-1.0, 7.0], [-2.0, 8.0]])
IMAGES = np.linspace(-1, 1, 26 * 2 * 3).reshape(26, 2, 3, 1)


def labels(panel: Any) -> tuple[str, str]:
    """Return the labels of a panel's axes."""
    return panel.get_xlabel(), panel.get_ylabel()


def images(made: np.ndarray) -> Any:
    """Draw the images after a training."""
    return sheet(ch07.images({"after": SimpleNamespace(near_white_share=0.5)}, {}, [made]))


def outputs(*curves: list[float]) -> Any:
    """Draw a discriminator's outputs at iterations 0 and 50: together, on real and on fake images."""
    log = dict(zip(("together", "real", "fake"), curves, strict=True))
    return sheet(ch07.outputs(SimpleNamespace(iterations=[0, 50], **log)))


def test_the_sine_is_a_line_over_the_sequence() -> None:
    """The data set's two columns, from left to right, under the book's labels."""
    data = exercise_7_01().real_data

    (panel,) = sheet(ch07.sine(data)).axes

    (line,) = panel.lines
    np.testing.assert_array_equal(line.get_xydata(), data)
    assert labels(panel) == ("Data Distribution", "Sine of data distribution")


def test_real_points_are_grey_and_generated_ones_blue() -> None:
    """Each point lies where it is given; feature 1 goes to the right, feature 2 up."""
    from matplotlib.colors import to_rgba

    (panel,) = sheet(ch07.scatters([0], [(REAL, FAKE)])).axes

    for drawn, points, colour in zip(panel.collections, (REAL, FAKE), (GREY, BLUE), strict=True):
        np.testing.assert_array_equal(drawn.get_offsets(), points)
        assert to_rgba(drawn.get_facecolor()[0]) == to_rgba(colour)
    assert legend(panel.figure) == ["real", "generated"]
    assert labels(panel) == ("feature 1 of the distribution", "feature 2")


def test_the_figure_of_the_untrained_generator_shows_its_points_only() -> None:
    """There are no real ones."""
    (panel,) = sheet(ch07.untrained(FAKE)).axes

    (drawn,) = panel.collections
    np.testing.assert_array_equal(drawn.get_offsets(), FAKE)
    assert legend(panel.figure) == ["generated"]


@pytest.mark.parametrize("made", [IMAGES, IMAGES[..., 0]])
def test_images_fill_five_rows_of_five(made: np.ndarray) -> None:
    """The first 25, row by row, −1 white and 1 black on all of them alike, without axes."""
    figure = images(made)

    assert [panel.get_subplotspec().get_geometry()[:3] for panel in figure.axes] == [
        (5, 5, place) for place in range(25)
    ]
    for panel, image in zip(figure.axes, made[:25], strict=True):
        (drawn,) = panel.images
        np.testing.assert_allclose(drawn.get_array(), image.reshape(2, 3))
        assert (drawn.get_cmap().name, drawn.get_clim()) == ("gray_r", (-1, 1))
        assert not panel.axison
    assert drawn.get_cmap()(0.0)[:3] == (1, 1, 1)


def test_outputs_are_drawn_together_and_apart() -> None:
    """Three curves over the iterations on the scale of probabilities, distinct by their lines, too."""
    curves = [0.5, 0.5], [0.9, 0.8], [0.1, 0.2]

    (panel,) = outputs(*curves).axes

    for line, values in zip(panel.lines, curves, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.transpose([[0, 50], values]))
    assert legend(panel.figure) == ["real and fake", "real alone", "fake alone"]
    assert len({line.get_linestyle() for line in panel.lines}) == 3
    assert panel.get_ylim() == (0, 1)
    assert labels(panel) == ("iteration", "mean output")


def test_printed_outputs_are_crosses_at_their_iterations() -> None:
    """They are of real and fake images together."""
    log = SimpleNamespace(iterations=[0, 50], together=[0.5, 0.5], real=[0.9, 0.8], fake=[0.1, 0.2])

    (panel,) = sheet(ch07.outputs(log, printed={50: 0.25})).axes

    assert crosses(panel) == [([50], [0.25])]
    assert legend(panel.figure)[-1] == "printed in the book"


def test_accuracies_are_on_the_same_axes_with_the_printed_ones() -> None:
    """Real points are above, generated ones below; a log of another length is left out."""
    log = SimpleNamespace(iterations=[0, 2000], real=[0.7, 0.9], fake=[0.1, 0.3])

    real, fake = sheet(ch07.accuracies(log, printed={"real": [0.4, 0.5], "fake": [0.5]})).axes

    assert real.lines[0].get_ydata().tolist() == [0.7, 0.9]
    assert fake.lines[0].get_ydata().tolist() == [0.1, 0.3]
    assert crosses(real) == [([0, 2000], [0.4, 0.5])]
    assert crosses(fake) == []
    assert (real.get_xlim(), real.get_ylim()) == (fake.get_xlim(), fake.get_ylim())
    assert real.get_ylim() == (0, 1)


def test_scatter_plots_of_all_iterations_have_the_same_limits() -> None:
    """All points of the iterations that are shown are within them."""
    plots = [*ch07.scatters([0, 1, 2000], [(REAL, FAKE), (REAL, 100 * FAKE), (REAL, 2 * FAKE)])]

    limits = {(panel.get_xlim(), panel.get_ylim()) for _, _, figure in plots for panel in figure.axes}
    (((left, right), (low, high)),) = limits
    assert -6 < left < -4
    assert 4 < right < 6
    assert 0 < low < 1
    assert 16 < high < 18


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda: sheet(ch07.sine(np.zeros((3, 3)))),
            "an array of shape (3, 3) has no points: give (n, 2)",
        ),
        (
            lambda: sheet(ch07.scatters([0], [(REAL, np.zeros((2, 3)))])),
            "an array of shape (2, 3) has no points: give (n, 2)",
        ),
        (lambda: images(IMAGES[:24]), "24 images: give 25 or more"),
        (
            lambda: images(np.zeros((25, 2, 2, 3))),
            "an array of shape (25, 2, 2, 3) has no grey images: give (n, height, width) or a channel",
        ),
        (
            lambda: outputs([0.5, 0.5], [0.9], [0.1, 0.1]),
            "curves of 2 and 1 and 2 values at 2 iterations: give one at each",
        ),
    ],
)
def test_what_cant_be_drawn_is_one_clear_line(draw: Callable[[], Any], message: str) -> None:
    """The error names the thing and the remedy."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        draw()
