"""What is read back from a built Keras model: its summary and its Dense layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from workshop.training.backend import keras
from workshop.training.summaries import NetworkSummary, network_summary


@dataclass(frozen=True)
class Summary(NetworkSummary):
    """A network as built. `summary` : [output shape, parameters] of its layers by their names in the book."""

    summary: dict[str, list[Any]]


def summary_of(model: Any, names: Sequence[str]) -> Summary:
    """Return the summary of a built model, with its layers also under the given names in order."""
    built = network_summary(model)
    return Summary(
        **vars(built), summary={names[place]: layer[1:] for place, layer in enumerate(built.layers)}
    )


def dense_layers(model: Any) -> list[list[Any]]:
    """Return [units, activation] of the Dense layers of a built model."""
    configs = [layer.get_config() for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    return [[int(config["units"]), config["activation"]] for config in configs]


def last_layer(classes: int) -> tuple[int, str]:
    """Return units and activation of a classifier's last layer, a sigmoid for two classes, else a softmax."""
    return (1, "sigmoid") if classes == 2 else (classes, "softmax")
