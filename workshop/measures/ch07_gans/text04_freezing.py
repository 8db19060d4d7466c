"""Text: Process 4, implementing the GAN (chapter 7, page 344).

The generator step has a label that makes its loss large, and a freeze that protects the discriminator.

The book compiles the discriminator, freezes it, and then trains both networks alternately. Keras 2 remembers
which weights were trainable when a model was compiled. Keras 3 checks this at the first training batch. So
the literal program is here as a demonstration, next to an order of calls that does the same on both.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Dict, List

import numpy as np

from workshop.chapters.ch07_gans.ex01_data_distribution import LOC
from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02_generator
from workshop.chapters.ch07_gans.ex03_discriminator import (
    exercise_7_03_discriminator,
    fake_inputs,
    real_samples,
)
from workshop.chapters.ch07_gans.ex04_gan import exercise_7_04_gan
from workshop.training.backend import keras, tf
from workshop.training.fitting import values_of
from workshop.training.initialisers import initial_weights
from workshop.training.versions import loss_named
from workshop.units import unit

PROBABILITY = 0.01  # the discriminator's output for an early fake sample in figure 7.11
BATCH = 128
LOSS, OPTIMIZER = "binary_crossentropy", "adam"
Moves = Dict[str, List[float]]


def generator_step_labels(batch: int) -> np.ndarray:
    """Return the labels of the fakes in the generator step, which are those of real samples; ones (batch, 1).

    Source: chapter 7, text on integrating all the building blocks.
    """
    return np.ones((batch, 1))


@dataclass(frozen=True)
class LargeLoss:
    """Loss by label, and the ratio of the loss with label 1 to that with label 0."""

    label_0: float
    label_1: float
    ratio: float


@dataclass(frozen=True)
class Losses:
    """Keras' loss of a fake sample by its label.

    `fig711_probability` : the label with the larger gradient of the loss at the discriminator's sum, the
    probability that this gradient, |p − label|, shows, and its ratio to the other label's.
    """

    fig711_probability: dict[str, float]
    large_loss: LargeLoss


@unit("ch07.text04", uses="tensorflow")
def losses(probability: float = PROBABILITY) -> Losses:
    """Compute a probability's loss with each label. Source: chapter 7, figure 7.11 and text before it."""
    given = np.array([[probability]])
    by_label = [float(np.asarray(loss_named(LOSS)(np.full((1, 1), label), given))[0]) for label in (0.0, 1.0)]
    sent = [_sent_back(probability, label) for label in (0.0, 1.0)]
    large = int(np.argmax(sent))
    return Losses(
        fig711_probability={
            "label": large,
            "probability": abs(large - sent[large]),
            "ratio": sent[large] / sent[1 - large],
        },
        large_loss=LargeLoss(*by_label, ratio=by_label[1] / by_label[0]),
    )


def _sent_back(probability: float, label: float) -> float:
    """Return the absolute gradient of Keras' loss at the sum of a sigmoid unit that gives a probability."""
    summed = tf.constant([[np.log(probability / (1 - probability))]], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(summed)
        loss = loss_named(LOSS)(tf.constant([[label]], tf.float64), tf.sigmoid(summed))
    return abs(float(np.asarray(tape.gradient(loss, summed))[0, 0]))


@dataclass(frozen=True)
class StepLabels:
    """Distinct labels of the generator step, and their shape.

    `loss_off` : difference of Keras' loss from the mean of −ln p, the loss of fakes labelled 1.
    """

    labels: list[float]
    shape: list[int]
    loss_off: float


@dataclass(frozen=True)
class Steps:
    """Changes of the weights in a step, the largest in each array, by step and network.

    `mended` : a step of the discriminator, unfrozen before, and a step of the generator with the
        discriminator frozen.
    `unfrozen` : a step of the combined model without the freeze.
    """

    gan_labels: StepLabels
    mended: dict[str, Moves]
    unfrozen: Moves


@unit("ch07.text04", uses="tensorflow")
def steps(seed: int, batch: int = BATCH) -> Steps:
    """Train discriminator (unfrozen before, frozen after) and combined model on a batch each.

    Source: chapter 7, text on the freeze and on the training process.
    """
    generator, discriminator, real, noise = _start(seed, batch)
    gan = exercise_7_04_gan(generator, discriminator)
    gan.compile(loss=LOSS, optimizer=OPTIMIZER)
    discriminator.trainable = True
    discriminator_step, _ = _step(discriminator, *real, generator, discriminator)
    discriminator.trainable = False
    given = np.asarray(discriminator(generator(noise)), dtype=np.float64)
    labels = generator_step_labels(batch)
    generator_step, loss = _step(gan, noise, labels, generator, discriminator)
    return Steps(
        gan_labels=StepLabels(
            labels=np.unique(labels).tolist(),
            shape=list(labels.shape),
            loss_off=float(abs(loss + np.log(given).mean())),
        ),
        mended={"discriminator_step": discriminator_step, "generator_step": generator_step},
        unfrozen=_unfrozen_step(seed, batch),
    )


def _unfrozen_step(seed: int, batch: int) -> Moves:
    generator, discriminator, _, noise = _start(seed, batch)
    gan = keras.models.Sequential([generator, discriminator])
    gan.compile(loss=LOSS, optimizer=OPTIMIZER)
    return _step(gan, noise, generator_step_labels(batch), generator, discriminator)[0]


@dataclass(frozen=True)
class Literal:
    """Changes of the weights under the book's own order of calls, and Keras' warnings.

    `literal` : by step and network, the largest change in each array. `literal_warnings` : Keras' messages.
    """

    literal: dict[str, Moves]
    literal_warnings: list[str]


@unit("ch07.text04", uses="tensorflow")
def literal_program(seed: int, batch: int = BATCH) -> Literal:
    """Compile the discriminator, freeze it in the combined model, and train both, as in the book's program.

    A demonstration: nothing else in this package trains this way. Source: chapter 7, exercises 7.04 and 7.05.
    """
    generator, discriminator, real, noise = _start(seed, batch)
    gan = exercise_7_04_gan(generator, discriminator)
    gan.compile(loss=LOSS, optimizer=OPTIMIZER)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        discriminator_step, _ = _step(discriminator, *real, generator, discriminator)
        generator_step, _ = _step(gan, noise, generator_step_labels(batch), generator, discriminator)
    return Literal(
        literal={"discriminator_step": discriminator_step, "generator_step": generator_step},
        literal_warnings=[str(one.message) for one in caught if issubclass(one.category, UserWarning)],
    )


def _start(seed: int, batch: int) -> tuple[Any, Any, tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Return fresh networks, the discriminator compiled, a labelled batch of real samples, and noise."""
    rng = np.random.default_rng(seed)
    generator, discriminator = exercise_7_02_generator(), exercise_7_03_discriminator()
    for model in (generator, discriminator):
        model.set_weights(initial_weights(model, rng))
    discriminator.compile(loss=LOSS, optimizer=OPTIMIZER)
    real = real_samples(float(rng.normal(*LOC)), batch)
    return generator, discriminator, real, fake_inputs(rng, batch)


def _step(
    model: Any, inputs: np.ndarray, labels: np.ndarray, generator: Any, discriminator: Any
) -> tuple[Moves, float]:
    """Train a model on a batch; return each weight array's change, by network, and the batch's loss."""
    networks = {"generator": generator, "discriminator": discriminator}
    before = {name: values_of(network.weights) for name, network in networks.items()}
    loss = model.train_on_batch(inputs, labels)
    moves = {
        name: [float(np.abs(b - a).max()) for a, b in zip(before[name], values_of(network.weights))]
        for name, network in networks.items()
    }
    return moves, float(loss)
