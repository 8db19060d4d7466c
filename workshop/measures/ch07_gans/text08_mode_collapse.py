"""Text: Analysis of Sample Plots, and common problems with GANs (chapter 7, page 378).

White patches in the first sample plot are compared with those before the training. A generator that repeats
one image (mode collapse) is detected by the number of kinds among its images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.units import unit

from ._dcgan_training import SHOWN, generated, train_dcgan
from ._images import require, scaled
from ._quality import NEAR_WHITE, judged, require_judgeable, train_judge
from .ex05_dcgan import NETWORKS

COLLAPSED_TO = 5


@unit("ch07.text08", value="white_patches", uses="tensorflow")
def white_patches(mnist: Any, seed: int, iteration: int = 10, batch: int = 128) -> dict[str, float]:
    """Train the DCGAN of exercise 7.05 until its first sample plot.

    Returns the share of white patches, see `patches`, in images of the same noise before the training
    (`untrained`) and after it.

    Parameters
    ----------
    mnist : x_train uint8 (n, 28, 28).

    Source: chapter 7, text on the sample plots.
    """
    require(mnist, "x_train")
    done = train_dcgan(
        NETWORKS,
        scaled(mnist.x_train),
        seed,
        iterations=iteration + 1,
        interval=iteration,
        batch=batch,
        shown=(iteration,),
    )
    untrained = generated(NETWORKS, done.before, np.random.default_rng([seed, iteration, 2]), SHOWN)
    return {"untrained": patches(untrained), f"at_{iteration}": patches(done.galleries[iteration])}


def patches(images: np.ndarray) -> float:
    """Return the share of pixels that are nearly white, as some pixel beside, above or below them is.

    Each image (height, width, 1) is drawn as Matplotlib draws it: its least value is white, its greatest
    black.
    """
    values = images[..., 0].astype(np.float64)
    low, high = (of(axis=(1, 2), keepdims=True) for of in (values.min, values.max))
    white = 2 * (values - low) / (high - low) - 1 < NEAR_WHITE
    framed = np.pad(white, ((0, 0), (1, 1), (1, 1)))
    near = framed[:, :-2, 1:-1] | framed[:, 2:, 1:-1] | framed[:, 1:-1, :-2] | framed[:, 1:-1, 2:]
    return float(np.mean(white & near))


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
    images: list[int]
    test_accuracy: float
    judge_loss: list[float]


@unit("ch07.text08", value="mode_collapse", uses="tensorflow")
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
