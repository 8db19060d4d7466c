"""LSTM and GRU by hand, compared with steps on paper and with Keras' layers, and their mutants."""

import numpy as np
import pytest

from workshop.numerics import gates

# sequences, steps, inputs and units of each
SIZES = [(3, 5, 2, 4), (1, 1, 1, 1), (2, 20, 7, 3), (5, 3, 1, 8), (4, 6, 32, 32)]
TOLERANCE = 1e-5
GIVEN = pytest.mark.parametrize("given", [False, True], ids=["from zeros", "from a state"])


def drawn(count, inputs, units, *, biases=(), seed=0):
    """Return weights and biases of n gates, drawn: biases of 0 would hide their mistakes."""
    rng = np.random.default_rng(seed)
    shapes = {
        "kernel": (inputs, count * units),
        "recurrent": (units, count * units),
        "bias": (*biases, count * units),
    }
    return {role: rng.normal(scale=0.7, size=shape).astype(np.float32) for role, shape in shapes.items()}


def example(size, count, *, biases=(), seed=0):
    """Return sequences, weights and two states of one size."""
    rows, steps, inputs, units = size
    rng = np.random.default_rng(seed + 1)
    x = rng.normal(size=(rows, steps, inputs)).astype(np.float32)
    states = rng.normal(size=(2, rows, units)).astype(np.float32)
    return x, drawn(count, inputs, units, biases=biases, seed=seed), states


def in_keras(layer, x, weights, states=None):
    """Return what a layer with given weights returns, as arrays."""
    layer.build((None, None, x.shape[-1]))
    layer.set_weights(list(weights.values()))
    outputs = layer(x) if states is None else layer(x, initial_state=list(states))
    return [part.numpy() for part in outputs] if isinstance(outputs, list | tuple) else outputs.numpy()


def test_lstm_step_on_paper():
    weights = {
        "kernel": np.zeros((1, 4)),
        "recurrent": np.zeros((1, 4)),
        "bias": np.array([40, 0, np.arctanh(-0.8), 0]),
    }

    step = gates.lstm(np.zeros((1, 1, 1)), state=(np.zeros((1, 1)), np.full((1, 1), 5.0)), **weights)

    assert step.forget.item() == 0.5
    assert step.cell.item() == pytest.approx(1.7, abs=1e-12)
    assert step.hidden.item() == pytest.approx(0.5 * np.tanh(1.7), abs=1e-12)


@pytest.mark.parametrize("size", SIZES)
@GIVEN
def test_lstm_is_keras_lstm(keras, size, given):
    x, weights, states = example(size, 4)
    layer = keras.layers.LSTM(size[-1], return_sequences=True, return_state=True)
    every_step, hidden, cell = in_keras(layer, x, weights, states if given else None)

    found = gates.lstm(x, state=tuple(states) if given else None, **weights)

    np.testing.assert_allclose(found.hidden, every_step, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(found.hidden[:, -1], hidden, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(found.cell[:, -1], cell, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("reset_after", [False, True])
@GIVEN
def test_gru_is_keras_gru(keras, size, reset_after, given):
    x, weights, states = example(size, 3, biases=(2,) if reset_after else ())
    state = states[0] if given else None
    layer = keras.layers.GRU(size[-1], return_sequences=True, return_state=True, reset_after=reset_after)
    every_step, hidden = in_keras(layer, x, weights, None if state is None else [state])

    found = gates.gru(x, state=state, reset_after=reset_after, **weights)

    np.testing.assert_allclose(found.hidden, every_step, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(found.hidden[:, -1], hidden, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("second", [0.0, 1.0])
def test_second_bias_counts_where_the_reset_comes_after(second):
    x, weights, _ = example(SIZES[0], 3)
    weights["bias"][4:8] = 1000
    doubled = np.stack([weights["bias"], np.full_like(weights["bias"], second)])

    before = gates.gru(x, reset_after=False, **weights)
    after = gates.gru(x, reset_after=True, **{**weights, "bias": doubled})

    np.testing.assert_array_equal(before.reset, 1)
    assert (np.abs(after.hidden - before.hidden).max() < 1e-12) == (second == 0)


def test_states_and_gates_are_float64_whatever_comes_in():
    x, weights, _ = example(SIZES[0], 4)

    steps = vars(gates.lstm(100 * x, **weights))

    assert {part.dtype for part in steps.values()} == {np.dtype(np.float64)}
    assert {part.shape for part in steps.values()} == {(3, 5, 4)}
    assert all(0 <= steps[gate].min() <= steps[gate].max() <= 1 for gate in ("input", "forget", "output"))
    assert steps["candidate"].min() < -0.9


@pytest.mark.parametrize(("units", "inputs"), [(32, 32), (5, 3), (7, 1)])
def test_weight_counts_are_those_of_keras(keras, units, inputs):
    layers, size = keras.layers, {"units": units, "inputs": inputs}
    lstm = gates.lstm_weight_count(**size)
    table = [
        (layers.SimpleRNN(units), gates.plain_weight_count(**size)),
        (layers.LSTM(units), lstm),
        (layers.GRU(units, reset_after=False), gates.gru_weight_count(**size, reset_after=False)),
        (layers.GRU(units, reset_after=True), gates.gru_weight_count(**size, reset_after=True)),
        (layers.Bidirectional(layers.LSTM(units)), 2 * lstm),
    ]

    for layer, count in table:
        layer.build((None, None, inputs))
        assert layer.count_params() == count
