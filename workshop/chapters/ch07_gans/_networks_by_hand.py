"""The chapter's networks against the same layers by hand in NumPy.

A summary shows sizes only. Here each network runs with drawn weights. Its outputs must be those of the layers
that the book describes, every activation must matter, and every weight must have an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02_generator
from workshop.chapters.ch07_gans.ex03_discriminator import exercise_7_03_discriminator
from workshop.chapters.ch07_gans.ex04_gan import exercise_7_04_gan
from workshop.chapters.ch07_gans.ex05_dcgan import (
    exercise_7_05_discriminator,
    exercise_7_05_gan,
    exercise_7_05_generator,
)
from workshop.chapters.ch07_gans.text05_layers import example, transposed_model
from workshop.numerics.convolution2d import convolve2d
from workshop.numerics.dense import dense, sigmoid
from workshop.numerics.upsampling import transpose_convolve2d
from workshop.training.backend import tf
from workshop.training.initialisers import glorot_uniform
from workshop.training.summaries import built_layers
from workshop.training.versions import role_of
from workshop.units import unit

SELU = (1.0507009873554805, 1.6732632423543772)  # scale and alpha
DRAWS = 8  # of the weights of the networks of points
FEW = 2  # rows that are computed by hand, too
EPSILON = 0.001  # Keras' own, which batch normalisation adds to a variance

Layers = Tuple[Tuple[str, str], ...]  # rows of operation and activation
Moments = Tuple[np.ndarray, np.ndarray]

# the layers as the book has them: exercises 7.02, 7.03 and 7.05
POINTS = (
    *(("dense", "linear"), ("dense", "relu"), ("dense", "elu")),
    *(("dense", "elu"), ("dense", "selu"), ("dense", "selu")),
)
POINTS_JUDGED = (("dense", "relu"), ("dense", "relu"), ("dense", "relu"), ("dense", "sigmoid"))
DIGITS = (
    *(("dense", "relu"), ("norm", "linear"), ("dense", "relu"), ("norm", "linear"), ("maps", "linear")),
    *(("transposed", "relu"), ("norm", "linear"), ("transposed", "tanh")),
)
DIGITS_JUDGED = (
    *(("convolution", "leaky"), ("convolution", "leaky"), ("flat", "linear")),
    *(("dense", "leaky"), ("dense", "sigmoid")),
)

ACTIVATIONS: Dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "leaky": lambda z: np.where(z > 0, z, 0.2 * z),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "selu": lambda z: SELU[0] * np.where(z > 0, z, SELU[1] * np.expm1(np.minimum(z, 0))),
    "tanh": np.tanh,
    "sigmoid": sigmoid,
}


def by_hand(
    layers: Layers,
    weights: Sequence[np.ndarray],
    x: np.ndarray,
    *,
    without: Optional[int] = None,
    training: bool = False,
) -> Tuple[np.ndarray, List[Moments]]:
    """Return a network's outputs in NumPy, and mean and variance of what enters each normalisation.

    Parameters
    ----------
    layers : rows of operation and activation.
    weights : in the order of the layers.
    x : inputs (rows, …).
    without : place of a layer whose activation is left out, or None.
    training : whether the normalisations use the batch's own moments, as in training.
    """
    given: Iterator[np.ndarray] = iter(weights)
    moments: List[Moments] = []
    for place, (operation, activation) in enumerate(layers):
        if operation == "dense":
            x = dense(x, next(given), next(given))
        elif operation == "convolution":
            x = convolve2d(x, next(given), next(given), strides=2, padding="same")
        elif operation == "transposed":
            x = transpose_convolve2d(x, next(given), next(given), strides=2, padding="same")
        elif operation == "norm":
            scale, shift, mean, variance = (next(given) for _ in range(4))
            axes = tuple(range(x.ndim - 1))
            moments.append((x.mean(axis=axes), x.var(axis=axes)))
            mean, variance = moments[-1] if training else (mean, variance)
            x = scale * (x - mean) / np.sqrt(variance + EPSILON) + shift
        else:
            x = x.reshape((len(x), -1) if operation == "flat" else (len(x), 7, 7, 64))
        x = ACTIVATIONS["linear" if place == without else activation](x)
    return x, moments


@dataclass(frozen=True)
class ByHand:
    """A network with drawn weights, compared with its layers by hand.

    `distance` : largest difference of the outputs. `effective` : numbers of weights that change the outputs
    in training, by array, without frozen ones; `learning` is their sum, `widths` are those of the biases.
    `inputs` : number of numbers of an input that change the outputs.
    """

    distance: float
    effective: List[int]
    learning: int
    widths: List[int]
    inputs: int


@dataclass(frozen=True)
class Activated(ByHand):
    """The same, and how far the outputs are off without an activation, for the one that matters least."""

    least_activation: float


@dataclass(frozen=True)
class Normalised(Activated):
    """The same of a network with batch normalisations.

    `momentum` : of each one's moving means, computed from a training pass. `averaged` : number of moving
    means and variances that this pass changes.
    """

    momentum: List[float]
    averaged: int


def compared(model: Any, layers: Layers, x: np.ndarray, rng: np.random.Generator, draws: int = 1) -> ByHand:
    """Draw a network's weights, run it on inputs (rows, …), and compare it with its layers by hand.

    A weight counts as effective if it is so for one of several draws, because units of a ReLU may be silent.
    """
    weights = _flat(draw_weights(model, rng))
    outputs, _ = by_hand(layers, weights, x[:FEW])
    distance = float(np.abs(outputs - np.asarray(model(x[:FEW], training=False))).max())
    found = [effects(model, x)]
    for _ in range(draws - 1):
        draw_weights(model, rng)
        found.append(effects(model, x))
    *by_weight, by_input = (np.any(one, axis=0) for one in zip(*found))
    counts = [int(np.count_nonzero(has_one)) for has_one in by_weight]
    roles = [role_of(array) for array in model.trainable_variables]
    return ByHand(
        distance=distance,
        effective=counts,
        learning=sum(counts),
        widths=[count for role, count in zip(roles, counts) if role == "bias"],
        inputs=int(np.count_nonzero(by_input)),
    )


def activated(
    model: Any, layers: Layers, x: np.ndarray, rng: np.random.Generator, draws: int = 1
) -> Activated:
    """Compare as `compared`, and leave out one activation after the other."""
    same = compared(model, layers, x, rng, draws)
    weights, few = _flat(draw_weights(model, rng)), x[:FEW]
    outputs, _ = by_hand(layers, weights, few)
    places = [place for place, (_, activation) in enumerate(layers) if activation != "linear"]
    others = [by_hand(layers, weights, few, without=place)[0] for place in places]
    return Activated(**vars(same), least_activation=min(float(np.abs(o - outputs).max()) for o in others))


def normalised(model: Any, layers: Layers, x: np.ndarray, rng: np.random.Generator) -> Normalised:
    """Compare as `compared`, and find the momenta of the batch normalisations by a training pass."""
    same = activated(model, layers, x, rng)
    before = draw_weights(model, rng)
    _, moments = by_hand(layers, _flat(before), x[:FEW], training=True)
    model(x[:FEW], training=True)
    after = [layer.get_weights() for layer in _plain_layers(model)]
    norms = [pair for pair in zip(before, after) if len(pair[0]) == 4]  # scale, shift, mean and variance
    return Normalised(
        **vars(same),
        momentum=[
            float(np.median((new[2] - mean) / (old[2] - mean)))
            for (old, new), (mean, _) in zip(norms, moments)
        ],
        averaged=sum(
            int(np.count_nonzero(new[i] != old[i].astype(np.float32))) for old, new in norms for i in (2, 3)
        ),
    )


def draw_weights(model: Any, rng: np.random.Generator) -> List[List[np.ndarray]]:
    """Draw a network's weights so that all show: Glorot's kernels, small biases and moving variances.

    Returns the arrays of each layer.
    """
    ranges = {"gamma": (0.5, 1.5), "moving_variance": (0.01, 0.1)}
    drawn: List[List[np.ndarray]] = []
    for layer in _plain_layers(model):
        own = [
            glorot_uniform(rng, weight.shape)
            if role_of(weight) == "kernel"
            else rng.uniform(*ranges.get(role_of(weight), (-0.1, 0.1)), size=tuple(weight.shape))
            for weight in layer.weights
        ]
        layer.set_weights(own)
        drawn.append(own)
    return drawn


def effects(model: Any, x: np.ndarray) -> List[np.ndarray]:
    """Return for each trainable array where it has an effect, and last the same for the numbers of an input.

    A number has an effect if a random sum of the outputs has a gradient at it, in training.
    """
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = model(inputs, training=True)
        mixed = np.random.default_rng(7).normal(size=tuple(outputs.shape)).astype(np.float32)
        total = tf.reduce_sum(outputs * mixed)
    *by_weight, by_input = tape.gradient(total, [*model.trainable_variables, inputs])
    return [*(np.asarray(gradient) != 0 for gradient in by_weight), (np.asarray(by_input) != 0).any(axis=0)]


def _flat(by_layer: Sequence[Sequence[np.ndarray]]) -> List[np.ndarray]:
    return [array for arrays in by_layer for array in arrays]


def _plain_layers(model: Any) -> Iterator[Any]:
    for layer in built_layers(model):
        if hasattr(layer, "layers"):
            yield from _plain_layers(layer)
        else:
            yield layer


def _noise(rng: np.random.Generator, rows: int) -> np.ndarray:
    return rng.uniform(-1, 1, (rows, 100)).astype(np.float32)


@dataclass(frozen=True)
class Generator:
    """The generator of points."""

    generator_by_hand: Activated


@unit("ch07.ex02", uses=("tensorflow",))
def points_generator(rows: int = 64) -> Generator:
    """Run exercise 7.02's generator on noise."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal((rows, 10)).astype(np.float32)
    return Generator(activated(exercise_7_02_generator(), POINTS, x, rng, DRAWS))


@dataclass(frozen=True)
class Discriminator:
    """The discriminator of points."""

    discriminator_by_hand: Activated


@unit("ch07.ex03", uses=("tensorflow",))
def points_discriminator(rows: int = 64) -> Discriminator:
    """Run exercise 7.03's discriminator on points."""
    rng = np.random.default_rng(7)
    x = rng.normal(0, 3, (rows, 2)).astype(np.float32)
    return Discriminator(activated(exercise_7_03_discriminator(), POINTS_JUDGED, x, rng, DRAWS))


@dataclass(frozen=True)
class Combined:
    """Generator and frozen discriminator of points in one model."""

    gan_by_hand: ByHand


@unit("ch07.ex04", uses=("tensorflow",))
def points_gan(rows: int = 64) -> Combined:
    """Run exercise 7.04's combined model on noise."""
    rng = np.random.default_rng(7)
    gan = exercise_7_04_gan(exercise_7_02_generator(), exercise_7_03_discriminator())
    x = rng.standard_normal((rows, 10)).astype(np.float32)
    return Combined(compared(gan, (*POINTS, *POINTS_JUDGED), x, rng, DRAWS))


@dataclass(frozen=True)
class Images:
    """The networks of exercise 7.05, alone and combined with the discriminator frozen."""

    generator_by_hand: Normalised
    discriminator_by_hand: Activated
    gan_by_hand: ByHand


@unit("ch07.ex05", uses=("tensorflow",))
def image_networks(rows: int = 32) -> Images:
    """Run exercise 7.05's networks on noise and on random images."""
    rng = np.random.default_rng(7)
    generator, discriminator = exercise_7_05_generator(), exercise_7_05_discriminator()
    pixels = rng.uniform(-1, 1, (rows, 28, 28, 1)).astype(np.float32)
    return Images(
        generator_by_hand=normalised(generator, DIGITS, _noise(rng, rows), rng),
        discriminator_by_hand=activated(discriminator, DIGITS_JUDGED, pixels, rng),
        gan_by_hand=compared(
            exercise_7_05_gan(generator, discriminator), (*DIGITS, *DIGITS_JUDGED), _noise(rng, rows), rng
        ),
    )


@dataclass(frozen=True)
class Transposed:
    """The text's transposed convolution."""

    layer_by_hand: ByHand


@unit("ch07.text06", uses=("tensorflow",))
def transposed_layer() -> Transposed:
    """Run the text's transposed convolution on its numbers."""
    x = example()[1].astype(np.float32)
    return Transposed(compared(transposed_model(), (("transposed", "linear"),), x, np.random.default_rng(7)))
