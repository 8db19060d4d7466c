"""Numbers of parameters of a model of reviews and of its recurrent layers."""

from __future__ import annotations

from typing import Any

from workshop.training.summaries import built_layers, parameter_totals

RECURRENT = ("SimpleRNN", "LSTM", "GRU", "Bidirectional")


def recurrent_layers(model: Any) -> list[Any]:
    """Return the recurrent layers of a model."""
    return [layer for layer in built_layers(model) if type(layer).__name__ in RECURRENT]


def recurrent_parameters(model: Any) -> int:
    """Return the parameters of all recurrent layers."""
    return sum(int(layer.count_params()) for layer in recurrent_layers(model))


def total_parameters(model: Any) -> int:
    """Return the parameters of the whole model."""
    return parameter_totals(model).total
