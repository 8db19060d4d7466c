"""Shapes read back from the built networks."""

from __future__ import annotations

from typing import Any

from workshop.training.summaries import built_layers
from workshop.training.versions import output_shape


def input_shape(layer: Any) -> list[int]:
    """Return the input shape of a built layer, without the batch axis."""
    return [int(size) for size in tuple(layer.input.shape)[1:]]


def convolution_output(model: Any) -> list[int]:
    """Return the steps and filters of the output of a model's convolution, its first layer after Reshape."""
    return [int(size) for size in output_shape(built_layers(model)[1])[1:] if size is not None]
