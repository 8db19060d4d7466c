"""Tables of layers against Keras' layers, row by row; what each row must not be taken for."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workshop.numerics.reference_network import (
    ACTIVATIONS,
    Layer,
    batch_norm,
    bidirectional,
    by_layer,
    conv1d,
    conv2d,
    conv2d_transpose,
    dense,
    embedding,
    forward,
    gru,
    is_norm,
    lstm,
    max_pool1d,
    max_pool2d,
    repeat,
    reshape,
    rnn,
    signals,
)

SAME = {"strides": 2, "padding": "same"}
STEPS, IMAGE = (10, 3), (8, 7, 2)
Build = Callable[[Any], list[Any]]
# by name: table, shape of an input, Keras' layers, and layers that only look like them
ROWS: dict[str, tuple[list[Layer], tuple[int, ...], Build, list[Build]]] = {
    "dense": ([dense()], (4,), lambda k: [k.Dense(3)], [lambda k: [k.Dense(3, "relu")]]),
    "convolution of sequences": (
        [conv1d("relu"), max_pool1d(3), reshape(-1)],
        STEPS,
        lambda k: [k.Conv1D(5, 3, activation="relu"), k.MaxPooling1D(3), k.Flatten()],
        [
            lambda k: [k.Conv1D(5, 3), k.MaxPooling1D(3), k.Flatten()],
            lambda k: [k.Conv1D(5, 3, activation="relu"), k.AveragePooling1D(3), k.Flatten()],
        ],
    ),
    "convolution of images": (
        [conv2d("relu", padding="same"), max_pool2d(2)],
        IMAGE,
        lambda k: [k.Conv2D(4, 3, activation="relu", padding="same"), k.MaxPooling2D(2)],
        [
            lambda k: [k.Conv2D(4, 3, padding="same"), k.MaxPooling2D(2)],
            lambda k: [k.Conv2D(4, 3, activation="relu", padding="same"), k.AveragePooling2D(2)],
        ],
    ),
    "strides": (
        [conv2d("leaky_relu", **SAME)],
        IMAGE,
        lambda k: [k.Conv2D(4, 5, **SAME), k.LeakyReLU(0.2)],
        [lambda k: [k.Conv2D(4, 5, **SAME), k.LeakyReLU()]],
    ),
    "overlapping pools": (
        [max_pool2d(3, strides=1)],
        IMAGE,
        lambda k: [k.MaxPooling2D(3, 1)],
        [lambda k: [k.AveragePooling2D(3, 1)]],
    ),
    "transposed convolution": (
        [conv2d_transpose("tanh", **SAME)],
        IMAGE,
        lambda k: [k.Conv2DTranspose(3, 5, activation="tanh", **SAME)],
        [lambda k: [k.Conv2DTranspose(3, 5, **SAME)]],
    ),
    "normalisation": (
        [batch_norm()],
        IMAGE,
        lambda k: [k.BatchNormalization()],
        [lambda k: [k.BatchNormalization(epsilon=0.1)]],
    ),
    "recurrence": (
        [rnn(every_step=True)],
        STEPS,
        lambda k: [k.SimpleRNN(4, return_sequences=True)],
        [lambda k: [k.SimpleRNN(4, activation="relu", return_sequences=True)]],
    ),
    "last output": (
        [rnn(), dense()],
        STEPS,
        lambda k: [k.SimpleRNN(4), k.Dense(1)],
        [
            lambda k: [k.SimpleRNN(4, go_backwards=True), k.Dense(1)],
            lambda k: [k.SimpleRNN(4), k.Dense(1, "sigmoid")],
        ],
    ),
    "repeated input": (
        [reshape(-1), repeat(6), rnn(every_step=True)],
        (1, 3),
        lambda k: [k.Flatten(), k.RepeatVector(6), k.SimpleRNN(4, return_sequences=True)],
        [],
    ),
    "LSTM": (
        [lstm()],
        STEPS,
        lambda k: [k.LSTM(4)],
        [lambda k: [k.LSTM(4, activation="relu")], lambda k: [k.LSTM(4, go_backwards=True)]],
    ),
    "LSTMs": (
        [lstm(every_step=True), lstm()],
        STEPS,
        lambda k: [k.LSTM(4, return_sequences=True), k.LSTM(4)],
        [lambda k: [k.LSTM(4, return_sequences=True), k.LSTM(4, go_backwards=True)]],
    ),
    "GRU": (
        [gru()],
        STEPS,
        lambda k: [k.GRU(4, reset_after=False)],
        [lambda k: [k.GRU(4, reset_after=False, recurrent_activation="hard_sigmoid")]],
    ),
    "both directions": (
        [bidirectional(lstm(every_step=True))],
        STEPS,
        lambda k: [k.Bidirectional(k.LSTM(4))],
        [lambda k: [k.Bidirectional(k.LSTM(4, go_backwards=True), backward_layer=k.LSTM(4))]],
    ),
}


def gap(keras: Any, table: list[Layer], shape: tuple[int, ...], layers: list[Any]) -> float:
    """Return how far a network with drawn weights is from a table, by its largest output."""
    model = keras.models.Sequential([keras.layers.InputLayer(shape), *layers])
    rng = np.random.default_rng(3)
    model.set_weights([rng.uniform(0.1, 0.9, w.shape) - 0.5 * (w.ndim > 1) for w in model.get_weights()])
    x = rng.normal(size=(6, *shape)).astype(np.float32)
    found, expected = np.asarray(model(x)), forward(table, model.get_weights(), x)
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("name", ROWS)
def test_a_table_gives_what_keras_gives(keras, name):
    table, shape, right, wrong = ROWS[name]

    assert gap(keras, table, shape, right(keras.layers)) < 1e-5
    assert [n for n, build in enumerate(wrong) if gap(keras, table, shape, build(keras.layers)) < 1e-3] == []


@pytest.mark.parametrize("name", [n for n in ACTIVATIONS if n != "leaky_relu"])
def test_activations_are_those_of_keras(keras, name):
    z = np.linspace(-30, 30, 1200, dtype=np.float32).reshape(3, -1)

    found = np.asarray(keras.activations.get(name)(z))

    np.testing.assert_allclose(ACTIVATIONS[name](z), found, rtol=1e-5, atol=1e-6)


def test_a_leaky_relu_lets_a_fifth_through():
    np.testing.assert_allclose(ACTIVATIONS["leaky_relu"](np.array([-5.0, 0.0, 5.0])), [-1, 0, 5])


def test_words_become_their_vectors():
    vectors = np.arange(6.0).reshape(3, 2)

    np.testing.assert_array_equal(forward([embedding()], [vectors], np.array([[2, 0]])), [[[4, 5], [0, 1]]])


def test_an_activation_can_be_left_out():
    table = [dense("relu"), dense("tanh")]
    weights, x = [-np.eye(1), np.zeros(1), np.eye(1), np.zeros(1)], np.ones((1, 1))

    found = [forward(table, weights, x, without=places).item() for places in ((), (0,), (1,), range(2))]

    assert found == pytest.approx([0, np.tanh(-1), 0, -1])


def test_in_training_a_batch_is_normalised_by_its_own_moments():
    x = np.array([[1.0], [3.0]])
    weights = [np.full(1, 2.0), np.full(1, 5.0), np.full(1, 100.0), np.full(1, 100.0)]

    entering, found = signals([batch_norm()], weights, x, training=True)

    np.testing.assert_array_equal(entering, x)
    np.testing.assert_allclose(found, [[3], [7]], atol=2e-3)
    assert is_norm(batch_norm())
    assert not is_norm(dense())


@pytest.mark.parametrize("count", [1, 3])
def test_another_number_of_arrays_is_refused(count):
    with pytest.raises(ValueError, match=f"{count} arrays of weights for layers that take 2: list every"):
        by_layer([dense(), reshape(-1)], [np.zeros((1, 1))] * count)
