"""The models' summaries and settings, next to models that are built by hand."""

from __future__ import annotations

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.measures.ch06_sentiment import (
    ex01_plain_rnn,
    ex02_lstm,
    ex03_gru,
    ex04_bidirectional_lstm,
    ex05_stacked_lstm,
    text12_all_models,
)
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


EXERCISES = {
    "6.01": (ex01_plain_rnn, ex01_plain_rnn.exercise_6_01_summary),
    "6.02": (ex02_lstm, ex02_lstm.exercise_6_02_summary),
    "6.03": (ex03_gru, ex03_gru.exercise_6_03_summary),
    "6.04": (ex04_bidirectional_lstm, ex04_bidirectional_lstm.exercise_6_04_summary),
    "6.05": (ex05_stacked_lstm, ex05_stacked_lstm.exercise_6_05_summary),
}


def summaries_of(exercise, arguments, monkeypatch):
    """Return an exercise's summary of its own model, and of another one by `built` in its place."""
    module, summary = EXERCISES[exercise]
    own = summary()
    monkeypatch.setattr(module, f"exercise_{exercise.replace('.', '_')}_model", lambda: built(*arguments))
    return own, summary()


AS_THE_BOOK = [
    ("6.01", ("SimpleRNN",)),
    ("6.02", ("LSTM",)),
    ("6.03", ("GRU",)),
    ("6.04", ("Bidirectional",)),
    ("6.05", ("two LSTMs", 8000, 32, 0.4, 0.5)),
]


@pytest.mark.parametrize(("exercise", "arguments"), AS_THE_BOOK, ids=[each for each, _ in AS_THE_BOOK])
def test_built_by_hand_the_models_are_the_same(monkeypatch, exercise, arguments) -> None:
    """The exercises' models and those that list the book's layers have the same summary and settings."""
    own, by_hand = summaries_of(exercise, arguments, monkeypatch)

    assert own == by_hand


def test_padding_is_a_word_to_the_model() -> None:
    """Zeros go through the recurrence like other ids: no step is masked, as with NumPy by hand."""
    network = Network(exercise_6_01_model)
    weights = [4 * value for value in initial_weights(network.model, np.random.default_rng(2))]
    x = np.array([[0, 0, 0, 5, 17], [0, 0, 9, 5, 17]], np.int32)

    found = predict(network, weights, x)

    table, kernel, recurrent, bias, dense, shift = weights
    hidden = unroll(table[x], kernel=kernel, recurrent=recurrent, bias=bias)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-(hidden[:, -1] @ dense + shift))), atol=1e-5)
    unmasked, masked = hidden[0, -1], unroll(table[x[:1, 3:]], kernel=kernel, recurrent=recurrent, bias=bias)
    assert np.abs(unmasked - masked[0, -1]).max() > 1e-3


def test_recurrent_parameters_by_the_books_counts() -> None:
    """Each gate has units · (inputs + units + 1) weights; both directions and both layers count."""
    gate = 32 * (32 + 32 + 1)

    assert text12_all_models.recurrent_layer_parameters() == {
        "Plain RNN": gate,
        "LSTM": 4 * gate,
        "GRU": 3 * gate,
        "Bi-directional LSTM": 2 * 4 * gate,
        "Stacked LSTM": 2 * 4 * gate,
    }
