"""What alternative texts say: numbers of what is drawn, and directions that follow from them."""

# ruff: noqa: E501  a text is a line

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workshop.figures import alt_text, ch02, ch03, ch05, ch06, ch07
from workshop.figures.confusion import confusion_matrix
from workshop.figures.curves import training_curves

MOVES = {
    "a training that goes on falling": (("loss", [0.9, 0.5, 0.4]), "loss falls from 0.900 to 0.400"),
    "one that overfits": (
        ("validation loss", [0.9, 0.5, 0.7]),
        "validation loss falls from 0.900 to 0.700, in between as low as 0.500",
    ),
    "one that goes up and down": (
        ("accuracy", [0.5, 0.9, 0.2, 0.6]),
        "accuracy rises from 0.500 to 0.600, in between as low as 0.200 and as high as 0.900",
    ),
    "one that comes back": (
        ("loss", [0.5, 0.4, 0.5]),
        "loss comes back from 0.500 to 0.500, in between as low as 0.400",
    ),
}
# what draws, from what, and the texts of its plots
DRAWN: dict[str, tuple[Callable[..., Any], tuple[Any, ...], list[str]]] = {
    "a training of a single epoch": (
        training_curves,
        (SimpleNamespace(loss=[0.5], accuracy=[0.25]),),
        ["Over 1 epoch the training loss is 0.500, and the training accuracy is 0.250."],
    ),
    "a validated one": (
        training_curves,
        (SimpleNamespace(loss=[2, 1], accuracy=[0, 1], val_loss=[3, 4], val_accuracy=[1, 0.5]),),
        [
            (
                "Over 2 epochs the training loss falls from 2.00 to 1.00, and the training accuracy rises from "
                "0.00 to 1.00. The validation loss rises from 3.00 to 4.00, and the validation accuracy falls "
                "from 1.00 to 0.500."
            ),
        ],
    ),
    "losses": (
        ch05.losses,
        (np.array([[2.0, 3.0], [1.0, 4.0]]),),
        [
            (
                "Over 2 epochs the training loss falls from 2.00 to 1.00, and the validation loss rises from "
                "3.00 to 4.00."
            )
        ],
    ),
    # misses of 1.5, −3.5 and 0.5 USD; of the naive forecast 1, −4 and 1
    "forecasts, and zoomed": (
        partial(ch05.forecasts, zoom=slice(-2, None)),
        (np.array([10.0, 12.0, 11.0, 15.0, 14.0]), np.array([np.nan, np.nan, 12.5, 11.5, 14.5])),
        [
            (
                "3 forecasts at positions 2 to 4. They miss the price by 2.22 USD, “tomorrow = today” by 2.45 "
                "(root mean square)."
            ),
            (
                "2 forecasts at positions 3 to 4. They miss the price by 2.50 USD, “tomorrow = today” by 2.92 "
                "(root mean square)."
            ),
        ],
    ),
    "errors of forecasts": (
        ch05.errors,
        (0.02, 0.03, {"train": 0.5, "test": 1.5}, [0.01, 0.04]),
        [
            "On the test days the forecasts miss by 0.0300, “tomorrow = today” by 0.0200. The book prints 0.04."
        ],
    ),
    "a confusion matrix": (
        partial(confusion_matrix, names=["bad", "good"]),
        ([[3, 1], [0, 4000]],),
        ["100.0 % of 4,004 predictions are right: 3 of 4 bad and 4,000 of 4,000 good."],
    ),
    "one next to the book's": (
        partial(confusion_matrix, names=["bad", "good"], printed=[[1, 3], [1, 3]]),
        ([[3, 1], [0, 4]],),
        [
            (
                "87.5 % of 8 predictions are right: 3 of 4 bad and 4 of 4 good. In the book 1 and 3 are right, "
                "50.0 %."
            )
        ],
    ),
    "a sigmoid": (
        ch02.sigmoid,
        (SimpleNamespace(z=np.array([-4.0, 0.0, 4.0]), values=np.array([0.018, 0.5, 0.982])),),
        ["The curve goes from 0.0180 at z = -4 through 0.500 at z = 0 to 0.982 at z = 4."],
    ),
    "a digit": (
        ch02.digit,
        (np.zeros((2, 2)), np.array([[0.1, 0.2, 0.7]]), 1),
        ["An image labelled 1. The network says 2 with the probability 0.700, then 1 with 0.200."],
    ),
    "a feature map": (
        ch03.feature_map,
        (np.array([[0, 200]]), np.array([[-800.0, 0.0, 800.0], [5.0, 6.0, 7.0]])),
        [
            (
                "An image of 1 × 2 pixels, and its map of 2 × 3. The response is strongest, 800, in columns 1 "
                "and 3 from the left."
            ),
        ],
    ),
    "variants": (
        ch03.variants,
        (
            {
                "original": np.uint8([[0, 200]]),
                "flip": np.uint8([[200, 0]]),
                "turned": np.zeros((2, 1)),
                "darker": np.uint8([[0, 100]]),
            },
        ),
        [
            (
                "The original, 1 × 2 pixels, and 3 variants. Pixels differ least in the darker, by 50.0 grey "
                "levels on average, and most in the flip, by 200."
            ),
        ],
    ),
    "lengths": (
        ch06.lengths,
        ([0.25, 0.75], (2.0, 8.0)),
        [
            (
                "Lengths of the reviews from 2 to 8 words. The highest bin, from 5.00 to 8.00 words, has "
                "75.0 % of them."
            ),
        ],
    ),
    "a curve": (
        ch07.sine,
        (np.array([[-1.0, -0.5], [0.5, 0.25], [2.0, -0.75]]),),
        ["A curve through 3 points from x = -1.00 to 2.00. It crosses zero 2 times."],
    ),
    "generated points": (
        ch07.untrained,
        (np.array([[0.0, 1.0], [0.0, -3.0]]),),
        [
            "2 generated points, x from 0.00 to 0.00, y from -3.00 to 1.00. They are 2.00 from the sine on average."
        ],
    ),
    "generated and real points": (
        ch07.scatters,
        ([0], [(np.array([[0.0, 0.0]]), np.array([[0.0, 1.0]]))]),
        [
            (
                "1 generated point, x from 0.00 to 0.00, y from 1.00 to 1.00. They are 1.00 from the sine on "
                "average."
            ),
        ],
    ),
    "its accuracy, next to the book's": (
        partial(ch07.accuracies, printed={"real": [0.4, 0.5], "fake": [0.6]}),
        (SimpleNamespace(iterations=[0, 2000], real=[0.7, 0.9], fake=[0.1, 0.3]),),
        [
            (
                "The discriminator's mean accuracy is 0.800 on real points (book 0.450) and 0.200 on generated "
                "points."
            )
        ],
    ),
    "a discriminator": (
        ch07.outputs,
        (SimpleNamespace(iterations=[0, 50], together=[0.4, 0.6], real=[0.7, 0.9], fake=[0.1, 0.3]),),
        [
            (
                "The discriminator's mean output is 0.500 over real and fake images together. Over real ones "
                "alone it is 0.800, over fake ones 0.200."
            ),
        ],
    ),
}


@pytest.mark.parametrize("case", MOVES)
def test_directions_follow_from_the_numbers(case: str) -> None:
    """From the first value to the last one, and how far outside of them the others lie."""
    (name, values), expected = MOVES[case]

    assert alt_text.moved(name, values) == expected


@pytest.mark.usefixtures("matplotlib")
@pytest.mark.parametrize("case", DRAWN)
def test_numbers_are_those_of_what_is_drawn(case: str) -> None:
    """Each plot has its text."""
    draw, fields, expected = DRAWN[case]

    assert [alt for _, alt, _ in draw(*fields)] == expected
