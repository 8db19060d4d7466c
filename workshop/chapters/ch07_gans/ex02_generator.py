"""Exercise 7.02: Building a Generative Network (page 328).

A generator is built that turns random numbers into points, and it is not trained yet.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training.backend import keras

NOISE = 10  # length of a noise vector


def exercise_7_02_generator() -> Any:
    """Return the generator: noise (rows, 10) → points (rows, 2). Source: chapter 7, exercise 7.02."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((NOISE,)),
            layers.Dense(32, activation="linear", kernel_initializer="he_uniform"),
            layers.Dense(32, activation="relu", kernel_initializer="he_uniform"),
            layers.Dense(64, activation="elu", kernel_initializer="he_uniform"),
            layers.Dense(32, activation="elu", kernel_initializer="he_uniform"),
            layers.Dense(32, activation="selu", kernel_initializer="he_uniform"),
            layers.Dense(2, activation="selu"),
        ]
    )


def exercise_7_02_in_keras(seed: int, batch: int = 128) -> tuple[np.ndarray, np.ndarray]:
    """Let the untrained generator make points of noise; return both.

    The book gives `input_dim` to the first layer, of which Keras 3 warns, and sets no seed.
    """
    keras.utils.set_random_seed(seed)
    model = exercise_7_02_generator()

    noise = np.random.default_rng(seed).normal(size=(batch, NOISE))
    points = model.predict(noise, verbose=0)
    return noise, points
