"""Stacked LSTMs in one loop give the outputs of one behind the other."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment.act01_amazon_reviews import activity_6_01_model
from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.chapters.ch06_sentiment.ex05_stacked_lstm import exercise_6_05_model
from workshop.training import backend
from workshop.training.fitting import Network, predict
from workshop.training.initialisers import initial_weights
from workshop.training.one_loop import in_one_loop

pytestmark = pytest.mark.usefixtures("tensorflow")

Builder = Callable[[], Any]


def two_stacks() -> Any:
    """Return a model of two stacks with a dense layer between, whose cells are not the default ones."""
    layers = backend.keras.layers
    return backend.keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(20, 3),
            *(layers.LSTM(4, return_sequences=True, activation="relu", use_bias=False) for _ in range(3)),
            layers.Dense(3),
            layers.LSTM(2, return_sequences=True, recurrent_activation="hard_sigmoid"),
            layers.LSTM(3),
            layers.Dense(1),
        ]
    )


@pytest.mark.keras
@pytest.mark.parametrize(
    ("builder", "layers"), [(exercise_6_05_model, 5), (activity_6_01_model, 9), (two_stacks, 5)]
)
def test_one_loop_gives_the_same_outputs(builder, layers):
    documented, joined = Network(builder), Network(in_one_loop, (builder,))
    rng = np.random.default_rng(6)
    weights = [3 * w for w in initial_weights(documented.model, rng)]
    x = rng.integers(0, 20, size=(20, 15)).astype(np.int32)
    moved = x.copy()
    moved[:, 0] = (x[:, 0] + 7) % 20

    outputs = [[predict(part, weights, rows) for rows in (x, moved)] for part in (documented, joined)]

    assert [w.shape for w in joined.model.get_weights()] == [w.shape for w in weights]
    assert len(joined.model.layers) == layers
    assert np.ptp(outputs[0][0]) > 0.05
    np.testing.assert_allclose(*outputs, rtol=0, atol=1e-5)
    assert np.abs(outputs[0][0] - outputs[0][1]).max() > 1e-5


def last_output_only() -> Any:
    """Return the stacked model of exercise 6.05, whose second LSTM reads the last output only."""
    layers = backend.keras.layers
    return backend.keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(8000, 32),
            layers.LSTM(32),
            layers.Reshape((1, 32)),
            layers.LSTM(32),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def test_a_second_layer_that_reads_the_last_output_only_is_another_model():
    joined, other = Network(in_one_loop, (exercise_6_05_model,)), Network(last_output_only)
    weights = initial_weights(other.model, np.random.default_rng(4))
    x = np.random.default_rng(5).integers(1, 8000, size=(30, 25)).astype(np.int32)

    assert np.abs(predict(joined, weights, x) - predict(other, weights, x)).max() > 1e-6


@pytest.mark.parametrize("builder", [exercise_6_01_model, last_output_only])
def test_models_without_a_stack_are_as_built(builder):
    model = in_one_loop(builder)

    assert [type(layer) for layer in model.layers] == [type(layer) for layer in builder().layers]
