"""What is read back from a built Keras model: its summary and its Dense layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np

from workshop.training.backend import keras
from workshop.training.versions import output_shape


@dataclass(frozen=True)
class Summary:
    """[output shape, parameters] by layer, and the numbers of all, trainable and other parameters."""

    summary: dict[str, list[Any]]
    params_total: list[int]


def summary_of(model: Any, names: Sequence[str]) -> Summary:
    """Return the summary of a built model, with its layers under the given names in order.

    Raises ValueError if the numbers of names and layers differ.
    """
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    if len(layers) != len(names):
        raise ValueError(f"the model has {len(layers)} layers, not {len(names)}")
    counts = [
        sum(int(np.prod(tuple(v.shape))) for v in variables)
        for variables in (model.trainable_variables, model.non_trainable_variables)
    ]
    return Summary(
        {name: [output_shape(layer), int(layer.count_params())] for name, layer in zip(names, layers)},
        [sum(counts), *counts],
    )


def dense_layers(model: Any) -> list[list[Any]]:
    """Return [units, activation] of the Dense layers of a built model."""
    configs = [layer.get_config() for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    return [[int(config["units"]), config["activation"]] for config in configs]


def last_layer(classes: int) -> tuple[int, str]:
    """Return units and activation of a classifier's last layer, a sigmoid for two classes, else a softmax."""
    return (1, "sigmoid") if classes == 2 else (classes, "softmax")
