"""The chapter's networks against the same layers by hand in NumPy.

A summary shows sizes only. Here each network runs with drawn weights. Its outputs must be those of the layers
that the book describes, every activation must matter, and every weight must have an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02_generator
from workshop.chapters.ch07_gans.ex03_discriminator import exercise_7_03_discriminator
from workshop.chapters.ch07_gans.ex04_gan import exercise_7_04_gan
from workshop.chapters.ch07_gans.ex05_dcgan import (
    exercise_7_05_discriminator,
    exercise_7_05_gan,
    exercise_7_05_generator,
)
from workshop.numerics.reference_network import (
    Layer,
    batch_norm,
    by_layer,
    conv2d,
    conv2d_transpose,
    dense,
    is_norm,
    moments,
    reshape,
    signals,
)
from workshop.training.initialisers import glorot_uniform
from workshop.training.network_checks import Draw, NetworkCheck, check_network, drawn
from workshop.training.versions import role_of
from workshop.units import unit

from . import act01_fashion_dcgan as activity
from .text05_layers import example, transposed_model

DRAWS = 8  # of the weights of the networks of points
FEW = 2  # rows that are computed by hand, too


def halved(activation: str) -> Layer:
    """Return the row of a convolution that halves height and width."""
    return conv2d(activation, strides=2, padding="same")


def doubled(activation: str = "linear") -> Layer:
    """Return the row of a transposed convolution that doubles height and width."""
    return conv2d_transpose(activation, strides=2, padding="same")


# the layers as the book has them: exercises 7.02, 7.03 and 7.05
POINTS = [dense(), dense("relu"), dense("elu"), dense("elu"), dense("selu"), dense("selu")]
POINTS_JUDGED = [dense("relu"), dense("relu"), dense("relu"), dense("sigmoid")]
DIGITS = [
    *(dense("relu"), batch_norm(), dense("relu"), batch_norm(), reshape(7, 7, 64)),
    *(doubled("relu"), batch_norm(), doubled("tanh")),
]
DIGITS_JUDGED = [
    *(halved("leaky_relu"), halved("leaky_relu"), reshape(-1), dense("leaky_relu"), dense("sigmoid")),
]


def checked(
    model: Any, layers: Sequence[Layer], x: np.ndarray, rng: np.random.Generator, draws: int = 1
) -> NetworkCheck:
    """Check a network, its effects in training."""
    return check_network(model, layers, x, drawing(rng), draws=draws, rows=FEW, training=True)


def drawing(rng: np.random.Generator) -> Draw:
    """Return how weights are drawn so that all show: Glorot's kernels, small biases and moving variances."""
    ranges = {"gamma": (0.5, 1.5), "moving_variance": (0.01, 0.1)}

    def draw(model: Any) -> list[np.ndarray]:
        return [
            glorot_uniform(rng, weight.shape)
            if role_of(weight) == "kernel"
            else rng.uniform(*ranges.get(role_of(weight), (-0.1, 0.1)), size=tuple(weight.shape))
            for weight in model.weights
        ]

    return draw


def normalisations(
    model: Any, layers: Sequence[Layer], x: np.ndarray, rng: np.random.Generator
) -> dict[str, Any]:
    """Find the momenta of a network's batch normalisations by a training pass over inputs (rows, …)."""
    before = drawn(model, drawing(rng))
    model(x, training=True)
    entering = signals(layers, before, x, training=True)
    pairs = zip(by_layer(layers, before), by_layer(layers, model.get_weights()))
    norms = [(*pair, moments(z)[0]) for layer, pair, z in zip(layers, pairs, entering) if is_norm(layer)]
    moved = [new[i] != old[i].astype(np.float32) for old, new, _ in norms for i in (2, 3)]
    return {
        "momentum": [float(np.median((new[2] - mean) / (old[2] - mean))) for old, new, mean in norms],
        "averaged": sum(int(np.count_nonzero(each)) for each in moved),
    }


def _noise(rng: np.random.Generator, rows: int) -> np.ndarray:
    return rng.uniform(-1, 1, (rows, 100)).astype(np.float32)


@unit("ch07.ex02", value="generator_by_hand", uses="tensorflow")
def points_generator(rows: int = 64) -> NetworkCheck:
    """Run exercise 7.02's generator on noise."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal((rows, 10)).astype(np.float32)
    return checked(exercise_7_02_generator(), POINTS, x, rng, DRAWS)


@unit("ch07.ex03", value="discriminator_by_hand", uses="tensorflow")
def points_discriminator(rows: int = 64) -> NetworkCheck:
    """Run exercise 7.03's discriminator on points."""
    rng = np.random.default_rng(7)
    x = rng.normal(0, 3, (rows, 2)).astype(np.float32)
    return checked(exercise_7_03_discriminator(), POINTS_JUDGED, x, rng, DRAWS)


@unit("ch07.ex04", value="gan_by_hand", uses="tensorflow")
def points_gan(rows: int = 64) -> NetworkCheck:
    """Run exercise 7.04's combined model on noise."""
    rng = np.random.default_rng(7)
    gan = exercise_7_04_gan(exercise_7_02_generator(), exercise_7_03_discriminator())
    x = rng.standard_normal((rows, 10)).astype(np.float32)
    return checked(gan, [*POINTS, *POINTS_JUDGED], x, rng, DRAWS)


@dataclass(frozen=True)
class Images:
    """The networks of exercise 7.05, alone and combined with the discriminator frozen.

    `normalisations` : what a training pass makes of moving means and variances, the `momentum` of each
    normalisation's means, and the number of means and variances that change (`averaged`).
    """

    generator_by_hand: NetworkCheck
    normalisations: dict[str, Any]
    discriminator_by_hand: NetworkCheck
    gan_by_hand: NetworkCheck


@unit("ch07.ex05", uses="tensorflow")
def image_networks(rows: int = 32) -> Images:
    """Run exercise 7.05's networks on noise and on random images."""
    rng = np.random.default_rng(7)
    generator, discriminator = exercise_7_05_generator(), exercise_7_05_discriminator()
    pixels = rng.uniform(-1, 1, (rows, 28, 28, 1)).astype(np.float32)
    noise = _noise(rng, rows)
    return Images(
        generator_by_hand=checked(generator, DIGITS, noise, rng),
        normalisations=normalisations(generator, DIGITS, noise[:FEW], rng),
        discriminator_by_hand=checked(discriminator, DIGITS_JUDGED, pixels, rng),
        gan_by_hand=checked(
            exercise_7_05_gan(generator, discriminator), [*DIGITS, *DIGITS_JUDGED], _noise(rng, rows), rng
        ),
    )


@unit("ch07.act01", value="generator_by_hand", uses="tensorflow")
def article_generator(rows: int = 32) -> NetworkCheck:
    """Run activity 7.01's generator on noise."""
    rng = np.random.default_rng(7)
    return checked(activity.NETWORKS.generator.model, DIGITS, _noise(rng, rows), rng)


@unit("ch07.text06", value="layer_by_hand", uses="tensorflow")
def transposed_layer() -> NetworkCheck:
    """Run the text's transposed convolution on its numbers."""
    x = example()[1].astype(np.float32)
    return checked(transposed_model(), [doubled()], x, np.random.default_rng(7))
