"""What alternative texts say: numbers of what is drawn, and directions that follow from them."""

from __future__ import annotations

import numpy as np
import pytest

from workshop.reporting.report import alt_text

PRICES = np.array([10.0, 12.0, 11.0, 15.0, 14.0])
FORECASTS = np.array([np.nan, np.nan, 12.5, 11.5, 14.5])

TOLD = {
    "a training that goes on falling": (
        alt_text.moved("loss", [0.9, 0.5, 0.4]),
        "loss falls from 0.9 to 0.4",
    ),
    "one that overfits": (
        alt_text.moved("validation loss", [0.9, 0.5, 0.7]),
        "validation loss falls from 0.9 to 0.7, in between as low as 0.5",
    ),
    "one that goes up and down": (
        alt_text.moved("accuracy", [0.5, 0.9, 0.2, 0.6]),
        "accuracy rises from 0.5 to 0.6, in between as low as 0.2 and as high as 0.9",
    ),
    "one that comes back": (
        alt_text.moved("loss", [0.5, 0.4, 0.5]),
        "loss comes back from 0.5 to 0.5, in between as low as 0.4",
    ),
    "one of a single epoch": (
        alt_text.training({"loss": [0.5], "accuracy": [0.25]}),
        "Over 1 epoch training loss is 0.5; training accuracy is 0.25.",
    ),
    "a validated one": (
        alt_text.training({"loss": [2, 1], "accuracy": [0, 1], "val_loss": [3, 4], "val_accuracy": [1, 0.5]}),
        (
            "Over 2 epochs training loss falls from 2 to 1; training accuracy rises from 0 to 1; "
            "validation loss rises from 3 to 4; validation accuracy falls from 1 to 0.5."
        ),
    ),
    "losses": (
        alt_text.losses(np.array([[2.0, 3.0], [1.0, 4.0]])),
        "Over 2 epochs training loss falls from 2 to 1; validation loss rises from 3 to 4.",
    ),
    # misses of 1.5, −3.5 and 0.5 USD; of the naive forecast 1, −4 and 1
    "forecasts": (
        alt_text.forecasts(PRICES, FORECASTS, None),
        (
            "Prices of 5 days, 10 to 15 USD, and 3 forecasts, at positions 2 to 4, 11.5 to 14.5 USD. The "
            "forecasts miss the day's price by 2.217 USD (root mean square), “tomorrow = today” by 2.449 "
            "USD on the same days; the forecasts are 0.5 USD away from the price of the day before."
        ),
    ),
    "forecasts zoomed": (
        alt_text.forecasts(PRICES, FORECASTS, slice(-2, None)),
        (
            "Prices of 2 days, 14 to 15 USD, and 2 forecasts, at positions 3 to 4, 11.5 to 14.5 USD. The "
            "forecasts miss the day's price by 2.5 USD (root mean square), “tomorrow = today” by 2.915 "
            "USD on the same days; the forecasts are 0.5 USD away from the price of the day before."
        ),
    ),
    "a confusion matrix": (
        alt_text.confusion([[3, 1], [0, 4000]], ["bad", "good"]),
        (
            "Of 4 bad, 3 predicted bad, 1 predicted good; of 4,000 good, 0 predicted bad, 4,000 predicted"
            " good. 100.0 % of all are right."
        ),
    ),
    "a sigmoid": (
        alt_text.sigmoid(np.array([-4.0, 0.0, 4.0]), np.array([0.018, 0.5, 0.982])),
        "The curve goes from 0.018 at z = -4 through 0.5 at z = 0 to 0.982 at z = 4.",
    ),
    "a digit": (
        alt_text.digit(np.array([0.1, 0.2, 0.7]), 1),
        "An image labelled 1; the network says 2 with the probability 0.7, then 1 with 0.2.",
    ),
    "a feature map": (
        alt_text.feature_map(np.array([[0, 200]]), np.array([[-800.0, 0.0, 800.0], [5.0, 6.0, 7.0]])),
        (
            "An image of 1 × 2 pixels from 0 to 200, and its map of 2 × 3: the response is strongest, "
            "800, in columns 1 and 3 from the left."
        ),
    ),
    "variants": (
        alt_text.variants(
            {"original": np.uint8([[0, 200]]), "flip": np.uint8([[200, 0]]), "turned": np.zeros((2, 1))}
        ),
        (
            "The original, 1 × 2 pixels, and 2 variants; mean difference of a pixel from it in grey "
            "levels: flip 200, turned of 2 × 1 pixels."
        ),
    ),
    "lengths": (
        alt_text.lengths([0.25, 0.75], (2.0, 8.0)),
        (
            "Shares of the reviews in 2 bins from 2 to 8 words: 25.0 %, 75.0 %; the highest bin is from 5"
            " to 8 words."
        ),
    ),
    "a curve": (
        alt_text.curve(np.array([-1.0, 0.5, 2.0]), np.array([-0.5, 0.25, -0.75])),
        "A curve through 3 points from x = -1 to 2; y is from -0.75 to 0.25 and crosses zero 2 times.",
    ),
    "generated points": (
        alt_text.points(np.array([[0.0, 1.0], [0.0, -3.0]])),
        "2 generated points, x from 0 to 0, y from -3 to 1, on average 2 from the sine.",
    ),
    "generated and real points": (
        alt_text.points(np.array([[0.0, 1.0]]), np.array([[0.0, 0.0]])),
        (
            "1 generated point, x from 0 to 0, y from 1 to 1, on average 1 from the sine; 1 real point, x"
            " from 0 to 0, y from 0 to 0, on average 0 from the sine."
        ),
    ),
    "a discriminator": (
        alt_text.probabilities([0, 50], np.array([0.4, 0.6]), np.array([0.7, 0.9]), np.array([0.1, 0.3])),
        (
            "The discriminator's mean output at 2 iterations from 0 to 50: over real and fake images "
            "together 0.5 on average, from 0.4 to 0.6; over real ones alone 0.8, over fake ones alone "
            "0.2."
        ),
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_words_tell_what_is_drawn(case):
    """Numbers are those of what is drawn, directions follow from them."""
    told, expected = TOLD[case]

    assert told == expected
