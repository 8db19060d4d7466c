"""What the figures of chapter 2 show: a curve, a digit and its probabilities; no pixel is compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.figures.drawing import crosses, legend, sheet
from workshop.figures import ch02
from workshop.figures.printed import BOOK

pytestmark = pytest.mark.usefixtures("matplotlib")

IMAGE = np.array([[0, 51, 255], [102, 204, 0]], np.uint8)


def test_the_sigmoid_is_drawn_over_its_net_input_with_the_threshold() -> None:
    """The curve is what is given; a line across it is at one half."""
    z = np.array([-2.0, 0.0, 2.0])
    values = 1 / (1 + np.exp(-z))

    (panel,) = sheet(ch02.sigmoid(SimpleNamespace(z=z, values=values))).axes

    curve, threshold = panel.lines
    np.testing.assert_array_equal(curve.get_xydata(), np.transpose([z, values]))
    assert set(threshold.get_ydata()) == {0.5}
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("net input z", "sigmoid of z")


def test_a_digit_is_drawn_next_to_its_probabilities() -> None:
    """A bar a class on the scale of probabilities; the label's is hatched, whatever is most probable."""
    image, bars = sheet(ch02.digit(IMAGE, np.array([[0.7, 0.1, 0.2]]), 2)).axes

    np.testing.assert_allclose(image.images[0].get_array(), IMAGE / 255)
    assert image.get_title() == "labelled 2"
    assert [bar.get_height() for bar in bars.patches] == [0.7, 0.1, 0.2]
    assert [bar.get_x() + bar.get_width() / 2 for bar in bars.patches] == [0, 1, 2]
    assert [bool(bar.get_hatch()) for bar in bars.patches] == [False, False, True]
    assert legend(bars.figure) == ["the label"]
    assert bars.get_ylim() == (0, 1)
    assert (bars.get_xlabel(), bars.get_ylabel()) == ("class", "probability")


def test_the_printed_probabilities_are_crosses_on_the_bars() -> None:
    """Each is at its class; of another number of classes there are none."""
    own = np.array([[0.7, 0.1, 0.2]])

    _, bars = sheet(ch02.digit(IMAGE, own, 2, printed=[[0.0, 0.25, 0.75]])).axes
    _, without = sheet(ch02.digit(IMAGE, own, 2, printed=[[0.0, 1.0]])).axes

    assert crosses(bars) == [([0, 1, 2], [0.0, 0.25, 0.75])]
    assert legend(bars.figure) == ["the label", "printed in the book"]
    assert crosses(without) == []


def test_the_printed_centre_of_the_sigmoid_is_a_cross() -> None:
    """It is at zero."""
    curve = SimpleNamespace(z=np.array([-1.0, 0.0, 1.0]), values=np.array([0.3, 0.5, 0.7]))

    (panel,) = sheet(ch02.sigmoid(curve, printed={"centre": 0.25})).axes

    assert crosses(panel) == [([0], [0.25])]


def test_the_fit_that_goes_on_follows_the_first_one() -> None:
    """Both are on the same axes, with a line between them; the printed log is that of the first."""
    first = SimpleNamespace(loss=[0.7, 0.4], accuracy=[0.5, 0.8])
    second = SimpleNamespace(loss=[0.04, 0.02, 0.01], accuracy=[0.9, 1.0, 1.0])
    printed = {BOOK: {"loss": {2: 0.1}, "accuracy": {2: 0.96}}}

    loss, accuracy = sheet(ch02.both_fits(first, second, printed)).axes

    for panel, name in ((loss, "loss"), (accuracy, "accuracy")):
        curve, cross, line = panel.lines
        assert curve.get_xdata().tolist() == [1, 2, 3, 4, 5]
        assert curve.get_ydata().tolist() == getattr(first, name) + getattr(second, name)
        assert [*cross.get_xdata()] == [2]
        assert set(line.get_xdata()) == {2.5}
    assert crosses(loss) == [([2], [0.1])]
    assert crosses(accuracy) == [([2], [0.96])]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda: ch02.sigmoid(SimpleNamespace(z=np.zeros(3), values=np.zeros(2))),
            "(3,) and (2,) are not a curve: give one value for each z",
        ),
        (
            lambda: ch02.digit(IMAGE, np.zeros((1, 3)), 3),
            "label 3 has no probability in an array of shape (3,): give one for each class",
        ),
        (
            lambda: ch02.digit(IMAGE, np.zeros((1, 1, 3)), 0),
            "label 0 has no probability in an array of shape (1, 3): give one for each class",
        ),
    ],
)
def test_what_cant_be_drawn_is_one_clear_line(draw: Callable[[], Any], message: str) -> None:
    """The error names the thing and the remedy."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        sheet(draw())
