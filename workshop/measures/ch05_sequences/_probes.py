"""Models with drawn weights, and which of their inputs reach which outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.training.backend import keras


def with_drawn_weights(model: Any, seed: int = 0) -> Any:
    """Return a built model or layer whose weights are drawn from the standard normal distribution."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


def sequence_model(shape: Sequence[int], *layers: Any) -> Any:
    """Build layers on an input of the given shape, weights drawn."""
    return with_drawn_weights(keras.models.Sequential([keras.layers.InputLayer(tuple(shape)), *layers]))


def input_shape(layer: Any) -> list[int]:
    """Return the input shape of a built layer, without the batch axis."""
    return [int(size) for size in tuple(layer.input.shape)[1:]]


@dataclass(frozen=True)
class Arrangement:
    """Shape of an arrangement's output, and the input steps that each output step depends on."""

    shape: list[int]
    sees: list[list[int]]


def arrangement(x: np.ndarray, *layers: Any) -> Arrangement:
    """Build layers on sequences x (n, steps, features), and disturb one input step after another."""
    model = sequence_model(x.shape[1:], *layers)
    outputs = model(x).numpy()
    reached = []
    for step in range(x.shape[1]):
        disturbed = x.copy()
        disturbed[:, step] *= -1
        moved = np.abs(model(disturbed).numpy() - outputs).reshape(len(x), -1, outputs.shape[-1])
        reached.append(moved.max(axis=(0, 2)) > 1e-6)
    sees = [[int(step) for step in np.flatnonzero(column)] for column in np.array(reached).T]
    return Arrangement([int(size) for size in outputs.shape], sees)
