"""Cells, layers and gradients of chapter 6: the probes with mutants that the claims refuse."""

from __future__ import annotations

import numpy as np
import pytest

from tests.chapters.deciding import holds
from workshop.chapters.ch06_sentiment import (
    _cells,
    _gradients,
    text01_vanishing_gradients,
    text06_lstm,
    text07_lstm_versus_plain_rnn,
    text08_gru,
    text10_bidirectional,
    text11_stacked,
)
from workshop.ledger import ledger
from workshop.numerics import gates
from workshop.numerics.recurrent import unroll
from workshop.numerics.similarity import distance
from workshop.training import backend

pytestmark = pytest.mark.usefixtures("tensorflow")

GATES = dict(vars(gates))
PAIRS = [(a, b) for a in range(4) for b in range(a)]


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


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_claims_on_the_cell_refuse_swapped_gates(monkeypatch, first, second) -> None:
    """With two gates exchanged the equations, the cell's line and the worked example are refused."""
    monkeypatch.setattr(text06_lstm, "gates", Changed(gates, lstm=swapped_lstm(first, second)))

    outcome = text06_lstm.cell_state()

    assert not holds("ch06.text06.equations", outcome)
    assert not holds("ch06.text06.linear_state", outcome)
    assert not holds("ch06.text06.cell_update", outcome)


def no_forget_bias(x, *, bias, **other):
    """Return the LSTM by hand without the bias of its forget gate."""
    units = len(bias) // 4
    return GATES["lstm"](x, bias=np.where(np.arange(len(bias)) // units == 1, 0, bias), **other)


def test_claims_on_the_cell_refuse_a_forget_gate_without_bias(monkeypatch) -> None:
    """Without the forget gate's bias nothing is forgotten at will, and the equations differ from Keras."""
    monkeypatch.setattr(text06_lstm, "gates", Changed(gates, lstm=no_forget_bias))

    outcome = text06_lstm.cell_state()

    assert not holds("ch06.text06.equations", outcome)
    assert not holds("ch06.text06.forget_extremes", outcome)
    assert not holds("ch06.text06.linear_state", outcome)


def test_an_activation_on_the_cell_state_is_no_line(monkeypatch) -> None:
    """A cell state that passes tanh is refused as linear, by hand and in what is compared with Keras."""

    def squashed(x, **weights):
        steps = GATES["lstm"](x, **weights)
        return gates.LSTMSteps(**{**vars(steps), "cell": np.tanh(steps.cell)})

    monkeypatch.setattr(text06_lstm, "gates", Changed(gates, lstm=squashed))

    outcome = text06_lstm.cell_state()

    assert outcome.linear_state["by_hand"].nothing_else > 0.01
    assert not holds("ch06.text06.linear_state", outcome)
    assert not holds("ch06.text06.equations", outcome)


def test_a_new_layer_without_unit_forget_bias_is_refused(monkeypatch, tensorflow) -> None:
    """A layer whose forget bias starts at 0 does not start as Keras' default does."""

    def plain_start(units, **settings):
        return tensorflow.keras.layers.LSTM(units, unit_forget_bias=False, **settings)

    changed = Changed(tensorflow.keras, layers=Changed(tensorflow.keras.layers, LSTM=plain_start))
    monkeypatch.setattr(text06_lstm, "keras", changed)

    outcome = text06_lstm.cell_state()

    assert outcome.starting_bias["forget"] == [0, 0]
    assert not holds("ch06.text06.starting_bias", outcome)
    assert holds("ch06.text06.equations", outcome)


def test_an_lstm_with_tanh_on_the_cell_is_no_plain_rnn(monkeypatch) -> None:
    """With Keras' tanh in the cell that is described the claim that it reduces is refused."""

    def with_tanh(x, *, cell_activation, **weights):
        return GATES["lstm"](x, **weights)

    monkeypatch.setattr(text06_lstm, "gates", Changed(gates, lstm=with_tanh))

    assert not holds("ch06.text06.reduces_to_rnn", text06_lstm.lstm_size())


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


@pytest.mark.parametrize("reset_after", [False, True])
def test_gru_of_the_other_variant_is_refused(monkeypatch, reset_after) -> None:
    """A GRU by hand whose reset stands elsewhere differs from Keras' of the one variant."""

    def other(x, *, bias, reset_after, **weights):
        bias = bias[0] + bias[1] if reset_after else np.stack([bias, 0 * bias])
        return GATES["gru"](x, bias=bias, reset_after=not reset_after, **weights)

    monkeypatch.setattr(text08_gru, "gates", Changed(gates, gru=other))

    assert text08_gru.gru_gap(reset_after, 4, 3) > 1e-3


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


BIDIRECTIONAL_MUTANTS = {
    "merged by sum": lambda x, there, back: np.tile(there(x) + back(x[:, ::-1])[:, ::-1], 2),
    "backward half not reversed": lambda x, there, back: np.concatenate([there(x), back(x)], axis=-1),
}


@pytest.mark.parametrize("mutant", BIDIRECTIONAL_MUTANTS)
def test_both_directions_put_together_otherwise_are_refused(monkeypatch, mutant) -> None:
    """What is not a concatenation of both readings differs from Keras."""

    def joined(x, there, back, *, every_step=True):
        outputs = BIDIRECTIONAL_MUTANTS[mutant](x, there, back)
        return outputs if every_step else outputs[:, -1]

    monkeypatch.setattr(text10_bidirectional, "gates", Changed(gates, bidirectional=joined))

    outcome = text10_bidirectional.both_directions()

    assert min(outcome.equations.values()) > 1e-3
    assert not holds("ch06.text10.equations", outcome)


def test_a_second_layer_on_the_last_output_alone_is_refused(monkeypatch) -> None:
    """If the second LSTM reads one state instead of all, the stack differs from Keras'."""

    def on_the_last(x, stack):
        first, second = stack
        return second(first(x)[:, -1:])

    monkeypatch.setattr(text11_stacked, "gates", Changed(gates, stacked=on_the_last))

    assert not holds("ch06.text11.equations", text11_stacked.on_top_of_each_other())


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


def test_gradients_measured_from_the_wrong_end_are_refused(monkeypatch) -> None:
    """Turned round, the gradients neither vanish nor stop to reach after some steps."""
    right = _gradients.gradients_by_step
    for module in (text01_vanishing_gradients, text07_lstm_versus_plain_rnn):
        monkeypatch.setattr(module, "gradients_by_step", lambda model: lambda x: right(model)(x)[::-1])

    assert not holds("ch06.text01.vanishing", text01_vanishing_gradients.vanishing())
    assert not holds("ch06.text07.short_threshold", text07_lstm_versus_plain_rnn.short_sequences(nets=4))


def test_gradients_followed_below_a_thousandth_are_refused(monkeypatch) -> None:
    """The claim speaks of 1e-3; a smaller share is kept over more steps, and would pass for it."""
    right = text07_lstm_versus_plain_rnn.short_sequences(nets=20)
    monkeypatch.setattr(text07_lstm_versus_plain_rnn, "GONE", 1e-6)
    wrong = text07_lstm_versus_plain_rnn.short_sequences(nets=20)

    assert right.weakest_kept > 1e-3 >= right.weakest_after
    assert 10 <= wrong.short_threshold <= 99
    assert not holds("ch06.text07.short_threshold", wrong)


@pytest.mark.parametrize(
    "settings", [{"recurrent": 1.5}, {"recurrent": 0.5}, {"forget_bias": 0.0}, {"steps": 50}], ids=str
)
def test_other_networks_do_not_decide_the_vanishing(settings) -> None:
    """Another spectral norm, a forget gate that is not open, or fewer steps are refused."""
    assert not holds("ch06.text01.vanishing", text01_vanishing_gradients.vanishing(**settings))


def clipped_as(tensorflow, mutant):
    """Return TensorFlow with its two ways of clipping replaced."""
    by_value, by_norm = tensorflow.clip_by_value, tensorflow.clip_by_global_norm
    changes = {
        "by value instead of norm": {
            "clip_by_global_norm": lambda gradients, cap: ([by_value(g, -cap, cap) for g in gradients], None)
        },
        "by norm instead of value": {
            "clip_by_value": lambda gradient, low, cap: by_norm([gradient], cap)[0][0],
        },
        "each array by its own norm": {
            "clip_by_global_norm": lambda gradients, cap: (
                [tensorflow.clip_by_norm(g, cap) for g in gradients],
                None,
            )
        },
        "not at all": {
            "clip_by_value": lambda gradient, low, cap: gradient,
            "clip_by_global_norm": lambda gradients, cap: (gradients, None),
        },
    }
    return Changed(tensorflow, **changes[mutant])


@pytest.mark.parametrize(
    "mutant",
    ["by value instead of norm", "by norm instead of value", "each array by its own norm", "not at all"],
)
def test_other_clipping_is_refused(monkeypatch, tensorflow, mutant) -> None:
    """Clipping in another way than stated, or none, is noticed."""
    monkeypatch.setattr(text01_vanishing_gradients, "tf", clipped_as(tensorflow, mutant))

    assert not holds("ch06.text01.clipping", text01_vanishing_gradients.clipping())


def test_clipping_of_what_does_not_explode_proves_nothing() -> None:
    """Gradients that are inside the cap before are refused."""
    assert not holds("ch06.text01.clipping", text01_vanishing_gradients.clipping(cap=1e12))


def test_a_forget_gate_that_is_no_sigmoid_is_refused(monkeypatch, tensorflow) -> None:
    """A hard sigmoid stays between 0 and 1, too, and reaches both ends."""

    def hard(units, **settings):
        return tensorflow.keras.layers.LSTM(units, recurrent_activation="hard_sigmoid", **settings)

    changed = Changed(tensorflow.keras, layers=Changed(tensorflow.keras.layers, LSTM=hard))
    monkeypatch.setattr(text06_lstm, "keras", changed)

    found, expected = text06_lstm.forget_outputs(4, 3)

    assert (found.min(), found.max()) == (0, 1)
    claim = ledger().claims["ch06.text06.forget_range"]
    ends, off = [float(found.min()), float(found.max())], distance(found, expected)
    assert not claim.rule.decide(claim.documented, {"forget_range": ends, "off_the_sigmoid": off}).holds
    assert claim.rule.decide(claim.documented, {"forget_range": ends, "off_the_sigmoid": 0.0}).holds


def test_a_layer_that_is_as_wide_is_no_concatenation(tensorflow) -> None:
    """Halves that are summed, swapped, or read in one direction are refused; the width alone is 64."""
    claim = ledger().claims["ch06.text10.concat"]
    layers = tensorflow.keras.layers
    layer = _cells.drawn(layers.Bidirectional(layers.LSTM(32)), 3)
    x = _cells.sequences(5, 8, 3, "float32")
    there, back = np.split(layer(x).numpy(), 2, axis=-1)
    others = {
        "summed": np.concatenate([there + back] * 2, axis=-1),
        "swapped": np.concatenate([back, there], axis=-1),
        "one direction": np.concatenate([there, layer.backward_layer(x[:, ::-1]).numpy()], axis=-1),
    }

    class Gives:
        """The layer with other outputs."""

        forward_layer, backward_layer = layer.forward_layer, layer.backward_layer

        def __init__(self, outputs) -> None:
            self.outputs = outputs

        def __call__(self, x):
            return tensorflow.constant(self.outputs)

    right = text10_bidirectional.halves(layer, x)
    assert claim.rule.decide(64, {"concat": 64, **right}).holds
    for name, outputs in others.items():
        found = text10_bidirectional.halves(Gives(outputs), x)
        assert not claim.rule.decide(64, {"concat": 64, **found}).holds, name


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


def test_gradients_of_another_network_are_not_those_by_hand(monkeypatch, tensorflow) -> None:
    """With a linear recurrence the gradients vanish as well, but not as backpropagation through tanh says."""

    def linear(units, **settings):
        return tensorflow.keras.layers.SimpleRNN(units, activation="linear", **settings)

    changed = Changed(tensorflow.keras, layers=Changed(tensorflow.keras.layers, SimpleRNN=linear))
    monkeypatch.setattr(text01_vanishing_gradients, "keras", changed)

    outcome = text01_vanishing_gradients.vanishing()

    assert outcome.plain[0] < 1e-3
    assert outcome.off_by_hand > 0.1
    assert not holds("ch06.text01.vanishing", outcome)


def test_a_stack_that_reads_the_last_output_only_has_the_shapes(monkeypatch) -> None:
    """The claim on the shapes asks for the outputs by hand, too."""

    def on_the_last(x, stack):
        first, second = stack
        return second(first(x)[:, -1:])

    monkeypatch.setattr(text11_stacked, "gates", Changed(gates, stacked=on_the_last))

    assert not holds("ch06.text11.sequence_output", text11_stacked.on_top_of_each_other())


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM"])
def test_two_networks_of_one_kind_overfit_alike(monkeypatch, kind) -> None:
    """Data, order and start of a pair are the same, so no pair counts if both networks are of one kind."""
    right = text07_lstm_versus_plain_rnn.classifier
    monkeypatch.setattr(text07_lstm_versus_plain_rnn, "classifier", lambda _, *sizes: right(kind, *sizes))
    found = text07_lstm_versus_plain_rnn.overfitting(pairs=2, epochs=3)

    assert found.overfitting["plain RNN"] == found.overfitting["LSTM"]
    assert found.lstm_overfits_more == 0
    assert not holds("ch06.text07.overfitting", found)


def test_a_fifth_of_the_labels_is_wrong() -> None:
    """All others are 1 if the first feature's sum is positive."""
    x, y = text07_lstm_versus_plain_rnn.noisy_sequences(np.random.default_rng(0), 20000, 8, 3, 0.2)

    assert (x.shape, y.shape) == ((20000, 8, 3), (20000, 1))
    assert 0.19 < np.mean((x[:, :, 0].sum(axis=1) > 0) != (y[:, 0] == 1)) < 0.21
