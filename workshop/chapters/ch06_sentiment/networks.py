"""The five models of reviews: an embedding, recurrent layers, and one output for the sentiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Tuple

from workshop.chapters.ch06_sentiment.reviews import VOCABULARY
from workshop.training.backend import keras
from workshop.training.fitting import Network


@dataclass(frozen=True)
class Model:
    """A model as in the book, and as computed, with other layers for the same weights and outputs."""

    network: Network
    computed: Network


def sentiment(
    vocabulary: int,
    dimension: int,
    spatial_dropout: float,
    recurrent: Tuple[str, ...],
    units: int,
    dropout: float,
    hidden: Tuple[Tuple[int, float], ...] = (),
) -> Any:
    """Build a model of sequences of any length.

    Parameters
    ----------
    vocabulary, dimension : rows and columns of the embedding.
    spatial_dropout, dropout : rates after the embedding and after the recurrent layers.
    recurrent : the recurrent layers: SimpleRNN, LSTM, GRU, BidirectionalLSTM, or LSTMs in one loop. All but
        the last return an output at each step.
    units : of each recurrent layer, or of each direction.
    hidden : units of dense ReLU layers, and the rate of the dropout after each.
    """
    layers = keras.layers
    stack = [layers.InputLayer((None,)), layers.Embedding(vocabulary, dimension)]
    stack += [layers.SpatialDropout1D(spatial_dropout)]
    for place, kind in enumerate(recurrent, start=1):
        stack.append(_recurrent(kind, units, every_step=place < len(recurrent)))
    stack.append(layers.Dropout(dropout))
    for width, rate in hidden:
        stack += [layers.Dense(width, activation="relu"), layers.Dropout(rate)]
    return keras.models.Sequential([*stack, layers.Dense(1, activation="sigmoid")])


def _recurrent(kind: str, units: int, every_step: bool) -> Any:
    layers = keras.layers
    if kind == "BidirectionalLSTM":
        return layers.Bidirectional(layers.LSTM(units, return_sequences=every_step))
    if kind == "two LSTMs in one loop":
        return layers.RNN([layers.LSTMCell(units), layers.LSTMCell(units)])
    # without `reset_after` a GRU has one bias per gate, as in the book
    settings = {"reset_after": False} if kind == "GRU" else {}
    return getattr(layers, kind)(units, return_sequences=every_step, **settings)


def of_reviews(*recurrent: str, dropout: float = 0.4, units: int = 32) -> Network:
    """Return a model of IMDB reviews with these recurrent layers."""
    return Network(sentiment, (VOCABULARY, 32, 0.4, recurrent, units, dropout))


def plain_rnn() -> Model:
    """Return the model of exercise 6.01."""
    return _as_built(of_reviews("SimpleRNN"))


def lstm() -> Model:
    """Return the model of exercise 6.02."""
    return _as_built(of_reviews("LSTM"))


def gru() -> Model:
    """Return the model of exercise 6.03."""
    return _as_built(of_reviews("GRU"))


def bidirectional_lstm() -> Model:
    """Return the model of exercise 6.04."""
    return _as_built(of_reviews("BidirectionalLSTM"))


def stacked_lstm() -> Model:
    """Return the model of exercise 6.05. Both layers run in one loop, which is twice as fast."""
    return Model(of_reviews("LSTM", "LSTM", dropout=0.5), of_reviews("two LSTMs in one loop", dropout=0.5))


def _as_built(network: Network) -> Model:
    return Model(network, network)
