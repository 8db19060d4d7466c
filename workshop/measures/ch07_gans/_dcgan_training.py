"""The training of the DCGANs: real images against generated ones, evaluated and shown during the training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional, Sequence

import numpy as np

from workshop.chapters.ch07_gans.ex05_dcgan import NOISE
from workshop.training.adversarial import Draws, GanState, NetworkState, train_adversarially
from workshop.training.checkpoints import restore, save
from workshop.training.optimizers import Adam

from ._gan import Gan

ADAM = Adam(learning_rate=0.0002, beta_1=0.5)
JUDGED = 10  # numbers of real images and of fakes whose probabilities are printed
SHOWN = 500  # generated images; the book shows 25, but a classifier's results need more
_SAVED_EVERY = 250  # iterations


@dataclass(frozen=True)
class Log:
    """The discriminator's outputs at the iterations that print, each of shape (prints,).

    `together` : mean probability of being real over 10 real and 10 generated images, the printed number.
    `real`, `fake` : the separate means. `accuracy` : share of the 20 on the right side of one half.
    """

    iterations: np.ndarray
    together: np.ndarray
    real: np.ndarray
    fake: np.ndarray
    accuracy: np.ndarray


@dataclass(frozen=True)
class DcganTraining:
    """A complete training.

    `fed` : real images per iteration (`batch`), and length of a noise vector (`infeats`). `galleries` :
    images (500, 28, 28, 1) by iteration.
    """

    log: Log
    fed: dict[str, int]
    galleries: Mapping[int, np.ndarray]
    before: GanState
    after: GanState


def noise(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return noise for the generator of images, uniform on [−1, 1); float32 (*shape, 100)."""
    return (2 * rng.random((*shape, NOISE), dtype=np.float32) - 1).astype(np.float32)


def train_dcgan(
    gan: Gan,
    real: np.ndarray,
    seed: int,
    *,
    iterations: int,
    interval: int,
    batch: int,
    shown: Sequence[int] = (),
    optimizer: Adam = ADAM,
    checkpoint: Optional[Path] = None,
) -> DcganTraining:
    """Train a DCGAN, and evaluate and show it after every iteration that is a multiple of `interval`.

    An iteration's draws depend only on the seed and its number. So a shorter training is the beginning of a
    longer one, and a killed training continues from its checkpoint to the same end.

    Parameters
    ----------
    real : images in [−1, 1], float32 (n, 28, 28, 1).
    batch : numbers of real images and of fakes in an iteration's discriminator update; the generator update
        uses twice as many.
    shown : iterations, multiples of `interval`, after which images are generated; later ones are left out.
    optimizer : of both networks.

    Raises
    ------
    ValueError
        If the real images have another size than generated ones, or `shown` is between two prints.

    Source: chapter 7, exercise 7.05 and activity 7.01.
    """
    size = tuple(gan.generator.model.output_shape[1:])
    if real.shape[1:] != size:
        raise ValueError(f"images of shape {real.shape[1:]}: the generator makes {size}")
    between = [number for number in shown if number % interval]
    if between:
        raise ValueError(f"images of iteration {between[0]}: show multiples of the interval, {interval}")
    before = now = gan.start(seed)
    done = 0
    rows: list[list[float]] = []
    galleries: dict[int, np.ndarray] = {}
    saved = None if checkpoint is None else restore(checkpoint)
    if saved is not None:
        now, done, rows, galleries = _thawed(saved)
    while done < iterations:
        # the first iteration is separate, because it prints
        count = 1 if done == 0 else min(interval, iterations - done)
        now = train_adversarially(
            gan.generator,
            gan.discriminator,
            now,
            draws_of(real, np.random.default_rng([seed, done]), count, batch),
            optimizers=(optimizer, optimizer),
            joined=True,
        )
        done += count
        number = done - 1
        if number % interval == 0:
            rows.append([number, *_judged(gan, now, real, np.random.default_rng([seed, number, 1]))])
        if number in shown:
            galleries[number] = generated(gan, now, np.random.default_rng([seed, number, 2]), SHOWN)
        if checkpoint is not None and (number % _SAVED_EVERY == 0 or done == iterations):
            save(checkpoint, _frozen(now, done, rows, galleries))
    numbers, *means = np.array(rows, dtype=np.float64).T
    one = draws_of(real, np.random.default_rng(seed), 1, batch)
    fed = {"batch": int(one.real.shape[1]), "infeats": int(one.faked.shape[2])}
    return DcganTraining(Log(numbers.astype(int), *means), fed, galleries, before, now)


def generated(gan: Gan, state: GanState, rng: np.random.Generator, count: int) -> np.ndarray:
    """Return images of the generator in inference mode; float32 (count, 28, 28, 1)."""
    return gan.fakes(state, noise(rng, count))


def draws_of(real: np.ndarray, rng: np.random.Generator, count: int, batch: int) -> Draws:
    """Return the inputs of the iterations: random images and noise."""
    rows = rng.integers(len(real), size=(count, batch))
    return Draws(real[rows], noise(rng, count, batch), noise(rng, count, 2 * batch))


def _judged(
    gan: Gan, state: GanState, real: np.ndarray, rng: np.random.Generator
) -> tuple[float, float, float, float]:
    """Return the discriminator's mean probability for both, for real images, for fakes, and its accuracy."""
    chosen = real[rng.integers(len(real), size=JUDGED)]
    given = gan.probabilities(state, np.concatenate([chosen, generated(gan, state, rng, JUDGED)]))
    right = (given > 0.5) == (np.arange(2 * JUDGED) < JUDGED)
    return (
        float(given.mean()),
        float(given[:JUDGED].mean()),
        float(given[JUDGED:].mean()),
        float(right.mean()),
    )


def _frozen(
    gan: GanState, done: int, rows: Sequence[Sequence[float]], galleries: Mapping[int, np.ndarray]
) -> dict[str, np.ndarray]:
    state = {"done": np.array(done), "rows": np.array(rows)}
    state.update({f"gallery {number}": images for number, images in galleries.items()})
    for name in ("generator", "discriminator"):
        player = getattr(gan, name)
        state[f"{name} updates"] = np.array(player.updates)
        state.update({f"{name} weight {i}": value for i, value in enumerate(player.weights)})
        state.update({f"{name} moment {i}": value for i, value in enumerate(player.moments)})
    return state


def _thawed(
    state: Mapping[str, np.ndarray],
) -> tuple[GanState, int, list[list[float]], dict[int, np.ndarray]]:
    def arrays(name: str) -> tuple[np.ndarray, ...]:
        count = sum(key.startswith(f"{name} ") for key in state)
        return tuple(state[f"{name} {i}"] for i in range(count))

    players = [
        NetworkState(arrays(f"{name} weight"), arrays(f"{name} moment"), int(state[f"{name} updates"]))
        for name in ("generator", "discriminator")
    ]
    galleries = {int(key.split()[1]): images for key, images in state.items() if key.startswith("gallery ")}
    return GanState(*players), int(state["done"]), [list(row) for row in state["rows"]], galleries
