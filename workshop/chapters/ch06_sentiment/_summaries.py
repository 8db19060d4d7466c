"""What the exercises read from a model of reviews: layers, numbers of parameters, and settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Union

from workshop.training.summaries import ParameterTotals, built_layers, layer_table, parameter_totals

RECURRENT = ("SimpleRNN", "LSTM", "GRU", "Bidirectional")


@dataclass(frozen=True)
class Settings:
    """Settings of the built layers.

    `vocabulary`, `embedding_dim` : rows and columns of the embedding. `spatial_dropout`, `dropout` : rates
    behind the embedding and behind the recurrent layers. `rnn_units` : units of the recurrent layers or of
    each direction, a list if they differ. `reset_after` : only of a GRU.
    """

    vocabulary: int
    embedding_dim: int
    spatial_dropout: float
    dropout: float
    rnn_units: Union[int, list[int]]
    reset_after: Optional[bool]


@dataclass(frozen=True)
class Summary:
    """The model as built: type, output shape and parameters of each layer, all parameters, and settings."""

    summary: list[list[Any]]
    total_params: ParameterTotals
    settings: Settings


def summary_of(model: Any) -> Summary:
    """Return the summary of a model of reviews."""
    return Summary(layer_table(model), parameter_totals(model), settings_of(model))


def settings_of(model: Any) -> Settings:
    """Return the settings of a model's layers."""
    config = {type(layer).__name__: layer.get_config() for layer in built_layers(model)}
    # a bidirectional layer contains the layer that it was built from
    recurrent = [getattr(layer, "forward_layer", layer).get_config() for layer in recurrent_layers(model)]
    units = [layer["units"] for layer in recurrent]
    return Settings(
        vocabulary=config["Embedding"]["input_dim"],
        embedding_dim=config["Embedding"]["output_dim"],
        spatial_dropout=config["SpatialDropout1D"]["rate"],
        dropout=config["Dropout"]["rate"],
        rnn_units=units[0] if len(set(units)) == 1 else units,
        reset_after=recurrent[0].get("reset_after"),
    )


def recurrent_layers(model: Any) -> list[Any]:
    """Return the recurrent layers of a model."""
    return [layer for layer in built_layers(model) if type(layer).__name__ in RECURRENT]


def recurrent_parameters(model: Any) -> int:
    """Return the parameters of all recurrent layers."""
    return sum(int(layer.count_params()) for layer in recurrent_layers(model))


def total_parameters(model: Any) -> int:
    """Return the parameters of the whole model."""
    return parameter_totals(model).total
