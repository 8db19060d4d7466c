"""Text: the helpers of the discriminator, real and fake samples with their labels (chapter 7, page 333).

Exercises 7.03 and 7.04 use them. Here they make batches of every size, many times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Sequence, Tuple

import numpy as np

from workshop.chapters.ch07_gans.ex01_data_distribution import LOC, SPACING
from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02_generator
from workshop.chapters.ch07_gans.ex03_discriminator import fake_inputs, real_samples
from workshop.training.fitting import Network, predict
from workshop.training.initialisers import initial_weights
from workshop.units import unit

# a float range with this spacing is one too long left of the first four, and right of the others
ODD_LOCS = (-3.2, -2.7, -2.2, -1.8, 1.8, 2.2, 3.2, 5.7)
BATCHES = (128, 10)
Labelled = Tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class RealSamples:
    """Batches around numbers of the chapter's distribution, and around numbers for which a float range fails.

    `real_label` : distinct labels, and shapes of the arrays of labels by batch size.
    `real_shape` : shapes of the points by batch size, and lengths of the longest float ranges left and right
        of the same numbers.
    """

    real_label: dict[str, list[Any]]
    real_shape: dict[str, list[Any]]


@unit("ch07.text03")
def real(
    seed: int, draws: int = 1000, odd: Sequence[float] = ODD_LOCS, batches: Sequence[int] = BATCHES
) -> RealSamples:
    """Make real samples of every size around many numbers. Source: chapter 7, text and exercise 7.03."""
    locs = [*np.random.default_rng(seed).normal(*LOC, size=draws).tolist(), *odd]
    made = [[real_samples(loc, batch) for loc in locs] for batch in batches]
    half = SPACING * batches[0] / 2
    return RealSamples(
        real_label=_labels(made),
        real_shape={
            "shapes": [_distinct(x_and_y.shape for x_and_y, _ in group) for group in made],
            "longest": [
                max(len(np.arange(loc - half, loc, SPACING)) for loc in locs),
                max(len(np.arange(loc, loc + half, SPACING)) for loc in locs),
            ],
        },
    )


def fake_samples(
    rng: np.random.Generator, generator: Network, weights: Sequence[np.ndarray], batch: int
) -> Labelled:
    """Return a generator's points from noise, float32 (batch, 2), and their labels, zeros (batch, 1).

    Source: chapter 7, exercise 7.03.
    """
    noise = fake_inputs(rng, batch, int(np.shape(weights[0])[0]))
    return predict(generator, weights, noise), np.zeros((batch, 1))


@dataclass(frozen=True)
class FakeSamples:
    """Batches of noise, and of an untrained generator's points from them.

    `fake_label` : distinct labels, and shapes of the arrays of labels by batch size. `fake_input_shape` :
    numbers of different rows and columns of the noise. `fake_inputs` : its mean, standard deviation and
    excess kurtosis. `fake_shape` : shapes of the points, by batch size.
    """

    fake_label: dict[str, list[Any]]
    fake_input_shape: list[Any]
    fake_inputs: dict[str, float]
    fake_shape: list[Any]


@unit("ch07.text03", uses="tensorflow")
def fake(seed: int, draws: int = 100, batches: Sequence[int] = BATCHES) -> FakeSamples:
    """Make noise and fake samples of every size, many times. Source: chapter 7, text and exercise 7.03."""
    rng = np.random.default_rng(seed)
    generator = Network(exercise_7_02_generator)
    weights = initial_weights(generator.model, rng)
    noise = [[fake_inputs(rng, batch) for _ in range(draws)] for batch in batches]
    made = [[fake_samples(rng, generator, weights, batch) for _ in range(draws)] for batch in batches]
    values = np.concatenate([one.ravel() for group in noise for one in group]).astype(np.float64)
    standard = (values - values.mean()) / values.std()
    return FakeSamples(
        fake_label=_labels(made),
        fake_input_shape=[_distinct(_different(one) for one in group) for group in noise],
        fake_inputs={
            "mean": float(values.mean()),
            "sd": float(values.std()),
            "kurtosis": float((standard**4).mean() - 3),
        },
        fake_shape=[_distinct(x_and_y.shape for x_and_y, _ in group) for group in made],
    )


def _labels(made: Sequence[Sequence[Labelled]]) -> dict[str, list[Any]]:
    """Return the distinct labels of all batches, and the shapes of their arrays by batch size."""
    return {
        "labels": _distinct(
            label for group in made for _, labels in group for label in labels.ravel().tolist()
        ),
        "shapes": [_distinct(labels.shape for _, labels in group) for group in made],
    }


def _different(noise: np.ndarray) -> tuple[int, int]:
    """Return how many different rows and columns a batch of noise has."""
    return len(np.unique(noise, axis=0)), np.unique(noise, axis=1).shape[1]


def _distinct(values: Iterable[Any]) -> list[Any]:
    """Return the different values in ascending order, with shapes as lists."""
    return [list(value) if isinstance(value, tuple) else value for value in sorted(set(values))]
