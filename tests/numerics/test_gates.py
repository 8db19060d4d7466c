"""LSTM and GRU by hand, compared with steps on paper and with Keras' layers, and their mutants."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from workshop.numerics import gates
from workshop.numerics.recurrent import unroll

# sequences, steps, inputs and units of each
SIZES = [(3, 5, 2, 4), (1, 1, 1, 1), (2, 20, 7, 3), (5, 3, 1, 8), (4, 6, 32, 32)]
TOLERANCE = 1e-5
SHARPER = 100 * TOLERANCE
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


def columns(weights, order):
    """Return weights with the gates in another order."""
    count = len(order)
    return {
        role: np.concatenate([np.split(value, count, axis=-1)[gate] for gate in order], axis=-1)
        for role, value in weights.items()
    }


def swapped(count):
    """Return all orders of n gates in which two have changed places."""
    pairs = list(itertools.combinations(range(count), 2))
    return [[{a: b, b: a}.get(gate, gate) for gate in range(count)] for a, b in pairs]


def test_lstm_step_on_paper() -> None:
    """Half of 5 plus −0.8 is 1.7, and the output gate gives half of its tanh."""
    weights = {
        "kernel": np.zeros((1, 4)),
        "recurrent": np.zeros((1, 4)),
        "bias": np.array([40, 0, np.arctanh(-0.8), 0]),
    }

    step = gates.lstm(np.zeros((1, 1, 1)), state=(np.zeros((1, 1)), np.full((1, 1), 5.0)), **weights)

    assert step.forget.item() == 0.5
    assert step.cell.item() == pytest.approx(1.7, abs=1e-12)
    assert step.hidden.item() == pytest.approx(0.5 * np.tanh(1.7), abs=1e-12)


@pytest.mark.parametrize(("bias", "expected"), [(1000.0, 5.0), (-1000.0, np.tanh(0.3))])
def test_gru_step_on_paper(bias: float, expected: Any) -> None:
    """An update gate of 1 keeps the state as it was, one of 0 puts the candidate in its place."""
    weights = {
        "kernel": np.zeros((1, 3)),
        "recurrent": np.zeros((1, 3)),
        "bias": np.array([bias, 0.0, 0.3]),
    }

    step = gates.gru(np.zeros((1, 1, 1)), state=np.full((1, 1), 5.0), reset_after=False, **weights)

    assert step.hidden.item() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("size", SIZES)
@GIVEN
def test_lstm_is_keras_lstm(keras: Any, size: Any, given: Any) -> None:
    """Hidden states at every step, and both states after the last, are those of Keras' layer."""
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
def test_gru_is_keras_gru(keras: Any, size: Any, reset_after: bool, given: Any) -> None:
    """Hidden states at every step and the one after the last are those of Keras' layer of either variant."""
    x, weights, states = example(size, 3, biases=(2,) if reset_after else ())
    state = states[0] if given else None
    layer = keras.layers.GRU(size[-1], return_sequences=True, return_state=True, reset_after=reset_after)
    every_step, hidden = in_keras(layer, x, weights, None if state is None else [state])

    found = gates.gru(x, state=state, reset_after=reset_after, **weights)

    np.testing.assert_allclose(found.hidden, every_step, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(found.hidden[:, -1], hidden, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("order", swapped(4), ids=str)
def test_lstm_with_two_gates_swapped_is_another(keras: Any, order: Any) -> None:
    """Whichever two gates change places, the outputs are far from Keras'."""
    x, weights, _ = example(SIZES[0], 4)
    expected = in_keras(keras.layers.LSTM(4, return_sequences=True), x, weights)

    found = gates.lstm(x, **columns(weights, order)).hidden

    assert np.abs(found - expected).max() > SHARPER


@pytest.mark.parametrize("reset_after", [False, True])
@pytest.mark.parametrize("order", swapped(3), ids=str)
def test_gru_with_two_gates_swapped_is_another(keras: Any, order: Any, reset_after: bool) -> None:
    """Whichever two gates change places, the outputs are far from Keras'."""
    x, weights, _ = example(SIZES[0], 3, biases=(2,) if reset_after else ())
    layer = keras.layers.GRU(4, return_sequences=True, reset_after=reset_after)
    expected = in_keras(layer, x, weights)

    found = gates.gru(x, reset_after=reset_after, **columns(weights, order)).hidden

    assert np.abs(found - expected).max() > SHARPER


@pytest.mark.parametrize("gate", gates.LSTM_GATES)
def test_lstm_without_a_bias_is_another(keras: Any, gate: Any) -> None:
    """Leaving out the bias of any gate is far from Keras."""
    x, weights, _ = example(SIZES[0], 4)
    expected = in_keras(keras.layers.LSTM(4, return_sequences=True), x, weights)
    place = gates.LSTM_GATES.index(gate)
    weights["bias"][4 * place : 4 * place + 4] = 0

    assert np.abs(gates.lstm(x, **weights).hidden - expected).max() > SHARPER


def test_lstm_without_tanh_on_the_cell_state_is_another(keras: Any) -> None:
    """Multiplying the cell state itself by the output gate, as chapter 6 says, is far from Keras."""
    x, weights, _ = example(SIZES[0], 4)
    expected = in_keras(keras.layers.LSTM(4, return_sequences=True), x, weights)

    assert np.abs(gates.lstm(x, cell_activation=np.array, **weights).hidden - expected).max() > SHARPER


@pytest.mark.parametrize("reset_after", [False, True])
def test_gru_of_the_other_variant_is_another(keras: Any, reset_after: bool) -> None:
    """Where only the place of the reset differs (the second bias is 0), outputs are far from Keras'."""
    x, weights, _ = example(SIZES[0], 3)
    doubled = {**weights, "bias": np.stack([weights["bias"], 0 * weights["bias"]])}
    of_variant = {False: weights, True: doubled}
    layer = keras.layers.GRU(4, return_sequences=True, reset_after=reset_after)
    expected = in_keras(layer, x, of_variant[reset_after])

    other = gates.gru(x, reset_after=not reset_after, **of_variant[not reset_after])

    assert np.abs(other.hidden - expected).max() > SHARPER


@pytest.mark.parametrize("reset_after", [False, True])
def test_gru_with_its_update_turned_round_is_another(keras: Any, reset_after: bool) -> None:
    """With z and 1 − z exchanged (all weights of z negated) the outputs are far from Keras'."""
    x, weights, _ = example(SIZES[0], 3, biases=(2,) if reset_after else ())
    layer = keras.layers.GRU(4, return_sequences=True, reset_after=reset_after)
    expected = in_keras(layer, x, weights)
    for value in weights.values():
        value[..., :4] *= -1

    assert np.abs(gates.gru(x, reset_after=reset_after, **weights).hidden - expected).max() > SHARPER


@pytest.mark.parametrize("second", [0.0, 1.0])
def test_second_bias_counts_where_the_reset_comes_after(second: float) -> None:
    """Both variants agree where nothing is reset and the second bias is 0, and only there."""
    x, weights, _ = example(SIZES[0], 3)
    weights["bias"][4:8] = 1000
    doubled = np.stack([weights["bias"], np.full_like(weights["bias"], second)])

    before = gates.gru(x, reset_after=False, **weights)
    after = gates.gru(x, reset_after=True, **{**weights, "bias": doubled})

    np.testing.assert_array_equal(before.reset, 1)
    assert (np.abs(after.hidden - before.hidden).max() < 1e-12) == (second == 0)


def test_lstm_without_gates_is_the_plain_recurrence() -> None:
    """Forgetting all, taking in and giving out all, without tanh on the cell state: tanh(x W + h U + b)."""
    x, plain, _ = example(SIZES[0], 1)
    saturated = {0: 1000, 1: -1000, 3: 1000}
    weights = {
        role: np.concatenate(
            [
                value if gate == 2 else np.full_like(value, saturated[gate] if role == "bias" else 0)
                for gate in range(4)
            ],
            axis=-1,
        )
        for role, value in plain.items()
    }

    found = gates.lstm(x, cell_activation=np.array, **weights)

    np.testing.assert_allclose(found.hidden, unroll(x.astype(np.float64), **plain), rtol=0, atol=1e-12)


def test_layers_go_on_from_their_states() -> None:
    """The second half, started from the states after the first, is the second half of the whole."""
    x, weights, _ = example((3, 6, 2, 4), 4)
    of_gru = drawn(3, 2, 4, biases=(2,))
    whole, whole_gru = gates.lstm(x, **weights), gates.gru(x, reset_after=True, **of_gru)

    rest = gates.lstm(x[:, 2:], state=(whole.hidden[:, 1], whole.cell[:, 1]), **weights)
    rest_gru = gates.gru(x[:, 2:], state=whole_gru.hidden[:, 1], reset_after=True, **of_gru)

    np.testing.assert_array_equal(rest.cell, whole.cell[:, 2:])
    np.testing.assert_array_equal(rest.hidden, whole.hidden[:, 2:])
    np.testing.assert_array_equal(rest_gru.hidden, whole_gru.hidden[:, 2:])


def test_states_and_gates_are_float64_whatever_comes_in() -> None:
    """Single precision weights and inputs lose nothing on the way; gates lie in their ranges."""
    x, weights, _ = example(SIZES[0], 4)

    steps = vars(gates.lstm(100 * x, **weights))

    assert {part.dtype for part in steps.values()} == {np.dtype(np.float64)}
    assert {part.shape for part in steps.values()} == {(3, 5, 4)}
    assert all(0 <= steps[gate].min() <= steps[gate].max() <= 1 for gate in ("input", "forget", "output"))
    assert steps["candidate"].min() < -0.9


# units, inputs: weights of a plain RNN, an LSTM, a GRU, a GRU with a second bias, a bidirectional LSTM
COUNTS = [(32, 32, 2080, 8320, 6240, 6336, 16640), (2, 3, 12, 48, 36, 42, 96)]


@pytest.mark.parametrize(("units", "inputs", "plain", "lstm", "gru", "second_bias", "both"), COUNTS)
def test_weight_counts_on_paper(
    units: Any, inputs: Any, plain: Any, lstm: Any, gru: Any, second_bias: Any, both: Any
) -> None:
    """Units times units, inputs and biases; times the gates, times the directions."""
    size = {"units": units, "inputs": inputs}

    assert gates.plain_weight_count(**size) == plain
    assert gates.lstm_weight_count(**size) == lstm
    assert gates.gru_weight_count(**size, reset_after=False) == gru
    assert gates.gru_weight_count(**size, reset_after=True) == second_bias
    assert 2 * gates.lstm_weight_count(**size) == both


@pytest.mark.parametrize(("units", "inputs"), [(32, 32), (5, 3), (7, 1)])
def test_weight_counts_are_those_of_keras(keras: Any, units: int, inputs: int) -> None:
    """Layers of Keras have as many weights as the formulas say."""
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
