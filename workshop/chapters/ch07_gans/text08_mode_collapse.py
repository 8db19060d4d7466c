"""Text: Analysis of Sample Plots, and common problems with GANs (chapter 7, page 378).

A generator that repeats one image (mode collapse) is detected by the number of kinds among its images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List

import numpy as np

from workshop.chapters.ch07_gans._images import scaled
from workshop.chapters.ch07_gans._quality import judged, require_judgeable, train_judge
from workshop.units import unit

COLLAPSED_TO = 5


@dataclass(frozen=True)
class Kinds:
    """Results of the detector, a digit classifier that counts the kinds among generated images.

    `distinct_digits` : of the collapsed generator. `example` : the digit of most of its images.
    `real_digits` : number of kinds among as many real images. `images` : number of images of each.
    `test_accuracy` : that of the classifier. `judge_loss` : its loss of each epoch.
    """

    distinct_digits: int
    example: int
    real_digits: int
    images: List[int]
    test_accuracy: float
    judge_loss: List[float]


@unit("ch07.text08", value="mode_collapse", uses=("tensorflow",))
def mode_collapse(mnist: Any, seed: int, images: int = 100) -> Kinds:
    """Classify the images of a collapsed generator, fives only, and as many real images of all kinds.

    The real images are drawn from the test images, which are new to the classifier. The fives are those of
    the training images that are most like their mean.

    Parameters
    ----------
    mnist : x_train, x_test uint8 (n, 28, 28), y_train, y_test (n,).

    Source: chapter 7, text on common problems with GANs.
    """
    require_judgeable(mnist)
    judge = train_judge(mnist.x_train, mnist.y_train, seed, held=(mnist.x_test, mnist.y_test))
    fives = scaled(mnist.x_train[mnist.y_train == COLLAPSED_TO])
    alike = np.square(fives - fives.mean(axis=0)).sum(axis=(1, 2, 3)).argsort()
    drawn = np.random.default_rng(seed).choice(len(mnist.x_test), images, replace=False)
    collapsed = judged(judge, fives[alike[:images]])
    real = judged(judge, scaled(mnist.x_test[drawn]))
    return Kinds(
        distinct_digits=collapsed.classes,
        example=int(collapsed.counts.argmax()),
        real_digits=real.classes,
        images=[int(collapsed.counts.sum()), int(real.counts.sum())],
        test_accuracy=judge.test_accuracy,
        judge_loss=judge.loss.tolist(),
    )
