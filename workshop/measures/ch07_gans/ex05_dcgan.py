"""What is measured of exercise 7.05.

A generator and a discriminator of handwritten digits: the images, the networks, and their training. The book
prints the training's first iterations in the text on the training process (unit ch07.text07).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Sequence

import numpy as np

from workshop.chapters.ch07_gans.ex05_dcgan import (
    exercise_7_05_discriminator,
    exercise_7_05_gan,
    exercise_7_05_generator,
)
from workshop.training.adversarial import least_moves
from workshop.training.backend import keras
from workshop.training.fitting import Network
from workshop.training.optimizers import Adam
from workshop.units import unit

from ._dcgan_results import Dcgan, Model, Untrained, model_of, trained, untrained
from ._dcgan_training import ADAM, Log, train_dcgan
from ._gan import Gan
from ._images import Normalisation, normalisation_of, off_centre, require, scaled


@dataclass(frozen=True)
class Images:
    """The digits as inputs of the discriminator.

    `sample_grid` : share of white pixels, −1, in the outer rings, and offset of the ink from the centre, see
    `off_centre`.
    """

    normalisation: Normalisation
    sample_grid: dict[str, Any]


@unit("ch07.ex05")
def exercise_7_05_images(mnist: Any, rings: int = 2) -> Images:
    """Scale the training images, and examine their border and centre.

    Parameters
    ----------
    mnist : x_train uint8 (n, height, width).
    rings : number of outer rings of pixels to examine.

    Source: chapter 7, exercise 7.05.
    """
    require(mnist, "x_train")
    images = scaled(mnist.x_train)
    outer = np.ones(images.shape[1:], bool)
    outer[rings:-rings, rings:-rings] = False
    return Images(
        normalisation=normalisation_of(images),
        sample_grid={"white": float(np.mean(images[:, outer] == -1)), "off_centre": off_centre(images)},
    )


NETWORKS = Gan(Network(exercise_7_05_generator), Network(exercise_7_05_discriminator))


@unit("ch07.ex05", uses="tensorflow")
def exercise_7_05_summary() -> Model:
    """Build generator, discriminator and the combined model. Source: chapter 7, exercise 7.05."""
    return model_of(exercise_7_05_generator(), exercise_7_05_discriminator(), exercise_7_05_gan)


@dataclass(frozen=True)
class LiteralRate:
    """Result of `Adam(lr=…)`.

    `lr_error` : name of the error, or "none". `lr_rate` : the optimizer's rate, None without an optimizer.
    `lr_heeded` : whether this is the requested rate.
    """

    lr_error: str
    lr_rate: Optional[float]
    lr_heeded: bool


@unit("ch07.ex05", uses="tensorflow")
def exercise_7_05_literal_rate(rate: float = ADAM.learning_rate, beta_1: float = ADAM.beta_1) -> LiteralRate:
    """Set a learning rate by its old name, as the notebook does. Source: chapter 7, exercise 7.05.

    This is a demonstration. The optimizers of this package use the name that all versions know.
    """
    found, error = None, "none"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            optimizer = keras.optimizers.Adam(lr=rate, beta_1=beta_1)
        except (TypeError, ValueError) as raised:
            error = type(raised).__name__
        else:
            found = float(optimizer.get_config()["learning_rate"])
    heeded = found is not None and abs(found - rate) < 1e-6 * rate
    return LiteralRate(lr_error=error, lr_rate=found, lr_heeded=heeded)


@unit("ch07.ex05", uses="tensorflow")
def exercise_7_05_untrained(seed: int, batch: int = 128) -> Untrained:
    """Generate images before the generator is trained. Source: chapter 7, exercise 7.05."""
    return untrained(NETWORKS, seed, batch)


@dataclass(frozen=True)
class FirstPrints:
    """The first 14 printed probabilities (`printed`), and what they show.

    `first` : largest deviation of the first three from one half. `apart` : smallest difference of the means
    of real images and fakes from iteration 50 to 130. `moved` : smallest change of the discriminator's
    weights.
    """

    printed: np.ndarray
    first: float
    apart: float
    moved: float


@dataclass(frozen=True)
class FirstIterations:
    """The first iterations of the training.

    `fed` : real images per iteration (`batch`), and length of a noise vector (`infeats`). `confident` :
    smallest mean of real images and largest of fakes from iteration 40 on.
    """

    early_log: Log
    fed: dict[str, int]
    early: FirstPrints
    confident: dict[str, float]


@unit("ch07.text07", uses="tensorflow", first_steps=True)
def exercise_7_05_first_iterations(
    mnist: Any, seed: int, iterations: int = 151, batch: int = 128
) -> FirstIterations:
    """Train for the iterations whose probabilities the book prints and some more.

    Parameters
    ----------
    mnist : x_train uint8 (n, 28, 28).

    Raises
    ------
    ValueError
        If the images don't fit the networks, or there are no iterations after the 50th.

    Source: chapter 7, text on the training process; exercise 7.05.
    """
    require(mnist, "x_train")
    if iterations <= 50:
        raise ValueError(f"{iterations} iterations: give more than 50, the later ones are examined")
    done = train_dcgan(NETWORKS, scaled(mnist.x_train), seed, iterations=iterations, interval=10, batch=batch)
    log = done.log
    return FirstIterations(
        early_log=log,
        fed=done.fed,
        early=FirstPrints(
            printed=log.together[:14],
            first=float(np.abs(log.together[:3] - 0.5).max()),
            apart=float((log.real - log.fake)[5:14].min()),
            moved=least_moves(done.before, done.after)[1],
        ),
        confident={"real": float(log.real[4:].min()), "fake": float(log.fake[4:].max())},
    )


@dataclass(frozen=True)
class PrintsAtDefaultRate:
    """The printed probabilities, and the means of real images and of fakes at the last print."""

    printed: np.ndarray
    real: float
    fake: float


@unit("ch07.text07", value="at_default_rate", uses="tensorflow", first_steps=True)
def exercise_7_05_at_default_rate(
    mnist: Any, seed: int, iterations: int = 31, batch: int = 128, rate: float = 0.001
) -> PrintsAtDefaultRate:
    """Train from the same start and draws at Adam's default rate, which Keras 2.11 to 2.15 silently use.

    Parameters
    ----------
    mnist : x_train uint8 (n, 28, 28).

    Source: chapter 7, exercise 7.05; the comparison is ours.
    """
    require(mnist, "x_train")
    adam = Adam(learning_rate=rate, beta_1=ADAM.beta_1)
    log = train_dcgan(
        NETWORKS, scaled(mnist.x_train), seed, iterations=iterations, interval=10, batch=batch, optimizer=adam
    ).log
    return PrintsAtDefaultRate(log.together, float(log.real[-1]), float(log.fake[-1]))


@unit("ch07.ex05", uses="tensorflow", first_steps=True)
def exercise_7_05(
    mnist: Any,
    seed: int,
    checkpoint: Optional[Path],
    iterations: int = 5000,
    interval: int = 10,
    batch: int = 128,
    shown: Sequence[int] = (10, 500, 2000, 4990),
    judging: bool = True,
) -> Dcgan:
    """Train the DCGAN of digits.

    Parameters
    ----------
    mnist : x_train, x_test uint8 (n, 28, 28), y_train, y_test (n,); x_train alone without `judging`.
    checkpoint : folder for the state, from which a killed run continues, or None.
    interval : iterations from one print to the next.
    shown : iterations after which images are generated.
    judging : whether a classifier of the real images evaluates them.

    Raises
    ------
    ValueError
        If the data don't fit the networks or can't train the classifier, or there are fewer than two prints.

    Source: chapter 7, exercise 7.05; text on the sample plots.
    """
    return trained(NETWORKS, mnist, seed, checkpoint, iterations, interval, batch, shown, judging)
