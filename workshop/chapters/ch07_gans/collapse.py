"""Mode collapse: a generator that repeats one image is detected by the number of kinds among its images."""

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
    """Results of the detector, a digit classifier that counts the kinds among generated images.

    `mode_collapse` : `distinct_digits` of the collapsed generator, and the digit of most of its images
    (`example`). `real_digits` : the same for as many real images. `images` : number of images of each.
    `test_accuracy` : that of the classifier.
    """

    mode_collapse: Dict[str, Any]


@unit("ch07.text08", uses=("tensorflow",))
def mode_collapse(mnist: Any, seed: int, images: int = 100) -> Collapse:
    """Classify the images of a collapsed generator, all the same five, and as many real images.

    The real images are drawn from the test images, which are new to the classifier. The five is the one of
    the training images that is most like their mean.

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
