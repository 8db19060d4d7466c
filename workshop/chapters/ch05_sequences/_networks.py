"""Settings and shapes read back from the built networks."""

from __future__ import annotations

from typing import Any, Dict, List

from workshop.training.summaries import built_layers
from workshop.training.versions import output_shape


def layer_settings(model: Any) -> Dict[str, Any]:
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


def input_shape(layer: Any) -> List[int]:
    """Return the input shape of a built layer, without the batch axis."""
    return [int(size) for size in tuple(layer.input.shape)[1:]]


def convolution_output(model: Any) -> List[int]:
    """Return the steps and filters of the output of a model's convolution, its first layer after Reshape."""
    return [int(size) for size in output_shape(built_layers(model)[1])[1:] if size is not None]
