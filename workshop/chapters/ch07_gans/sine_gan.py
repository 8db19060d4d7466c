"""Exercises 7.03 and 7.04: a discriminator of points on a sine, trained alone and against a generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np

from workshop.chapters.ch07_gans.networks import (
    SINE_NOISE,
    combined,
    sine_discriminator,
    sine_generator,
)
from workshop.chapters.ch07_gans.samples import fake_inputs
from workshop.chapters.ch07_gans.sine import LOC, from_curve, real_points
from workshop.training.adversarial import Draws, GanState, NetworkState, least_moves, train_adversarially
from workshop.training.fitting import predict
from workshop.training.initialisers import initial_weights
from workshop.training.optimizers import Adam
from workshop.training.summaries import layer_table, parameter_totals
from workshop.units import unit

MANY = 2000  # number of generated points whose distance to the curve is measured
NOISY_FROM = 4.0  # the book finds points with a first feature from here on noisier
RATES = (0.001, 0.001)  # Adam's learning rates of generator and discriminator


@dataclass(frozen=True)
class Built:
    """The networks as built, with their layers [type, output shape, parameters] and parameter totals.

    `disc_widths` : units of the discriminator's layers.
    """

    disc_summary: List[List[Any]]
    disc_params: Dict[str, int]
    disc_widths: List[int]
    gen_summary: List[List[Any]]
    gen_params: Dict[str, int]


@dataclass(frozen=True)
class BuiltAndCombined(Built):
    """The same, and one model of the generator followed by the frozen discriminator."""

    gan_summary: List[List[Any]]
    gan_params: Dict[str, int]


@dataclass(frozen=True)
class Log:
    """The discriminator's results at the iterations that print, each of shape (prints,).

    `real`, `fake` : accuracy on a batch of real points and on a batch of fakes. `real_probability`,
    `fake_probability` : their mean probability of being real.
    """

    iterations: np.ndarray
    real: np.ndarray
    fake: np.ndarray
    real_probability: np.ndarray
    fake_probability: np.ndarray


@dataclass(frozen=True)
class Ran:
    """Facts about a training, counted while it ran.

    `batch`, `noise`, `features` : rows of a batch, length of a noise vector, features of a point. `updates` :
    of generator and discriminator. `least_move` : the smallest change of a weight array of each, relative to
    its start, or absolute if it starts at zero. `generator_change` : largest change of a weight.
    """

    iterations: int
    batch: int
    noise: int
    features: int
    updates: Tuple[int, int]
    least_move: Tuple[float, float]
    generator_change: float


@dataclass(frozen=True)
class Discriminating:
    """Exercise 7.03.

    `off_whole` : largest distance of an accuracy times 128 from an integer. `start`, `end` : mean of both
    accuracies at the first and the last print. `least_step` : smallest change of the accuracy on fakes from
    one print to the next.
    """

    log: Log
    ran: Ran
    off_whole: float
    start: float
    end: float
    least_step: float


@dataclass(frozen=True)
class Points:
    """2,000 generated points (x, y).

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
    means: Tuple[float, float]
    spread: float


@dataclass(frozen=True)
class SineGan:
    """Exercise 7.04.

    `before` : points of the untrained generator. `at` : points at the iterations that print, under `p0`,
    `p2000`, …. `means` : over the prints after the first, of the accuracies and of the probability
    difference between real points and fakes (`apart`). `trend` : slope of the accuracies per print.
    `closer` : distance from the sine at the last print divided by that at the first. `largest_rise` : of the
    distance from one print to the next. `lowest` : of all coordinates at all prints. `scatter` : real points
    and fakes at the prints, as plotted, (prints, 2, 128, 2). `plot_files` : names of the book's saved plots.
    """

    log: Log
    ran: Ran
    before: Points
    at: Dict[str, Points]
    means: Dict[str, float]
    trend: Dict[str, float]
    closer: float
    largest_rise: float
    lowest: float
    scatter: np.ndarray
    plot_files: List[str]


@unit("ch07.ex03", uses=("tensorflow",))
def networks_of_7_03() -> Built:
    """Build both networks. Source: chapter 7, exercise 7.03."""
    return _built(sine_generator().model, sine_discriminator().model)


@unit("ch07.ex04", uses=("tensorflow",))
def networks_of_7_04() -> BuiltAndCombined:
    """Build both networks and the combined model. Source: chapter 7, exercise 7.04."""
    made, judge = sine_generator(), sine_discriminator()
    generator, discriminator = (n.builder(*n.arguments) for n in (made, judge))
    alone = _built(generator, discriminator)
    gan = combined(generator, discriminator)
    return BuiltAndCombined(**vars(alone), gan_summary=layer_table(gan), gan_params=parameter_totals(gan))


@unit("ch07.ex03", uses=("tensorflow",), first_steps=True)
def exercise_7_03(
    seed: int,
    iterations: int = 20000,
    interval: int = 4000,
    batch: int = 128,
    rates: Tuple[float, float] = RATES,
) -> Discriminating:
    """Train the discriminator alone. The generator keeps its drawn weights.

    Parameters
    ----------
    interval : iterations from one print to the next; the batches of the last update are evaluated.
    rates : Adam's learning rates of the generator, which is not trained, and of the discriminator.

    Source: chapter 7, exercise 7.03.
    """
    rows: List[List[float]] = []

    def look(number: int, now: GanState, draws: Draws) -> None:
        rows.append([number, *_judged(now, draws.real[-1], _points(now, draws.faked[-1]))])

    ran = _trained(seed, iterations, interval, batch, rates, look, generating=False)[1]
    log = _log(rows)
    both, counts = (log.real + log.fake) / 2, np.stack([log.real, log.fake]) * ran.batch
    return Discriminating(
        log=log,
        ran=ran,
        off_whole=float(np.abs(counts - np.round(counts)).max()),
        start=float(both[0]),
        end=float(both[-1]),
        least_step=float(np.diff(log.fake).min()),
    )


@unit("ch07.ex04", uses=("tensorflow",), first_steps=True)
def exercise_7_04(
    seed: int,
    iterations: int = 20000,
    interval: int = 2000,
    batch: int = 128,
    rates: Tuple[float, float] = RATES,
) -> SineGan:
    """Train generator and discriminator against each other.

    Parameters
    ----------
    interval : iterations from one print to the next; the real batch of the last update and new fakes are
        evaluated.
    rates : Adam's learning rates of generator and discriminator; 0 freezes one.

    Source: chapter 7, exercise 7.04.
    """
    rows: List[List[float]] = []
    at: Dict[str, Points] = {}
    scatter: List[np.ndarray] = []

    def look(number: int, now: GanState, draws: Draws) -> None:
        fakes = _points(now, fake_inputs(np.random.default_rng([seed, number, 1]), batch))
        rows.append([number, *_judged(now, draws.real[-1], fakes)])
        at[f"p{number}"] = _many(now, seed, number)
        scatter.append(np.stack([draws.real[-1], fakes]))

    before, ran = _trained(seed, iterations, interval, batch, rates, look, generating=True)
    log = _log(rows)
    away = [points.distance for points in at.values()]
    return SineGan(
        log=log,
        ran=ran,
        before=_many(before, seed, iterations),
        at=at,
        means=_means(log),
        trend={name: _slope(getattr(log, name)) for name in ("real", "fake")},
        closer=away[-1] / away[0],
        largest_rise=float(np.diff(away).max()),
        lowest=min(points.lowest for points in at.values()),
        scatter=np.stack(scatter),
        plot_files=["GAN_Training_Plot%03d.png" % number for number in log.iterations],
    )


def _built(generator: Any, discriminator: Any) -> Built:
    return Built(
        disc_summary=layer_table(discriminator),
        disc_params=parameter_totals(discriminator),
        disc_widths=[row[1][-1] for row in layer_table(discriminator)],
        gen_summary=layer_table(generator),
        gen_params=parameter_totals(generator),
    )


def described(points: np.ndarray) -> Points:
    """Describe where generated points (n, 2) are, with NaN for the mean distance of an empty side."""
    x, away = points[:, 0].astype(np.float64), from_curve(points)
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


def _trained(
    seed: int,
    iterations: int,
    interval: int,
    batch: int,
    rates: Tuple[float, float],
    look: Callable[[int, GanState, Draws], None],
    *,
    generating: bool,
) -> Tuple[GanState, Ran]:
    """Run all iterations, evaluate after multiples of `interval`; return the start and the run's facts."""
    generator, discriminator = sine_generator(), sine_discriminator()
    rng = np.random.default_rng(seed)
    before = now = GanState(
        NetworkState(initial_weights(generator.model, rng)),
        NetworkState(initial_weights(discriminator.model, rng)),
    )
    optimizers = Adam(rates[0]), Adam(rates[1])
    done = 0
    while done < iterations:
        # iterations that print are separate, so there are only two lengths, each compiled once
        count = 1 if done % interval == 0 else min(interval - done % interval, iterations - done)
        draws = draws_of(np.random.default_rng([seed, done]), count, batch, generating)
        now = train_adversarially(
            generator, discriminator, now, draws, optimizers=optimizers, joined=False, xla=True
        )
        if done % interval == 0:
            look(done, now, draws)
        done += count
    return before, _ran(before, now, draws)


def draws_of(rng: np.random.Generator, count: int, batch: int, generating: bool) -> Draws:
    """Return the inputs of the iterations: real points around one number each, and noise."""
    locs = rng.normal(*LOC, size=count)
    real = np.stack([real_points(loc, batch) for loc in locs]).astype(np.float32)
    shape = (count, batch, SINE_NOISE)
    feeds = [fake_inputs(rng, count * batch).reshape(shape) for _ in range(1 + generating)]
    return Draws(real, feeds[0], feeds[1] if generating else None)


def _points(gan: GanState, noise: np.ndarray) -> np.ndarray:
    return predict(sine_generator(), gan.generator.weights, noise)


def _many(gan: GanState, seed: int, number: int) -> Points:
    return described(_points(gan, fake_inputs(np.random.default_rng([seed, number, 2]), MANY)))


def _judged(gan: GanState, real: np.ndarray, fakes: np.ndarray) -> Tuple[float, float, float, float]:
    given = [predict(sine_discriminator(), gan.discriminator.weights, rows) for rows in (real, fakes)]
    return (
        float(np.mean(given[0] > 0.5)),
        float(np.mean(given[1] <= 0.5)),
        float(given[0].mean()),
        float(given[1].mean()),
    )


def _ran(before: GanState, after: GanState, draws: Draws) -> Ran:
    moves = zip(before.generator.weights, after.generator.weights)
    changes = [np.abs(end - start).max() for start, end in moves]
    return Ran(
        iterations=after.discriminator.updates // 2,  # on real points, and on fakes
        batch=int(draws.real.shape[1]),
        noise=int(draws.faked.shape[2]),
        features=int(draws.real.shape[2]),
        updates=(after.generator.updates, after.discriminator.updates),
        least_move=least_moves(before, after),
        generator_change=float(max(changes)),
    )


def _log(rows: Sequence[Sequence[float]]) -> Log:
    numbers, *means = np.array(rows).T
    return Log(numbers.astype(int), *means)


def _means(log: Log) -> Dict[str, float]:
    real, fake = float(log.real[1:].mean()), float(log.fake[1:].mean())
    apart = log.real_probability[1:].mean() - log.fake_probability[1:].mean()
    return {"real": real, "fake": fake, "both": (real + fake) / 2, "apart": float(apart)}


def _slope(values: np.ndarray) -> float:
    return float(np.polyfit(np.arange(len(values)), values, 1)[0])
