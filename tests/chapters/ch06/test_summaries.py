"""The models' summaries and settings, next to models that are built by hand."""

from __future__ import annotations

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.numerics.recurrent import unroll
from workshop.training import backend
from workshop.training.fitting import Network, predict
from workshop.training.initialisers import initial_weights

pytestmark = pytest.mark.usefixtures("tensorflow")


RECURRENT = {
    "SimpleRNN": lambda layers: [layers.SimpleRNN(32)],
    "LSTM": lambda layers: [layers.LSTM(32)],
    "GRU": lambda layers: [layers.GRU(32, reset_after=False)],
    "Bidirectional": lambda layers: [layers.Bidirectional(layers.LSTM(32))],
    "Bidirectional sum": lambda layers: [layers.Bidirectional(layers.LSTM(32), merge_mode="sum")],
    "two LSTMs": lambda layers: [layers.LSTM(32, return_sequences=True), layers.LSTM(32)],
    "two LSTMs with sequences": lambda layers: [layers.LSTM(32, return_sequences=True) for _ in range(2)],
}


def built(recurrent, vocabulary=8000, dimension=32, spatial_dropout=0.4, dropout=0.4):
    """Build a model by hand, as the book lists its layers."""
    layers = backend.keras.layers
    return backend.keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(vocabulary, dimension),
            layers.SpatialDropout1D(spatial_dropout),
            *RECURRENT[recurrent](layers),
            layers.Dropout(dropout),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def test_padding_is_a_word_to_the_model() -> None:
    network = Network(exercise_6_01_model)
    weights = [4 * value for value in initial_weights(network.model, np.random.default_rng(2))]
    x = np.array([[0, 0, 0, 5, 17], [0, 0, 9, 5, 17]], np.int32)

    found = predict(network, weights, x)

    table, kernel, recurrent, bias, dense, shift = weights
    hidden = unroll(table[x], kernel=kernel, recurrent=recurrent, bias=bias)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-(hidden[:, -1] @ dense + shift))), atol=1e-5)
    unmasked, masked = hidden[0, -1], unroll(table[x[:1, 3:]], kernel=kernel, recurrent=recurrent, bias=bias)
    assert np.abs(unmasked - masked[0, -1]).max() > 1e-3
