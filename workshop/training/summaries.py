"""The summary of a built model: its layers, their output shapes and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.backend import keras
from workshop.training.versions import output_shape


def built_layers(model: Any) -> list[Any]:
    """Return a built model's layers without its input layer."""
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def layer_table(model: Any) -> list[list[Any]]:
    """Return type, output shape and number of parameters of every layer of a built model."""
    return [
        [type(layer).__name__, output_shape(layer), int(layer.count_params())]
        for layer in built_layers(model)
    ]


@dataclass(frozen=True)
class ParameterTotals:
    """Numbers of parameters of a model."""

    total: int
    trainable: int
    non_trainable: int


def parameter_totals(model: Any) -> ParameterTotals:
    """Return the numbers of all, trainable and other parameters of a built model."""
    trainable, others = (
        sum(int(np.prod(tuple(w.shape))) for w in weights)
        for weights in (model.trainable_weights, model.non_trainable_weights)  # without random states
    )
    return ParameterTotals(trainable + others, trainable, others)
