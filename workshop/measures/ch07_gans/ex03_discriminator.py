"""What is measured of exercise 7.03.

The discriminator learns to distinguish points on a sine from those of the untrained generator of exercise
7.02.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np

from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02_generator
from workshop.chapters.ch07_gans.ex03_discriminator import exercise_7_03_discriminator
from workshop.training.fitting import Network
from workshop.training.summaries import network_summary
from workshop.units import unit

from ._gan import Gan, Summary
from ._sine_training import RATES, Log, Ran, evaluated, train

NETWORKS = Gan(Network(exercise_7_02_generator), Network(exercise_7_03_discriminator))


@unit("ch07.ex03", uses="tensorflow")
def exercise_7_03_summary() -> Summary:
    """Build both networks. Source: chapter 7, exercise 7.03."""
    return Summary(network_summary(NETWORKS.generator.model), network_summary(NETWORKS.discriminator.model))


@dataclass(frozen=True)
class Training:
    """The training of the discriminator.

    `off_whole` : largest distance of an accuracy times the batch from an integer. `start`, `end` : mean of
    both accuracies at the first and the last print. `least_step` : smallest change of the accuracy on fakes
    from one print to the next.
    """

    log: Log
    ran: Ran
    off_whole: float
    start: float
    end: float
    least_step: float


@unit("ch07.ex03", uses="tensorflow", first_steps=True)
def exercise_7_03(
    seed: int,
    iterations: int = 20000,
    interval: int = 4000,
    batch: int = 128,
    rates: tuple[float, float] = RATES,
    real: Optional[np.ndarray] = None,
) -> Training:
    """Train the discriminator alone. The generator keeps its drawn weights.

    Parameters
    ----------
    interval : iterations from one print to the next; the batches of the last update are evaluated.
    rates : Adam's learning rates of the generator, which is not trained, and of the discriminator.
    real : your own points (n, 2) in place of those of the sine.

    Raises
    ------
    ValueError
        If there are fewer than two prints.

    Source: chapter 7, exercise 7.03.
    """
    _, prints, ran = train(
        NETWORKS, seed, iterations=iterations, interval=interval, batch=batch, rates=rates,
        generating=False, real=real,
    )  # fmt: skip
    log, _ = evaluated(NETWORKS, prints, lambda one: one.noise)
    both, counts = (log.real + log.fake) / 2, np.stack([log.real, log.fake]) * ran.batch
    return Training(
        log=log,
        ran=ran,
        off_whole=float(np.abs(counts - np.round(counts)).max()),
        start=float(both[0]),
        end=float(both[-1]),
        least_step=float(np.diff(log.fake).min()),
    )
