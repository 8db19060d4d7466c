"""What is measured of exercise 7.04.

The generator of exercise 7.02 and the discriminator of exercise 7.03 are trained against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np

from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02_generator
from workshop.chapters.ch07_gans.ex03_discriminator import exercise_7_03_discriminator, fake_inputs
from workshop.chapters.ch07_gans.ex04_gan import exercise_7_04_gan
from workshop.training.adversarial import GanState
from workshop.training.fitting import Network
from workshop.units import unit

from ._gan import Gan, GanSummary, gan_summary
from ._sine import from_real
from ._sine_training import RATES, Log, Ran, evaluated, train

MANY = 2000  # number of generated points whose distance to the curve is measured
NOISY_FROM = 4.0  # the book finds points with a first feature from here on noisier
NETWORKS = Gan(Network(exercise_7_02_generator), Network(exercise_7_03_discriminator))


@unit("ch07.ex04", uses="tensorflow")
def exercise_7_04_summary() -> GanSummary:
    """Build both networks and the combined model. Source: chapter 7, exercise 7.04."""
    return gan_summary(exercise_7_02_generator(), exercise_7_03_discriminator(), exercise_7_04_gan)


@dataclass(frozen=True)
class Points:
    """Generated points (x, y), 2,000 of them.

    `distance`, `median` : mean and median of |y − sin x|. `left`, `right` : its mean for x below 4 and from 4
    on (`n_right` points). `lowest` : of all coordinates. `highest` : of x. `within` : share of x in [−2, 4].
    `means` : of x and of y. `spread` : standard deviation of x.
    """

    distance: float
    median: float
    left: float
    right: float
    n_right: int
    lowest: float
    highest: float
    within: float
    means: tuple[float, float]
    spread: float


@dataclass(frozen=True)
class Means:
    """Means over the prints after the first.

    `real`, `fake`, `both` : of the accuracies. `apart` : of the probability difference between real points
    and fakes.
    """

    real: float
    fake: float
    both: float
    apart: float


@dataclass(frozen=True)
class Training:
    """The training of generator and discriminator.

    `before` : points of the untrained generator. `at` : points at the iterations that print, under `p0`,
    `p2000`, …. `trend` : slope of the accuracies per print. `closer` : distance from the sine at the last
    print divided by that at the first. `largest_rise` : of the distance from one print to the next.
    `lowest` : of all coordinates at all prints. `scatter` : real points and fakes at the prints, as plotted,
    (prints, 2, batch, 2). `inside` : at each print, share of the plotted fakes between the least and the
    greatest x of the plotted real points.
    """

    log: Log
    ran: Ran
    before: Points
    at: dict[str, Points]
    means: Means
    trend: dict[str, float]
    closer: float
    largest_rise: float
    lowest: float
    scatter: np.ndarray
    inside: list[float]


@unit("ch07.ex04", uses="tensorflow", first_steps=True)
def exercise_7_04(
    seed: int,
    iterations: int = 20000,
    interval: int = 2000,
    batch: int = 128,
    rates: tuple[float, float] = RATES,
    real: Optional[np.ndarray] = None,
) -> Training:
    """Train generator and discriminator against each other.

    Parameters
    ----------
    interval : iterations from one print to the next; the real batch of the last update and new fakes are
        evaluated.
    rates : Adam's learning rates of generator and discriminator; 0 freezes one.
    real : your own points (n, 2) in place of those of the sine; distances are then from the nearest of them.

    Raises
    ------
    ValueError
        If there are fewer than two prints.

    Source: chapter 7, exercise 7.04.
    """
    before, prints, ran = train(
        NETWORKS, seed, iterations=iterations, interval=interval, batch=batch, rates=rates,
        generating=True, real=real,
    )  # fmt: skip
    log, scatter = evaluated(
        NETWORKS, prints, lambda one: fake_inputs(np.random.default_rng([seed, one.number, 1]), batch)
    )

    def points(state: GanState, number: int) -> Points:
        noise = fake_inputs(np.random.default_rng([seed, number, 2]), MANY)
        return described(NETWORKS.fakes(state, noise), real)

    at = {f"p{one.number}": points(one.state, one.number) for one in prints}
    away = [each.distance for each in at.values()]
    return Training(
        log=log,
        ran=ran,
        before=points(before, iterations),
        at=at,
        means=_means(log),
        trend={"real": _slope(log.real), "fake": _slope(log.fake)},
        closer=away[-1] / away[0],
        largest_rise=float(np.diff(away).max()),
        lowest=min(each.lowest for each in at.values()),
        scatter=scatter,
        inside=[_inside(*plotted[..., 0]) for plotted in scatter],
    )


def described(points: np.ndarray, real: Optional[np.ndarray] = None) -> Points:
    """Describe where generated points (n, 2) are, with NaN for the mean distance of an empty side.

    `real` : own points, from the nearest of which distances are taken.
    """
    x, away = points[:, 0].astype(np.float64), from_real(points, real)
    right = x >= NOISY_FROM
    return Points(
        distance=float(away.mean()),
        median=float(np.median(away)),
        left=float(away[~right].mean()) if not right.all() else float("nan"),
        right=float(away[right].mean()) if right.any() else float("nan"),
        n_right=int(right.sum()),
        lowest=float(points.min()),
        highest=float(x.max()),
        within=float(np.mean((x >= -2) & (x <= 4))),
        means=(float(x.mean()), float(points[:, 1].mean(dtype=np.float64))),
        spread=float(x.std()),
    )


def _inside(real: np.ndarray, fakes: np.ndarray) -> float:
    return float(np.mean((fakes >= real.min()) & (fakes <= real.max())))


def _means(log: Log) -> Means:
    real, fake = float(log.real[1:].mean()), float(log.fake[1:].mean())
    apart = log.real_probability[1:].mean() - log.fake_probability[1:].mean()
    return Means(real, fake, both=(real + fake) / 2, apart=float(apart))


def _slope(values: np.ndarray) -> float:
    return float(np.polyfit(np.arange(len(values)), values, 1)[0])
