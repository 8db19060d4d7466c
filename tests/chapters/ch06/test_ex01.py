"""Exercise 6.01: Building and Training an RNN Model for Sentiment Classification."""

import numpy as np
import pytest

from workshop.chapters.ch06_sentiment.ex01_plain_rnn import exercise_6_01_model
from workshop.datasets import ReviewIds
from workshop.measures.ch06_sentiment.ex01_plain_rnn import exercise_6_01
from workshop.numerics.recurrent import unroll
from workshop.training.fitting import Network, predict
from workshop.training.initialisers import initial_weights

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_padding_is_a_word_to_the_model():
    network = Network(exercise_6_01_model)
    weights = [4 * value for value in initial_weights(network.model, np.random.default_rng(2))]
    x = np.array([[0, 0, 0, 5, 17], [0, 0, 9, 5, 17]], np.int32)

    found = predict(network, weights, x)

    table, kernel, recurrent, bias, dense, shift = weights
    hidden = unroll(table[x], kernel=kernel, recurrent=recurrent, bias=bias)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-(hidden[:, -1] @ dense + shift))), atol=1e-5)
    unmasked, masked = hidden[0, -1], unroll(table[x[:1, 3:]], kernel=kernel, recurrent=recurrent, bias=bias)
    assert np.abs(unmasked - masked[0, -1]).max() > 1e-3


@pytest.mark.usefixtures("without_xla")
def test_own_reviews_of_any_length_train_the_plain_rnn():
    data = ReviewIds.of([[4, 5], [6], [7, 8, 9], [4], [6, 6]], [1, 0, 0, 1, 0], [[4], [6]], [1, 0])

    found = exercise_6_01(data, seed=1, epochs=2, n_reviews=4)

    assert found.ran.n_train_val == (3, 1)
    assert found.best_val_accuracy == found.history.val_accuracy.max()
    assert [weight.ndim for weight in found.weights] == [2, 2, 2, 1, 2, 1]
