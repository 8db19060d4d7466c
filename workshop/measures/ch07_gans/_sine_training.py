"""What exercises 7.03 and 7.04 share: iterations on points of a sine, and the prints during them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional, Sequence

import numpy as np

from workshop.chapters.ch07_gans.ex01_data_distribution import LOC
from workshop.chapters.ch07_gans.ex02_generator import NOISE
from workshop.chapters.ch07_gans.ex03_discriminator import fake_inputs, real_points
from workshop.training.adversarial import Draws, GanState, least_moves, train_adversarially
from workshop.training.optimizers import Adam

from ._gan import Gan
from ._sine import own_points

RATES = (0.001, 0.001)  # Adam's learning rates of generator and discriminator


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
    updates: tuple[int, int]
    least_move: tuple[float, float]
    generator_change: float


@dataclass(frozen=True)
class Print:
    """An iteration that prints: its number, both networks after it, and its real points and noise."""

    number: int
    state: GanState
    real: np.ndarray
    noise: np.ndarray


def train(
    gan: Gan,
    seed: int,
    *,
    iterations: int,
    interval: int,
    batch: int,
    rates: tuple[float, float],
    generating: bool,
    real: Optional[np.ndarray] = None,
) -> tuple[GanState, list[Print], Ran]:
    """Run all iterations; return the start, the prints after multiples of `interval`, and the run's facts.

    Raises
    ------
    ValueError
        If only one iteration prints, because the prints are compared.
    """
    if iterations <= interval:
        raise ValueError(f"{iterations} iterations print once: give more, or an interval below {interval}")
    before = now = gan.start(seed)
    optimizers = Adam(rates[0]), Adam(rates[1])
    prints: list[Print] = []
    done = 0
    while done < iterations:
        # iterations that print are separate, so there are only two lengths, each compiled once
        count = 1 if done % interval == 0 else min(interval - done % interval, iterations - done)
        draws = draws_of(np.random.default_rng([seed, done]), count, batch, generating, real)
        now = train_adversarially(
            gan.generator, gan.discriminator, now, draws, optimizers=optimizers, joined=False, xla=True
        )
        if done % interval == 0:
            prints.append(Print(done, now, draws.real[-1], draws.faked[-1]))
        done += count
    return before, prints, _ran(before, now, draws)


def draws_of(
    rng: np.random.Generator, count: int, batch: int, generating: bool, real: Optional[np.ndarray] = None
) -> Draws:
    """Return the inputs of the iterations: points of a sine around one number each or of own, and noise."""
    if real is None:
        locs = rng.normal(*LOC, size=count)
        drawn = np.stack([real_points(loc, batch) for loc in locs])
    else:
        drawn = own_points(real)[rng.integers(len(real), size=(count, batch))]
    shape = (count, batch, NOISE)
    feeds = [fake_inputs(rng, count * batch).reshape(shape) for _ in range(1 + generating)]
    return Draws(drawn.astype(np.float32), feeds[0], feeds[1] if generating else None)


def evaluated(
    gan: Gan, prints: Sequence[Print], noise: Callable[[Print], np.ndarray]
) -> tuple[Log, np.ndarray]:
    """Evaluate the discriminator at each print, on its real points and on fakes from noise.

    Returns
    -------
    the log, and the real points and the fakes of every print, (prints, 2, batch, 2).
    """
    points = [np.stack([one.real, gan.fakes(one.state, noise(one))]) for one in prints]
    rows = [_judged(gan, one.state, *pair) for one, pair in zip(prints, points)]
    return Log(np.array([one.number for one in prints]), *np.array(rows).T), np.stack(points)


def _judged(
    gan: Gan, state: GanState, real: np.ndarray, fakes: np.ndarray
) -> tuple[float, float, float, float]:
    of_real, of_fakes = (gan.probabilities(state, points) for points in (real, fakes))
    return (
        float(np.mean(of_real > 0.5)),
        float(np.mean(of_fakes <= 0.5)),
        float(of_real.mean()),
        float(of_fakes.mean()),
    )


def _ran(before: GanState, after: GanState, draws: Draws) -> Ran:
    moves = zip(before.generator.weights, after.generator.weights)
    return Ran(
        iterations=after.discriminator.updates // 2,  # on real points, and on fakes
        batch=int(draws.real.shape[1]),
        noise=int(draws.faked.shape[2]),
        features=int(draws.real.shape[2]),
        updates=(after.generator.updates, after.discriminator.updates),
        least_move=least_moves(before, after),
        generator_change=float(max(np.abs(end - start).max() for start, end in moves)),
    )
