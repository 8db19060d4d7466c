"""Cells, layers and gradients of chapter 6: what the probes tell of layers that are built otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from workshop.ledger import ledger
from workshop.measures.ch06_sentiment import (
    _cells,
    _gradients,
    text07_lstm_versus_plain_rnn,
    text08_gru,
    text10_bidirectional,
)
from workshop.numerics import gates
from workshop.numerics.recurrent import unroll
from workshop.training import backend

pytestmark = pytest.mark.usefixtures("tensorflow")

GATES = dict(vars(gates))


class Changed:
    """A module with some names changed."""

    def __init__(self, module, **changes) -> None:
        self.__dict__.update(changes)
        self._module = module

    def __getattr__(self, name):
        return getattr(self._module, name)


def swapped_lstm(first, second):
    """Return the LSTM by hand with the columns of two gates exchanged."""
    order = {first: second, second: first}

    def lstm(x, *, kernel, recurrent, bias, **other):
        turned = [
            np.concatenate([np.split(value, 4, axis=-1)[order.get(gate, gate)] for gate in range(4)], axis=-1)
            for value in (kernel, recurrent, bias)
        ]
        return GATES["lstm"](x, **dict(zip(("kernel", "recurrent", "bias"), turned, strict=True)), **other)

    return lstm


def test_what_a_layer_needs_is_named_by_the_equations(monkeypatch, tensorflow) -> None:
    """A state that no equation gives is unknown; one that the rest does not depend on is not named."""
    lstm = tensorflow.keras.layers.LSTM(4, return_sequences=True, return_state=True, dtype="float64")
    _cells.drawn(lstm, 3)
    monkeypatch.setattr(_cells, "gates", Changed(gates, lstm=swapped_lstm(0, 1)))

    assert _cells.handed_on(lstm).names == ["unknown state", "unknown state"]


def test_a_layer_that_starts_anew_hands_nothing_on(tensorflow) -> None:
    """Where all weights on the state are 0 and all is forgotten, no state moves the rest."""
    lstm = tensorflow.keras.layers.LSTM(4, return_sequences=True, return_state=True, dtype="float64")
    kernel, recurrent, bias = _cells.drawn(lstm, 3).get_weights()
    bias[4:8] = -1000
    lstm.set_weights([kernel, 0 * recurrent, bias])

    assert _cells.handed_on(lstm).names == []


def test_an_lstm_is_refused_as_a_cell_of_one_state(tensorflow) -> None:
    """The claim that the hidden state alone is passed on refuses what an LSTM passes on."""
    claim = ledger().claims["ch06.text08.single_state"]
    lstm = tensorflow.keras.layers.LSTM(4, return_sequences=True, return_state=True, dtype="float64")
    other, own = _cells.handed_on(_cells.drawn(lstm, 3)), text08_gru.gated_recurrence()

    assert claim.rule.decide(claim.documented, {"passed": own.single_state, "gap": own.continued_gap}).holds
    assert not claim.rule.decide(claim.documented, {"passed": other.names, "gap": other.gap}).holds


class OneWay:
    """Two LSTMs side by side that both read forwards."""

    def __init__(self, keras, inputs, units=4) -> None:
        self.halves = [
            _cells.drawn(keras.layers.LSTM(units, return_sequences=True), inputs, seed) for seed in (1, 2)
        ]
        self.joined = keras.layers.Concatenate()

    def __call__(self, x):
        return self.joined([half(x) for half in self.halves])


def test_a_backward_half_that_is_not_reversed_reads_forwards(tensorflow) -> None:
    """Of two layers that read forwards both orders are those of the sentence."""
    terms = ["Life", "is", "good", "enough"]

    assert text10_bidirectional.reading_orders(OneWay(tensorflow.keras, 4), terms) == {
        "forward": terms,
        "backward": terms,
    }


def test_terms_that_are_read_at_once_stand_in_one_place(tensorflow) -> None:
    """A layer whose outputs all depend on all terms has no order."""
    one_way = OneWay(tensorflow.keras, 3)

    def at_once(x):
        mean = tensorflow.reduce_mean(tensorflow.constant(x) * [[[1.0], [2.0], [3.0]]], axis=1, keepdims=True)
        return one_way(tensorflow.repeat(mean, 3, axis=1))

    found = text10_bidirectional.reading_orders(at_once, ["Life", "is", "good"])

    assert found["forward"] == found["backward"] == ["Life and is and good", "", ""]


def test_gradient_by_step_is_backpropagation_by_hand() -> None:
    """δ(t − 1) = δ(t) (1 − h²) Uᵀ down the steps, each times Wᵀ on its way to the input."""
    rng = np.random.default_rng(8)
    model = _gradients.model_of(backend.keras.layers.SimpleRNN(5, dtype="float64"), 3)
    kernel, recurrent, bias = (rng.normal(size=w.shape) for w in model.get_weights())
    model.set_weights([kernel, recurrent, bias])
    x = rng.normal(size=(4, 7, 3))
    states = unroll(x, kernel=kernel, recurrent=recurrent, bias=bias)
    expected, delta = [], np.ones((4, 5))
    for state in np.moveaxis(states, 1, 0)[::-1]:
        delta = delta * (1 - state**2)
        expected.insert(0, np.linalg.norm(delta @ kernel.T))
        delta = delta @ recurrent.T

    np.testing.assert_allclose(_gradients.gradients_by_step(model)(x), expected, rtol=1e-9)


def test_a_gate_without_effect_is_not_counted(tensorflow) -> None:
    """Gates count by what their biases change: an output that ignores a gate's biases has one gate fewer."""
    lstm = _cells.drawn(tensorflow.keras.layers.LSTM(4), 3)

    class WithoutOutputGate:
        """The last cell state: the output gate does nothing at the last step, and all recurrence is cut."""

        units = 4

        def __init__(self) -> None:
            layer = tensorflow.keras.layers.LSTM(4, return_state=True)
            layer.build((None, None, 3))
            kernel, recurrent, bias = lstm.get_weights()
            layer.set_weights([kernel, 0 * recurrent, bias])
            self.layer, self.get_weights, self.set_weights = layer, layer.get_weights, layer.set_weights

        def __call__(self, x):
            return self.layer(x)[2]

    assert text08_gru.acting_gates(lstm, 3) == 4
    assert text08_gru.acting_gates(WithoutOutputGate(), 3) == 3


def test_a_fifth_of_the_labels_is_wrong() -> None:
    """All others are 1 if the first feature's sum is positive."""
    x, y = text07_lstm_versus_plain_rnn.noisy_sequences(np.random.default_rng(0), 20000, 8, 3, 0.2)

    assert (x.shape, y.shape) == ((20000, 8, 3), (20000, 1))
    assert 0.19 < np.mean((x[:, :, 0].sum(axis=1) > 0) != (y[:, 0] == 1)) < 0.21
