"""Exercise 7.04: Implementing the GAN (page 348).

A generator and a discriminator train against each other until generated points follow a sine curve.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras

from .ex02_generator import NOISE, exercise_7_02_generator
from .ex03_discriminator import exercise_7_03_discriminator, fake_inputs, real_samples


def exercise_7_04_gan(generator: Any, discriminator: Any) -> Any:
    """Return generator and discriminator as one Keras model that trains only the generator.

    The discriminator stays frozen. To train it with Keras, unfreeze it first.
    Source: chapter 7, exercise 7.04.
    """
    discriminator.trainable = False
    return keras.models.Sequential([keras.layers.InputLayer((NOISE,)), generator, discriminator])


def exercise_7_04_in_keras(
    seed: int, iterations: int = 20000, interval: int = 2000, batch: int = 128
) -> tuple[list[tuple[float, float]], np.ndarray]:
    """Train generator and discriminator against each other as the book does.

    In the book, the discriminator is frozen once, before the first iteration. Up to Keras 2.15,
    `train_on_batch` trains what was trainable when the model was compiled. Keras 3 asks at the first batch,
    and would never train the discriminator, so its flag is set before each update. The numbers that real
    points surround are drawn as in exercise 7.03.

    Returns
    -------
    Accuracy on real points and on fakes at each print; points of the trained generator, float32 (batch, 2).
    """
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)

    generator, discriminator = exercise_7_02_generator(), exercise_7_03_discriminator()
    discriminator.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])

    gan = exercise_7_04_gan(generator, discriminator)
    gan.compile(loss="binary_crossentropy", optimizer="adam")

    prints = []
    for iteration in range(iterations):
        real, ones = real_samples(rng.normal(3, 1), batch)
        fakes, zeros = generator.predict(fake_inputs(rng, batch), verbose=0), np.zeros((batch, 1))
        discriminator.trainable = True
        discriminator.train_on_batch(real, ones)
        discriminator.train_on_batch(fakes, zeros)
        discriminator.trainable = False
        gan.train_on_batch(fake_inputs(rng, batch), ones)
        if iteration % interval == 0:
            fakes = generator.predict(fake_inputs(rng, batch), verbose=0)
            _, of_real = discriminator.evaluate(real, ones, verbose=0)
            _, of_fakes = discriminator.evaluate(fakes, zeros, verbose=0)
            prints.append((of_real, of_fakes))
    return prints, generator.predict(fake_inputs(rng, batch), verbose=0)
