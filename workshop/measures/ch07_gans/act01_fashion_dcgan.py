"""What is measured of activity 7.01.

Networks and training are those of exercise 7.05, as in the book. The images are articles of fashion.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Optional, Sequence

import numpy as np

from workshop.chapters.ch07_gans.ex05_dcgan import (
    exercise_7_05_discriminator,
    exercise_7_05_gan,
    exercise_7_05_generator,
)
from workshop.training.first_steps import first_steps
from workshop.units import unit

from ._dcgan_results import Dcgan, Model, Ran, Untrained, model_of, trained, untrained
from ._images import Normalisation, normalisation_of, off_centre, require, scaled
from .ex05_dcgan import NETWORKS


@dataclass(frozen=True)
class Images:
    """The articles as loaded, and as inputs of the discriminator.

    `classes` : number of kinds of articles, and numbers per pixel. `sample_grid` : for each corner the share
    of images in which it is white, −1, and offset of the ink from the centre, see `off_centre`.
    """

    train_size: int
    classes: dict[str, int]
    normalisation: Normalisation
    sample_grid: dict[str, Any]


@unit("ch07.act01")
def activity_7_01_images(fashion_mnist: Any) -> Images:
    """Scale the training images, and examine their corners and centre.

    Parameters
    ----------
    fashion_mnist : x_train uint8 (n, height, width), y_train (n,).

    Source: chapter 7, activity 7.01.
    """
    require(fashion_mnist, "x_train", "y_train")
    images = scaled(fashion_mnist.x_train)
    corners = images[:, [0, 0, -1, -1], [0, -1, 0, -1], 0]
    return Images(
        train_size=len(fashion_mnist.x_train),
        classes={
            "kinds": len(np.unique(fashion_mnist.y_train)),
            "channels": int(np.prod(fashion_mnist.x_train.shape[3:])),
        },
        normalisation=normalisation_of(images),
        sample_grid={"white": (corners == -1).mean(axis=0).tolist(), "off_centre": off_centre(images)},
    )


@unit("ch07.act01", uses="tensorflow")
def activity_7_01_summary() -> Model:
    """Build generator, discriminator and the combined model. Source: chapter 7, activity 7.01."""
    return model_of(exercise_7_05_generator(), exercise_7_05_discriminator(), exercise_7_05_gan)


@unit("ch07.act01", uses="tensorflow")
def activity_7_01_untrained(seed: int, batch: int = 128) -> Untrained:
    """Generate images before the generator is trained. Source: chapter 7, activity 7.01."""
    return untrained(NETWORKS, seed, batch)


@unit("ch07.act01", uses="tensorflow", first_steps=True)
def activity_7_01(
    fashion_mnist: Any,
    seed: int,
    checkpoint: Optional[Path],
    iterations: int = 5000,
    interval: int = 50,
    batch: int = 128,
    shown: Sequence[int] = (100, 600, 1000, 1500, 4950),
    judging: bool = True,
) -> Dcgan:
    """Train the DCGAN of articles of fashion; the parameters are those of exercise 7.05.

    Raises ValueError where exercise 7.05 does. Source: chapter 7, activity 7.01.
    """
    return trained(NETWORKS, fashion_mnist, seed, checkpoint, iterations, interval, batch, shown, judging)


@unit("ch07.act01", value="settings", uses="tensorflow")
def activity_7_01_settings(images: int = 256) -> Ran:
    """Make the first updates of the activity's training on made-up images, to read what it was about to do.

    Source: chapter 7, activity 7.01.
    """
    pixels = np.random.default_rng(7).integers(0, 256, (images, 28, 28), dtype=np.uint8)
    with first_steps():
        return activity_7_01(SimpleNamespace(x_train=pixels), 7, None, shown=(), judging=False).ran
