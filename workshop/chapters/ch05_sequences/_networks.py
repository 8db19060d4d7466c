"""Settings and shapes read back from the built networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workshop.training.summaries import ParameterTotals, built_layers, layer_table, parameter_totals
from workshop.training.versions import output_shape


@dataclass(frozen=True)
class Summary:
    """A model as built: its layers, its parameters, and the settings of its hidden layers."""

    summary: list[list[Any]]
    total_params: ParameterTotals
    layers: dict[str, Any]


def summary_of(model: Any) -> Summary:
    """Read a built model's summary and settings."""
    return Summary(layer_table(model), parameter_totals(model), layer_settings(model))


def layer_settings(model: Any) -> dict[str, Any]:
    """Return the settings of a built model's hidden layers by the names in the book's tables."""
    names = {
        ("Conv1D", "filters"): "filters",
        ("Conv1D", "kernel_size"): "kernel_size",
        ("MaxPooling1D", "pool_size"): "pool_size",
        ("SimpleRNN", "units"): "rnn_units",
        ("Dropout", "rate"): "dropout",
        ("Dense", "units"): "output_units",
        ("Activation", "activation"): "activation",
    }
    found = {}
    for layer in built_layers(model):
        config = layer.get_config()
        for (kind, key), name in names.items():
            if type(layer).__name__ == kind:
                value = config[key]
                found[name] = value[0] if isinstance(value, (tuple, list)) else value
    return found


def input_shape(layer: Any) -> list[int]:
    """Return the input shape of a built layer, without the batch axis."""
    return [int(size) for size in tuple(layer.input.shape)[1:]]


def convolution_output(model: Any) -> list[int]:
    """Return the steps and filters of the output of a model's convolution, its first layer after Reshape."""
    return [int(size) for size in output_shape(built_layers(model)[1])[1:] if size is not None]
