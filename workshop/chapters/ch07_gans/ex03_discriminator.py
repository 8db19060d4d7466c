"""Exercise 7.03: Implementing the Discriminator Network (page 338).

A discriminator learns to tell points on a sine curve from those of an untrained generator.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras

from .ex01_data_distribution import SPACING
from .ex02_generator import NOISE, exercise_7_02_generator


def exercise_7_03_discriminator() -> Any:
    """Return the discriminator: points (rows, 2) → probability of being real.

    Source: chapter 7, exercise 7.03.
    """
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((2,)),
            layers.Dense(16, activation="relu", kernel_initializer="he_uniform"),
            layers.Dense(16, activation="relu", kernel_initializer="he_uniform"),
            layers.Dense(16, activation="relu", kernel_initializer="he_uniform"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def real_points(loc: float, batch: int) -> np.ndarray:
    """Return real points (x, sin x), half below `loc` and half from it on; float64 (batch, 2).

    The grid is built from whole steps, because float ranges with this spacing are one too long for some
    `loc`.
    Source: chapter 7, exercise 7.01.
    """
    x = loc + SPACING * (np.arange(batch) - batch // 2)
    return np.column_stack([x, np.sin(x)])


def real_samples(loc: float, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Return real points around `loc`, float64 (batch, 2), and their labels, ones (batch, 1).

    Source: chapter 7, exercise 7.03.
    """
    return real_points(loc, batch), np.ones((batch, 1))


def fake_inputs(rng: np.random.Generator, batch: int, features: int = NOISE) -> np.ndarray:
    """Return noise for the generator, standard normal; float32 (batch, features).

    Source: chapter 7, exercise 7.03.
    """
    return rng.standard_normal((batch, features), dtype=np.float32)


def exercise_7_03_in_keras(
    seed: int, iterations: int = 20000, interval: int = 4000, batch: int = 128
) -> list[tuple[float, float]]:
    """Train the discriminator alone as the book does.

    In the book, the number that real points surround is an array of one number, which NumPy 2.4 refuses as a
    bound of a range, and NumPy's global generator draws it. Here it is a float of a generator with a seed.

    Returns
    -------
    Accuracy on real points and on fakes at each print.
    """
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)

    generator, discriminator = exercise_7_02_generator(), exercise_7_03_discriminator()
    discriminator.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])

    prints = []
    for iteration in range(iterations):
        real, ones = real_samples(rng.normal(3, 1), batch)
        fakes, zeros = generator.predict(fake_inputs(rng, batch), verbose=0), np.zeros((batch, 1))
        discriminator.train_on_batch(real, ones)
        discriminator.train_on_batch(fakes, zeros)
        if iteration % interval == 0:
            _, of_real = discriminator.evaluate(real, ones, verbose=0)
            _, of_fakes = discriminator.evaluate(fakes, zeros, verbose=0)
            prints.append((of_real, of_fakes))
    return prints
