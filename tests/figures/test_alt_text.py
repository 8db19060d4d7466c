"""What alternative texts say: numbers of what is drawn, and directions that follow from them."""

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
    "a training that goes on falling": (("loss", [0.9, 0.5, 0.4]), "loss falls from 0.9 to 0.4"),
    "one that overfits": (
        ("validation loss", [0.9, 0.5, 0.7]),
        "validation loss falls from 0.9 to 0.7, in between as low as 0.5",
    ),
    "one that goes up and down": (
        ("accuracy", [0.5, 0.9, 0.2, 0.6]),
        "accuracy rises from 0.5 to 0.6, in between as low as 0.2 and as high as 0.9",
    ),
    "one that comes back": (
        ("loss", [0.5, 0.4, 0.5]),
        "loss comes back from 0.5 to 0.5, in between as low as 0.4",
    ),
}
# what draws, from what, and the texts of its plots
DRAWN: dict[str, tuple[Callable[..., Any], tuple[Any, ...], list[str]]] = {
    "a training of a single epoch": (
        training_curves,
        (SimpleNamespace(loss=[0.5], accuracy=[0.25]),),
        ["Over 1 epoch training loss is 0.5; training accuracy is 0.25."],
    ),
    "a validated one": (
        training_curves,
        (SimpleNamespace(loss=[2, 1], accuracy=[0, 1], val_loss=[3, 4], val_accuracy=[1, 0.5]),),
        [
            (
                "Over 2 epochs training loss falls from 2 to 1; training accuracy rises from 0 to 1; "
                "validation loss rises from 3 to 4; validation accuracy falls from 1 to 0.5."
            ),
        ],
    ),
    "losses": (
        ch05.losses,
        (np.array([[2.0, 3.0], [1.0, 4.0]]),),
        ["Over 2 epochs training loss falls from 2 to 1; validation loss rises from 3 to 4."],
    ),
    # misses of 1.5, −3.5 and 0.5 USD; of the naive forecast 1, −4 and 1
    "forecasts, and zoomed": (
        partial(ch05.forecasts, zoom=slice(-2, None)),
        (np.array([10.0, 12.0, 11.0, 15.0, 14.0]), np.array([np.nan, np.nan, 12.5, 11.5, 14.5])),
        [
            (
                "Prices of 5 days, 10 to 15 USD, and 3 forecasts, at positions 2 to 4, 11.5 to 14.5 USD. The "
                "forecasts miss the day's price by 2.217 USD (root mean square), “tomorrow = today” by 2.449 "
                "USD on the same days; the forecasts are 0.5 USD away from the price of the day before."
            ),
            (
                "Prices of 2 days, 14 to 15 USD, and 2 forecasts, at positions 3 to 4, 11.5 to 14.5 USD. The "
                "forecasts miss the day's price by 2.5 USD (root mean square), “tomorrow = today” by 2.915 "
                "USD on the same days; the forecasts are 0.5 USD away from the price of the day before."
            ),
        ],
    ),
    "a confusion matrix": (
        partial(confusion_matrix, names=["bad", "good"]),
        ([[3, 1], [0, 4000]],),
        [
            (
                "Of 4 bad, 3 predicted bad, 1 predicted good; of 4,000 good, 0 predicted bad, 4,000 predicted"
                " good. 100.0 % of all are right."
            ),
        ],
    ),
    "a sigmoid": (
        ch02.sigmoid,
        (SimpleNamespace(z=np.array([-4.0, 0.0, 4.0]), values=np.array([0.018, 0.5, 0.982])),),
        ["The curve goes from 0.018 at z = -4 through 0.5 at z = 0 to 0.982 at z = 4."],
    ),
    "a digit": (
        ch02.digit,
        (np.zeros((2, 2)), np.array([[0.1, 0.2, 0.7]]), 1),
        ["An image labelled 1; the network says 2 with the probability 0.7, then 1 with 0.2."],
    ),
    "a feature map": (
        ch03.feature_map,
        (np.array([[0, 200]]), np.array([[-800.0, 0.0, 800.0], [5.0, 6.0, 7.0]])),
        [
            (
                "An image of 1 × 2 pixels from 0 to 200, and its map of 2 × 3: the response is strongest, "
                "800, in columns 1 and 3 from the left."
            ),
        ],
    ),
    "variants": (
        ch03.variants,
        ({"original": np.uint8([[0, 200]]), "flip": np.uint8([[200, 0]]), "turned": np.zeros((2, 1))},),
        [
            (
                "The original, 1 × 2 pixels, and 2 variants; mean difference of a pixel from it in grey "
                "levels: flip 200, turned of 2 × 1 pixels."
            ),
        ],
    ),
    "lengths": (
        ch06.lengths,
        ([0.25, 0.75], (2.0, 8.0)),
        [
            (
                "Shares of the reviews in 2 bins from 2 to 8 words: 25.0 %, 75.0 %; the highest bin is from 5"
                " to 8 words."
            ),
        ],
    ),
    "a curve": (
        ch07.sine,
        (np.array([[-1.0, -0.5], [0.5, 0.25], [2.0, -0.75]]),),
        ["A curve through 3 points from x = -1 to 2; y is from -0.75 to 0.25 and crosses zero 2 times."],
    ),
    "generated points": (
        ch07.untrained,
        (np.array([[0.0, 1.0], [0.0, -3.0]]),),
        ["2 generated points, x from 0 to 0, y from -3 to 1, on average 2 from the sine."],
    ),
    "generated and real points": (
        ch07.scatters,
        ([0], [(np.array([[0.0, 0.0]]), np.array([[0.0, 1.0]]))]),
        [
            (
                "1 generated point, x from 0 to 0, y from 1 to 1, on average 1 from the sine; 1 real point, x"
                " from 0 to 0, y from 0 to 0, on average 0 from the sine."
            ),
        ],
    ),
    "a discriminator": (
        ch07.outputs,
        (SimpleNamespace(iterations=[0, 50], together=[0.4, 0.6], real=[0.7, 0.9], fake=[0.1, 0.3]),),
        [
            (
                "The discriminator's mean output at 2 iterations from 0 to 50: over real and fake images "
                "together 0.5 on average, from 0.4 to 0.6; over real ones alone 0.8, over fake ones alone "
                "0.2."
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
