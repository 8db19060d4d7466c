"""The summary of a built model: its layers, their output shapes, parameters and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.training.backend import keras
from workshop.training.versions import output_shape

SETTINGS = (
    "units",
    "rate",
    "activation",
    "filters",
    "kernel_size",
    "pool_size",
    "input_dim",
    "output_dim",
    "reset_after",
)


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


def layer_settings(model: Any) -> dict[str, dict[str, list[Any]]]:
    """Return the settings of a built model's layers by type and name, a list of those of the type in order.

    Sizes of one axis are numbers. A bidirectional layer has those of the layer that it was built from.
    """
    found: dict[str, dict[str, list[Any]]] = {}
    for layer in built_layers(model):
        config = getattr(layer, "forward_layer", layer).get_config()
        for name in SETTINGS:
            if name in config:
                value = config[name]
                value = value[0] if isinstance(value, (tuple, list)) and len(value) == 1 else value
                found.setdefault(type(layer).__name__, {}).setdefault(name, []).append(value)
    return found


@dataclass(frozen=True)
class NetworkSummary:
    """A network as built.

    `layers` : type, output shape and number of parameters of each. `settings` : see `layer_settings`.
    """

    layers: list[list[Any]]
    parameters: ParameterTotals
    settings: dict[str, dict[str, list[Any]]]


def network_summary(model: Any) -> NetworkSummary:
    """Read the summary of a built model."""
    return NetworkSummary(layer_table(model), parameter_totals(model), layer_settings(model))
