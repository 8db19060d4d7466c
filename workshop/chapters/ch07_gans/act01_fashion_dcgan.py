"""Activity 7.01: Implementing a DCGAN for the MNIST Fashion Dataset (page 381).

A generator learns to draw clothing against a discriminator.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .ex05_dcgan import exercise_7_05_in_keras


def activity_7_01_in_keras(
    fashion_mnist: Any, seed: int, iterations: int = 5000, interval: int = 50, batch: int = 128
) -> tuple[list[float], np.ndarray]:
    """Train the DCGAN of articles of fashion as the book does, with the networks and calls of exercise 7.05.

    Parameters
    ----------
    fashion_mnist : as `keras.datasets.fashion_mnist.load_data()` returns it.

    Returns
    -------
    As exercise 7.05.
    """
    prints, images = exercise_7_05_in_keras(fashion_mnist, seed, iterations, interval, batch)
    return prints, images
