"""The models' summaries; a claim notices each model that differs in one thing."""

from __future__ import annotations

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment import models, networks
from workshop.ledger import ledger
from workshop.numerics.recurrent import unroll
from workshop.training import backend
from workshop.training.fitting import Network, predict
from workshop.training.initialisers import initial_weights

pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.fixture
def tensorflow():
    """Skip a test that can't run without TensorFlow."""
    return pytest.importorskip("tensorflow")


RECURRENT = {
    "SimpleRNN": lambda layers: [layers.SimpleRNN(32)],
    "SimpleRNN of 31": lambda layers: [layers.SimpleRNN(31)],
    "LSTM": lambda layers: [layers.LSTM(32)],
    "GRU": lambda layers: [layers.GRU(32, reset_after=False)],
    "GRU that resets after": lambda layers: [layers.GRU(32, reset_after=True)],
    "Bidirectional": lambda layers: [layers.Bidirectional(layers.LSTM(32))],
    "Bidirectional sum": lambda layers: [layers.Bidirectional(layers.LSTM(32), merge_mode="sum")],
    "Bidirectional of 16": lambda layers: [layers.Bidirectional(layers.LSTM(16))],
    "two LSTMs": lambda layers: [layers.LSTM(32, return_sequences=True), layers.LSTM(32)],
    "LSTMs of 32 and 16": lambda layers: [layers.LSTM(32, return_sequences=True), layers.LSTM(16)],
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


def model_of(*arguments):
    """Return a model of `built`."""
    return networks.Model(Network(built, arguments), Network(built, arguments))


EXERCISES = {
    "plain_rnn": models.exercise_6_01_model,
    "lstm": models.exercise_6_02_model,
    "gru": models.exercise_6_03_model,
    "bidirectional_lstm": models.exercise_6_04_model,
    "stacked_lstm": models.exercise_6_05_model,
}
AS_THE_BOOK = [
    ("plain_rnn", ("SimpleRNN",)),
    ("lstm", ("LSTM",)),
    ("gru", ("GRU",)),
    ("bidirectional_lstm", ("Bidirectional",)),
    ("stacked_lstm", ("two LSTMs", 8000, 32, 0.4, 0.5)),
]


@pytest.mark.parametrize(("name", "arguments"), AS_THE_BOOK, ids=[name for name, _ in AS_THE_BOOK])
def test_built_by_hand_the_models_are_the_same(monkeypatch, name, arguments) -> None:
    """The recipes' models and those that list the book's layers have the same summary and settings."""
    ours = EXERCISES[name]()
    monkeypatch.setattr(models, name, lambda: model_of(*arguments))

    assert EXERCISES[name]() == ours


MUTANTS = [
    ("plain_rnn", ("SimpleRNN of 31",), "ch06.ex01", ["summary", "total_params"]),
    ("plain_rnn", ("LSTM",), "ch06.ex01", ["summary", "total_params"]),
    ("plain_rnn", ("SimpleRNN", 8001), "ch06.ex01", ["summary", "total_params", "mostly_embedding"]),
    ("plain_rnn", ("SimpleRNN", 32, 8000), "ch06.ex01", ["summary", "total_params"]),
    ("lstm", ("GRU",), "ch06.ex02", ["summary", "total_params", "four_times_rnn"]),
    ("gru", ("GRU that resets after",), "ch06.ex03", ["summary", "total_params", "ratios"]),
    ("bidirectional_lstm", ("Bidirectional sum",), "ch06.ex04", ["summary", "total_params"]),
    ("bidirectional_lstm", ("Bidirectional of 16",), "ch06.ex04", ["ratios", "text_model_ratio"]),
    ("bidirectional_lstm", ("two LSTMs",), "ch06.ex04", ["summary", "total_params"]),
    ("stacked_lstm", ("two LSTMs with sequences",), "ch06.ex05", ["summary"]),
    ("stacked_lstm", ("LSTMs of 32 and 16",), "ch06.ex05", ["summary", "same_as_bidirectional"]),
    ("stacked_lstm", ("Bidirectional",), "ch06.ex05", ["summary", "same_as_bidirectional"]),
]


def holds(claim_id, outcome):
    """Return whether a claim's rule accepts what an outcome gives, as correct or as printed."""
    claim = ledger().claims[claim_id]
    expected = claim.documented if claim.correct is None else claim.correct
    return claim.rule.decide(expected, getattr(outcome, claim.name)).holds


@pytest.mark.parametrize(("name", "arguments", "unit", "noticed_by"), MUTANTS, ids=str)
def test_another_model_is_noticed_by_the_claims(monkeypatch, name, arguments, unit, noticed_by) -> None:
    """Other units, cells, merging or sizes are refused by each of these claims, which accept the model."""
    right = EXERCISES[name]()
    monkeypatch.setattr(models, name, lambda: model_of(*arguments))

    wrong = EXERCISES[name]()

    assert [holds(f"{unit}.{field}", right) for field in noticed_by] == [True] * len(noticed_by)
    assert [holds(f"{unit}.{field}", wrong) for field in noticed_by] == [False] * len(noticed_by)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("SimpleRNN of 31", 9, 7, 0.1, 0.2), {"rnn_units": 31}),
        (("GRU that resets after", 9, 7, 0.1, 0.2), {"rnn_units": 32, "reset_after": True}),
        (("Bidirectional of 16", 9, 7, 0.1, 0.2), {"rnn_units": 16}),
        (("LSTMs of 32 and 16", 9, 7, 0.1, 0.2), {"rnn_units": [32, 16]}),
    ],
    ids=str,
)
def test_settings_follow_the_built_model(arguments, expected) -> None:
    """Sizes and rates are those of the layers, whatever they are."""
    sizes = {"vocabulary": 9, "embedding_dim": 7, "spatial_dropout": 0.1, "dropout": 0.2}

    assert models.settings(model_of(*arguments)) == {**sizes, **expected}


def test_padding_is_a_word_to_the_model() -> None:
    """Zeros go through the recurrence like other ids: no step is masked, as with NumPy by hand."""
    network = networks.plain_rnn().network
    weights = [4 * value for value in initial_weights(network.model, np.random.default_rng(2))]
    x = np.array([[0, 0, 0, 5, 17], [0, 0, 9, 5, 17]], np.int32)

    found = predict(network, weights, x)

    table, kernel, recurrent, bias, dense, shift = weights
    hidden = unroll(table[x], kernel=kernel, recurrent=recurrent, bias=bias)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-(hidden[:, -1] @ dense + shift))), atol=1e-5)
    unmasked, masked = hidden[0, -1], unroll(table[x[:1, 3:]], kernel=kernel, recurrent=recurrent, bias=bias)
    assert np.abs(unmasked - masked[0, -1]).max() > 1e-3


def shifted(tf):
    """Return an embedding that gives the next row."""

    class Shifted(tf.keras.layers.Embedding):
        def call(self, inputs):
            return super().call((inputs + 1) % self.input_dim)

    return Shifted


def rounded(tf):
    """Return an embedding that is no product of code and matrix: it rounds."""

    class Rounded(tf.keras.layers.Embedding):
        def call(self, inputs):
            return tf.cast(tf.cast(super().call(inputs), tf.float16), tf.float32)

    return Rounded


@pytest.mark.parametrize("other", [shifted, rounded])
def test_an_embedding_that_is_no_lookup_is_noticed(tensorflow, monkeypatch, other) -> None:
    """Of a layer that gives other rows, or not quite them, hardly an id has its own."""
    layer = other(tensorflow)(8000, 32)
    right = models.embedding()
    model = backend.keras.models.Sequential([backend.keras.layers.InputLayer((None,)), layer])
    monkeypatch.setattr(models, "documented", lambda _: model)

    wrong = models.embedding()

    claim = ledger().claims["ch06.text04.lookup"]
    assert claim.rule.decide(claim.documented, right.lookup).holds
    assert max(wrong.lookup["own_row"], wrong.lookup["one_hot_product"]) < 80


def test_recurrent_parameters_by_the_books_counts() -> None:
    """Each gate has units · (inputs + units + 1) weights; both directions and both layers count."""
    gate = 32 * (32 + 32 + 1)

    assert models.recurrent_layer_parameters().rnn_params == {
        "Plain RNN": gate,
        "LSTM": 4 * gate,
        "GRU": 3 * gate,
        "Bi-directional LSTM": 2 * 4 * gate,
        "Stacked LSTM": 2 * 4 * gate,
    }
