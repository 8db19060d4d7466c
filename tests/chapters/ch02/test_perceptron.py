"""The perceptrons' losses and trained parameters against NumPy replicas with gradients derived by hand."""

import numpy as np
import pytest

from tests import oracles
from workshop.measures.ch02_neural_networks import (
    _by_hand,
    _perceptron,
)
from workshop.measures.ch02_neural_networks.ex02_binary_classifier import confusion_matrix
from workshop.training.optimizers import SGD, Adam

pytestmark = [pytest.mark.usefixtures("tensorflow"), pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def digits(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Random features (rows, 20) in 0..1, half of them 0 as in images, and one-hot labels (rows, 10)."""
    rng = np.random.default_rng(7)
    x = (rng.random((rows, 20)) * (rng.random((rows, 20)) < 0.5)).astype(np.float32)
    return x, np.eye(10, dtype=np.float32)[rng.integers(10, size=rows)]


def test_or_perceptron_equals_numpy():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    y = np.array([[0], [1], [1], [1]], np.float32)
    start = np.zeros((2, 1), np.float32), np.zeros((1, 1), np.float32)

    end = _perceptron.train(_perceptron.doubled_sigmoid_loss, start, x, y, optimizer=SGD(0.01), steps=1000)

    expected = oracles.sgd_steps(oracles.sigmoid_gradients(x, y), start, steps=1000)
    for found, wanted in zip(end.variables, expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-6)


def test_softmax_layer_equals_numpy():
    x, y = digits(50)
    start = np.zeros((20, 10), np.float32), np.zeros(10, np.float32)

    end = _perceptron.train(_perceptron.doubled_softmax_loss, start, x, y, optimizer=Adam(0.01), steps=100)

    expected = oracles.adam_steps(oracles.softmax_gradients(x, y), start, steps=100)
    for found, wanted in zip(end.variables, expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-5)


def test_scores_equal_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    labels, predictions = np.array([[0], [1], [1], [1], [1]]), np.array([[1], [1], [0], [0], [1]])
    rows, guesses = np.eye(3)[[0, 1, 2, 0]], np.array([[1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 1, 0]])

    assert _perceptron.subset_accuracy(labels, predictions) == metrics.accuracy_score(labels, predictions)
    assert _perceptron.subset_accuracy(rows, guesses) == metrics.accuracy_score(rows, guesses) == 0.5
    np.testing.assert_array_equal(
        confusion_matrix(labels, predictions, 2), metrics.confusion_matrix(labels, predictions)
    )


def test_the_descent_by_hand_is_that_of_the_oracle():
    """Each step follows the gradient that the tests' oracle derives in another way."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(7, 2)), (np.arange(7) % 2)[:, np.newaxis].astype(float)
    start = np.zeros((2, 1), np.float32), np.zeros((1,), np.float32)

    path = _by_hand.descent_by_hand(x, y, 0.01, 50)

    gradients = oracles.sigmoid_gradients(x, y)
    weight, bias = oracles.sgd_steps(gradients, start, steps=50)
    np.testing.assert_allclose(path[-1], [*weight[:, 0], *bias], rtol=1e-5)
