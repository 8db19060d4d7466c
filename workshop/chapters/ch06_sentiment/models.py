"""Summaries of the five models (layers, parameters, settings), and the embedding as a lookup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List

import numpy as np

from workshop.chapters.ch06_sentiment.networks import (
    Model,
    bidirectional_lstm,
    gru,
    lstm,
    plain_rnn,
    stacked_lstm,
)
from workshop.training.backend import keras, tf
from workshop.training.initialisers import initial_weights
from workshop.training.summaries import built_layers, layer_table, parameter_totals
from workshop.units import unit

RECURRENT = ("SimpleRNN", "LSTM", "GRU", "Bidirectional")
_AT_ONCE = 500  # ids per lookup


def documented(model: Model) -> Any:
    """Return a model as the book builds it."""
    return model.network.model


def recurrent_layers(model: Model) -> List[Any]:
    """Return the recurrent layers of a model as the book builds it."""
    return [layer for layer in built_layers(documented(model)) if type(layer).__name__ in RECURRENT]


def recurrent_parameters(model: Model) -> int:
    """Return the parameters of all recurrent layers."""
    return sum(int(layer.count_params()) for layer in recurrent_layers(model))


def total_parameters(model: Model) -> int:
    """Return the parameters of the whole model."""
    return parameter_totals(documented(model))["total"]


def settings(model: Model) -> Dict[str, Any]:
    """Return the settings of the built layers by the book's names.

    `rnn_units` : units of the recurrent layers or of each direction, a list if they differ.
    """
    names = {
        ("Embedding", "input_dim"): "vocabulary",
        ("Embedding", "output_dim"): "embedding_dim",
        ("SpatialDropout1D", "rate"): "spatial_dropout",
        ("Dropout", "rate"): "dropout",
        ("GRU", "reset_after"): "reset_after",
    }
    found = {}
    for layer in built_layers(documented(model)):
        config = layer.get_config()
        for (kind, key), name in names.items():
            if type(layer).__name__ == kind:
                found[name] = config[key]
    # a bidirectional layer contains the layer that it was made from
    single = [getattr(layer, "forward_layer", layer) for layer in recurrent_layers(model)]
    units = [layer.get_config()["units"] for layer in single]
    return {**found, "rnn_units": units[0] if len(set(units)) == 1 else units}


@dataclass(frozen=True)
class Lookup:
    """Output of an embedding layer for every id.

    `lookup` : shape of its matrix, number of rows that differ from all others, number of ids whose vector is
    their row, and number of ids whose vector is their one-hot code times the matrix. `params` : parameters of
    the layer.
    """

    lookup: Dict[str, Any]
    params: int


@unit("ch06.text04", uses=("tensorflow",))
def embedding(start: int = 4) -> Lookup:
    """Look up all ids in the embedding of the plain RNN. Source: chapter 6, text on the embedding layer.

    Parameters
    ----------
    start : seed of the matrix's weights.
    """
    model = documented(plain_rnn())
    (layer,) = (la for la in built_layers(model) if isinstance(la, keras.layers.Embedding))
    matrix = initial_weights(model, np.random.default_rng(start))[0].astype(np.float32)
    layer.set_weights([matrix])
    ids = np.arange(layer.get_config()["input_dim"], dtype=np.int32)
    by_row, by_code = 0, 0
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        vectors = layer(tf.constant(some[np.newaxis])).numpy()[0]
        codes = (some[:, np.newaxis] == ids).astype(np.float32)
        by_row += int((vectors == matrix[some]).all(axis=1).sum())
        by_code += int((vectors == codes @ matrix).all(axis=1).sum())
    return Lookup(
        lookup={
            "matrix": list(matrix.shape),
            "different_rows": len(np.unique(matrix, axis=0)),
            "own_row": by_row,
            "one_hot_product": by_code,
        },
        params=int(layer.count_params()),
    )


@dataclass(frozen=True)
class Model601:
    """The model as built, the embedding's parameters, and their share of all."""

    summary: List[List[Any]]
    total_params: Dict[str, int]
    settings: Dict[str, Any]
    mostly_embedding: Dict[str, float]


@unit("ch06.ex01", uses=("tensorflow",))
def exercise_6_01_model() -> Model601:
    """Build the plain RNN and read its summary. Source: chapter 6, exercise 6.01."""
    rnn = plain_rnn()
    model = documented(rnn)
    words = sum(
        int(layer.count_params())
        for layer in built_layers(model)
        if isinstance(layer, keras.layers.Embedding)
    )
    return Model601(
        layer_table(model),
        parameter_totals(model),
        settings(rnn),
        {"embedding": words, "share": words / total_parameters(rnn)},
    )


@dataclass(frozen=True)
class Model602:
    """The model as built, and the parameters of its recurrent layer and of the plain RNN's."""

    summary: List[List[Any]]
    total_params: Dict[str, int]
    settings: Dict[str, Any]
    four_times_rnn: List[int]


@unit("ch06.ex02", uses=("tensorflow",))
def exercise_6_02_model() -> Model602:
    """Build the LSTM and read its summary. Source: chapter 6, exercise 6.02."""
    model = documented(lstm())
    return Model602(
        layer_table(model),
        parameter_totals(model),
        settings(lstm()),
        [recurrent_parameters(lstm()), recurrent_parameters(plain_rnn())],
    )


@dataclass(frozen=True)
class Model603:
    """The model as built, and its recurrent layer's parameters divided by the plain RNN's and the LSTM's."""

    summary: List[List[Any]]
    total_params: Dict[str, int]
    settings: Dict[str, Any]
    ratios: Dict[str, float]


@unit("ch06.ex03", uses=("tensorflow",))
def exercise_6_03_model() -> Model603:
    """Build the GRU and read its summary. Source: chapter 6, exercise 6.03."""
    model = documented(gru())
    return Model603(layer_table(model), parameter_totals(model), settings(gru()), layer_ratios(gru()))


@dataclass(frozen=True)
class Model604:
    """The model as built, and its parameters divided by those of the plain RNN and the LSTM.

    `ratios` : for the recurrent layers. `text_model_ratio` : for these and for the whole models.
    """

    summary: List[List[Any]]
    total_params: Dict[str, int]
    settings: Dict[str, Any]
    ratios: Dict[str, float]
    text_model_ratio: Dict[str, Dict[str, float]]


@unit("ch06.ex04", uses=("tensorflow",))
def exercise_6_04_model() -> Model604:
    """Build the bidirectional LSTM and read its summary. Source: chapter 6, exercise 6.04."""
    bi = bidirectional_lstm()
    model = documented(bi)
    of_layers = layer_ratios(bi)
    whole = {"lstm": lstm(), "rnn": plain_rnn()}
    of_models = {name: total_parameters(bi) / total_parameters(other) for name, other in whole.items()}
    return Model604(
        layer_table(model),
        parameter_totals(model),
        settings(bi),
        of_layers,
        {"recurrent_layers": of_layers, "whole_models": of_models},
    )


def layer_ratios(model: Model) -> Dict[str, float]:
    """Return the recurrent layers' parameters divided by those of the LSTM's and the plain RNN's layer."""
    others = {"lstm": lstm(), "rnn": plain_rnn()}
    return {name: recurrent_parameters(model) / recurrent_parameters(other) for name, other in others.items()}


@dataclass(frozen=True)
class Model605:
    """The model as built, and its parameters minus those of the bidirectional model."""

    summary: List[List[Any]]
    total_params: Dict[str, int]
    settings: Dict[str, Any]
    same_as_bidirectional: Dict[str, int]


@unit("ch06.ex05", uses=("tensorflow",))
def exercise_6_05_model() -> Model605:
    """Build the stacked LSTMs and read their summary. Source: chapter 6, exercise 6.05."""
    stacked, bi = stacked_lstm(), bidirectional_lstm()
    model = documented(stacked)
    return Model605(
        layer_table(model),
        parameter_totals(model),
        settings(stacked),
        {
            "recurrent_layers": recurrent_parameters(stacked) - recurrent_parameters(bi),
            "whole_models": total_parameters(stacked) - total_parameters(bi),
        },
    )


@dataclass(frozen=True)
class Summarised:
    """Parameters of the recurrent layers by model."""

    rnn_params: Dict[str, int]


@unit("ch06.text12", uses=("tensorflow",))
def recurrent_layer_parameters() -> Summarised:
    """Count the weights of the five models' recurrent layers. Source: chapter 6, table of all models."""
    models = {
        "Plain RNN": plain_rnn(),
        "LSTM": lstm(),
        "GRU": gru(),
        "Bi-directional LSTM": bidirectional_lstm(),
        "Stacked LSTM": stacked_lstm(),
    }
    return Summarised({name: recurrent_parameters(model) for name, model in models.items()})
