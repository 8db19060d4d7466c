"""Mode collapse: a generator of one image again and again, told from real images by the kinds found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict

import numpy as np

from workshop.chapters.ch07_gans.images import scaled
from workshop.chapters.ch07_gans.quality import judged, train_judge
from workshop.units import unit

COLLAPSED_TO = 5


@dataclass(frozen=True)
class Collapse:
    """What the detector reports: a judge of digits that counts the kinds among generated images.

    `mode_collapse` : `distinct_digits` of the collapsed generator, and the digit of most of its images
    (`example`); `real_digits`, of as many real images; `images` that each shows; the judge's `test_accuracy`.
    """

    mode_collapse: Dict[str, Any]


@unit("ch07.text08", uses=("tensorflow",))
def mode_collapse(mnist: Any, seed: int, images: int = 100) -> Collapse:
    """Show a judge of digits what a collapsed generator makes, a single five, and as many real images.

    The real ones are drawn from the test images, which the judge has not seen in training; the five is that
    of the training images that is most like their mean.

    Parameters
    ----------
    mnist : x_train uint8 (60000, 28, 28), y_train (60000,), x_test, y_test.

    Source: chapter 7, text on common problems with GANs.
    """
    judge = train_judge(mnist.x_train, mnist.y_train, seed, held=(mnist.x_test, mnist.y_test))
    fives = scaled(mnist.x_train[mnist.y_train == COLLAPSED_TO])
    five = fives[np.square(fives - fives.mean(axis=0)).sum(axis=(1, 2, 3)).argmin()]
    drawn = np.random.default_rng(seed).choice(len(mnist.x_test), images, replace=False)
    collapsed = judged(judge, np.repeat(five[np.newaxis], images, axis=0))
    real = judged(judge, scaled(mnist.x_test[drawn]))
    return Collapse(
        {
            "distinct_digits": collapsed.classes,
            "example": int(collapsed.counts.argmax()),
            "real_digits": real.classes,
            "images": [int(collapsed.counts.sum()), int(real.counts.sum())],
            "test_accuracy": judge.test_accuracy,
        }
    )
