"""Small networks for tests of trainings."""

from __future__ import annotations

from typing import Any

import numpy as np

from workshop.training import backend


def sequential(shape: tuple[int, ...], *rows: Any) -> Any:
    """Return a network of these layers on examples of this shape."""
    return backend.keras.models.Sequential([backend.keras.layers.InputLayer(shape), *rows])


def small_base() -> Any:
    """Return a network in a pretrained one's place: two convolutions with a normalisation between them."""
    layers = backend.keras.layers
    model = sequential(
        (20, 20, 3),
        layers.Conv2D(4, 3, strides=2, activation="relu"),
        layers.BatchNormalization(),
        layers.Conv2D(3, 3, strides=2),
    )
    rng = np.random.default_rng(6)
    model.set_weights([0.5 + 0.1 * rng.random(w.shape) for w in model.get_weights()])
    return model
