"""Exercises 7.03 and 7.04: a discriminator of points on a sine, alone and against a generator that learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from workshop.chapters.ch07_gans.networks import (
    SINE_NOISE,
    combined,
    sine_discriminator,
    sine_generator,
)
from workshop.chapters.ch07_gans.sine import LOC, real_points
from workshop.training.adversarial import Draws, Match, Player, train_adversarially
from workshop.training.fitting import predict
from workshop.training.initialisers import initial_weights
from workshop.training.optimizers import Adam
from workshop.training.summaries import layer_table, parameter_totals
from workshop.units import unit

MANY = 2000  # generated points whose distance to the curve is measured
NOISY_FROM = 4.0  # first feature from which on the book finds the points noisier
Optimizers = Tuple[Adam, Adam]
ADAMS = (Adam(0.001), Adam(0.001))  # of generator and discriminator


@dataclass(frozen=True)
class Built:
    """The networks as built: their layers [type, output shape, parameters] and parameter totals."""

    disc_summary: List[List[Any]]
    disc_params: Dict[str, int]
    gen_summary: List[List[Any]]
    gen_params: Dict[str, int]


@dataclass(frozen=True)
class BuiltAndCombined(Built):
    """The same, and the generator behind it the frozen discriminator as one model."""

    gan_summary: List[List[Any]]
    gan_params: Dict[str, int]


@dataclass(frozen=True)
class Log:
    """The discriminator at the iterations that print; (prints,) each.

    `real`, `fake` : accuracy on a batch of real points and on one of fakes; `real_probability`,
    `fake_probability` : mean probability of being real that it gives to them.
    """

    iterations: np.ndarray
    real: np.ndarray
    fake: np.ndarray
    real_probability: np.ndarray
    fake_probability: np.ndarray


@dataclass(frozen=True)
class Ran:
    """What a training did, counted as it ran.

    `batch`, `noise`, `features` : rows of a batch, length of a noise vector, features of a point;
    `updates` : of generator and discriminator; `least_move` : of all weight arrays of each the smallest
    change, relative to its start or, from zero, absolute; `generator_change` : largest change of a weight.
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
    """Exercise 7.03: `start`, `end` : mean of both accuracies where it prints first and last."""

    log: Log
    ran: Ran
    counts: np.ndarray
    start: float
    end: float


@dataclass(frozen=True)
class Points:
    """2,000 generated points (x, y).

    `distance`, `median` : mean and median of |y − sin x|; `left`, `right` : its mean over x below 4, and
    from 4 on, of which there are `n_right`; `lowest` : of all coordinates; `highest` : of x;
    `within` : share of x in [−2, 4]; `means` : of x and of y; `spread` : standard deviation of x.
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

    `before` : points of the untrained generator; `at` : points at the iterations that print, under `p0`,
    `p2000`, …; `means` : over the prints after the first, of the accuracies and probabilities; `trend` :
    slope of the accuracies a print; `scatter` : real points and fakes where it prints, as plotted;
    `plot_files` : names under which the book saves the plots.
    """

    log: Log
    ran: Ran
    counts: np.ndarray
    before: Points
    at: Dict[str, Points]
    means: Dict[str, float]
    trend: Dict[str, float]
    scatter: np.ndarray
    plot_files: List[str]


@unit("ch07.ex03", uses=("tensorflow",))
def networks_of_7_03() -> Built:
    """Build both networks. Source: chapter 7, exercise 7.03."""
    generator, discriminator = sine_generator().model, sine_discriminator().model
    return Built(
        layer_table(discriminator),
        parameter_totals(discriminator),
        layer_table(generator),
        parameter_totals(generator),
    )


@unit("ch07.ex04", uses=("tensorflow",))
def networks_of_7_04() -> BuiltAndCombined:
    """Build both networks and the combined model. Source: chapter 7, exercise 7.04."""
    made, judge = sine_generator(), sine_discriminator()
    generator, discriminator = (n.builder(*n.arguments) for n in (made, judge))
    alone = Built(
        layer_table(discriminator),
        parameter_totals(discriminator),
        layer_table(generator),
        parameter_totals(generator),
    )
    gan = combined(generator, discriminator)
    return BuiltAndCombined(**vars(alone), gan_summary=layer_table(gan), gan_params=parameter_totals(gan))


@unit("ch07.ex03", uses=("tensorflow",))
def exercise_7_03(
    seed: int,
    iterations: int = 20000,
    interval: int = 4000,
    batch: int = 128,
    optimizers: Optimizers = ADAMS,
) -> Discriminating:
    """Train the discriminator alone; the generator stays as it was drawn.

    Parameters
    ----------
    interval : iterations from one print to the next; judged are the very batches just trained on.
    optimizers : of generator, which is not used, and discriminator.

    Source: chapter 7, exercise 7.03.
    """
    rows: List[List[float]] = []

    def look(number: int, now: Match, draws: Draws) -> None:
        rows.append([number, *_judged(now, draws.real[-1], _points(now, draws.faked[-1]))])

    before, after = _played(seed, iterations, interval, batch, optimizers, look, generating=False)
    log = Log(*np.array(rows).T)
    both = (log.real + log.fake) / 2
    return Discriminating(
        log=log,
        ran=_ran(before, after, iterations, batch),
        counts=np.stack([log.real, log.fake]) * batch,
        start=float(both[0]),
        end=float(both[-1]),
    )


@unit("ch07.ex04", uses=("tensorflow",))
def exercise_7_04(
    seed: int,
    iterations: int = 20000,
    interval: int = 2000,
    batch: int = 128,
    optimizers: Optimizers = ADAMS,
) -> SineGan:
    """Train generator and discriminator against each other.

    Parameters
    ----------
    interval : iterations from one print to the next; judged are the real batch just trained on, and fresh
        fakes.
    optimizers : of generator and discriminator.

    Source: chapter 7, exercise 7.04.
    """
    rows: List[List[float]] = []
    at: Dict[str, Points] = {}
    scatter: List[np.ndarray] = []

    def look(number: int, now: Match, draws: Draws) -> None:
        fakes = _points(now, _noise(np.random.default_rng([seed, number, 1]), batch))
        rows.append([number, *_judged(now, draws.real[-1], fakes)])
        at[f"p{number}"] = _many(now, seed, number)
        scatter.append(np.stack([draws.real[-1], fakes]))

    before, after = _played(seed, iterations, interval, batch, optimizers, look, generating=True)
    log = Log(*np.array(rows).T)
    return SineGan(
        log=log,
        ran=_ran(before, after, iterations, batch),
        counts=np.stack([log.real, log.fake]) * batch,
        before=_many(before, seed, iterations),
        at=at,
        means=_means(log),
        trend={
            "real": _slope(log.real),
            "real_later": _slope(log.real[1:]),
            "fake": _slope(log.fake),
            "last_fake": float(log.fake[-1]),
        },
        scatter=np.stack(scatter),
        plot_files=["GAN_Training_Plot%03d.png" % number for number in log.iterations],
    )


def distances(points: np.ndarray) -> np.ndarray:
    """Return |y − sin x| of points (n, 2); (n,)."""
    return np.abs(points[:, 1] - np.sin(points[:, 0]))


def described(points: np.ndarray) -> Points:
    """Return where generated points (n, 2) lie; NaN for the mean distance of a side without points."""
    x, away = points[:, 0].astype(np.float64), distances(points.astype(np.float64))
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


def _played(
    seed: int,
    iterations: int,
    interval: int,
    batch: int,
    optimizers: Optimizers,
    look: Callable[[int, Match, Draws], None],
    *,
    generating: bool,
) -> Tuple[Match, Match]:
    """Run all iterations, look after those that are multiples of `interval`; return start and end."""
    generator, discriminator = sine_generator(), sine_discriminator()
    rng = np.random.default_rng(seed)
    before = now = Match(
        Player(initial_weights(generator.model, rng)), Player(initial_weights(discriminator.model, rng))
    )
    done = 0
    while done < iterations:
        # those that print stand alone: so there are but two lengths, each compiled once
        count = 1 if done % interval == 0 else min(interval - done % interval, iterations - done)
        draws = _draws(np.random.default_rng([seed, done]), count, batch, generating)
        now = train_adversarially(
            generator, discriminator, now, draws, optimizers=optimizers, joined=False, xla=True
        )
        if done % interval == 0:
            look(done, now, draws)
        done += count
    return before, now


def _draws(rng: np.random.Generator, count: int, batch: int, generating: bool) -> Draws:
    locs = rng.normal(*LOC, size=count)
    real = np.stack([real_points(loc, batch) for loc in locs]).astype(np.float32)
    return Draws(real, _noise(rng, count, batch), _noise(rng, count, batch) if generating else None)


def _noise(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_normal((*shape, SINE_NOISE), dtype=np.float32)


def _points(match: Match, noise: np.ndarray) -> np.ndarray:
    return predict(sine_generator(), match.generator.weights, noise)


def _many(match: Match, seed: int, number: int) -> Points:
    return described(_points(match, _noise(np.random.default_rng([seed, number, 2]), MANY)))


def _judged(match: Match, real: np.ndarray, fakes: np.ndarray) -> Tuple[float, float, float, float]:
    given = [predict(sine_discriminator(), match.discriminator.weights, rows) for rows in (real, fakes)]
    return (
        float(np.mean(given[0] > 0.5)),
        float(np.mean(given[1] <= 0.5)),
        float(given[0].mean()),
        float(given[1].mean()),
    )


def _ran(before: Match, after: Match, iterations: int, batch: int) -> Ran:
    changes = [
        np.abs(b - a).max() for a, b in zip(before.generator.weights, after.generator.weights)
    ]  # fmt: skip
    first, last = after.generator.weights[0], after.generator.weights[-1]
    return Ran(
        iterations=iterations,
        batch=batch,
        noise=int(first.shape[0]),
        features=int(last.shape[0]),
        updates=(after.generator.updates, after.discriminator.updates),
        least_move=(
            least_move(before.generator.weights, after.generator.weights),
            least_move(before.discriminator.weights, after.discriminator.weights),
        ),
        generator_change=float(max(changes)),
    )


def least_move(before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> float:
    """Return of all weight arrays the smallest change, relative to its start or, from zero, absolute."""
    lengths = [float(np.linalg.norm(value)) or 1.0 for value in before]
    return min(float(np.linalg.norm(b - a)) / length for a, b, length in zip(before, after, lengths))


def _means(log: Log) -> Dict[str, float]:
    real, fake = float(log.real[1:].mean()), float(log.fake[1:].mean())
    apart = log.real_probability[1:].mean() - log.fake_probability[1:].mean()
    return {"real": real, "fake": fake, "both": (real + fake) / 2, "apart": float(apart)}


def _slope(values: np.ndarray) -> float:
    return float(np.polyfit(np.arange(len(values)), values, 1)[0])
