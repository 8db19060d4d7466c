"""What a network's check finds: other outputs, idle and frozen weights, activations that do not matter."""

from typing import Any

import numpy as np
import pytest

from workshop.numerics.reference_network import Layer, batch_norm, dense, embedding, reshape, rnn
from workshop.training.network_checks import NetworkCheck, check_network, effective_weights

TABLE = [dense("relu"), dense("sigmoid")]


@pytest.fixture
def layers() -> Any:
    """Skip a test that can't run without TensorFlow; return Keras' layers."""
    return pytest.importorskip("tensorflow").keras.layers


def network(*layers: Any, inputs: tuple[Any, ...] = (4,)) -> Any:
    """Build layers on inputs of a shape."""
    keras = pytest.importorskip("tensorflow").keras
    return keras.models.Sequential([keras.layers.InputLayer(inputs), *layers])


def check(model: Any, table: list[Layer], x: Any = None, **settings: Any) -> NetworkCheck:
    """Check a network on 32 rows, with weights and biases of about 1."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(32, *model.input_shape[1:])).astype(np.float32) if x is None else x

    def draw(built: Any) -> list[np.ndarray]:
        return [rng.normal(size=w.shape).astype(np.float32) for w in built.get_weights()]

    return check_network(model, table, x, draw, **settings)


def test_a_network_as_its_table_says(layers):
    found = check(network(layers.Dense(5, "relu"), layers.Dense(1, "sigmoid")), TABLE)

    assert found.gap < 1e-6
    assert found.relative_gap < 1e-6
    assert found.linear_gap > 0.1
    assert found.least_activation > 0.1
    assert found.spread > 0.5
    assert found.params == [31, 31, 0]
    assert (found.idle, found.effective, found.widths, found.inputs) == (0, [20, 5, 5, 1], [5, 1], 4)


@pytest.mark.parametrize("activations", [("linear", "sigmoid"), ("relu", "linear"), ("tanh", "sigmoid")])
def test_another_activation_gives_other_outputs(layers, activations):
    built = [layers.Dense(units, name) for units, name in zip((5, 1), activations, strict=True)]

    assert check(network(*built), TABLE).gap > 0.1


def test_an_activation_that_changes_nothing_is_found(layers):
    relu = network(layers.Dense(5, "sigmoid"), layers.Activation("relu"))

    assert check(relu, [dense("sigmoid"), Layer(lambda x, f: f(x), 0, "relu")]).least_activation == 0
    assert check(network(layers.Dense(1)), [dense()]).least_activation == 0


def test_weights_behind_a_dead_end_are_idle(layers):
    model = network(layers.Dense(4), layers.Lambda(lambda z: 0 * z), layers.Dense(1))

    found = check(model, [dense(), Layer(lambda x, _: 0 * x), dense()])

    assert found.effective == effective_weights(model, np.ones((3, 4), np.float32)) == [0, 0, 0, 1]
    assert (found.idle, found.inputs) == (24, 0)


def test_frozen_weights_are_idle(layers):
    model = network(layers.Dense(5, "relu"), layers.Dense(1, "sigmoid"))
    model.layers[0].trainable = False

    found = check(model, TABLE)

    assert (found.params, found.idle, found.effective) == ([31, 6, 25], 25, [5, 1])


def test_a_silent_unit_counts_once_it_is_heard(layers):
    x = np.random.default_rng(1).normal(size=(1, 4)).astype(np.float32)
    model, table = network(layers.Dense(5, "relu"), layers.Dense(1)), [dense("relu"), dense()]

    assert check(model, table, x).idle > 0
    assert check(model, table, x, draws=16).idle == 0


def test_effects_can_be_those_in_training(layers):
    """A single row is normalised by itself, so that its numbers change nothing."""
    model, x = network(layers.BatchNormalization(), layers.Dense(1)), np.ones((1, 4), np.float32)

    def inputs(*, training: bool) -> int:
        table = [batch_norm(), dense()]
        return check_network(model, table, x, lambda m: m.get_weights(), training=training).inputs

    assert (inputs(training=False), inputs(training=True)) == (4, 0)


def test_words_have_no_effect_but_their_vectors_have(layers):
    model = network(layers.Embedding(6, 2), layers.SimpleRNN(3), inputs=(None,))

    found = check(model, [embedding(), rnn()], np.array([[0, 2], [2, 4]], np.int32))

    assert found.gap < 1e-6
    assert (found.effective[0], found.inputs) == (6, 0)


def test_only_some_rows_are_computed_by_hand(layers):
    rows = []

    def counted(x: np.ndarray, _: Any) -> np.ndarray:
        rows.append(len(x))
        return x

    model = network(layers.Flatten(), layers.Dense(1), inputs=(2, 2))

    assert check(model, [Layer(counted), reshape(-1), dense()], rows=3).gap < 1e-6
    assert set(rows) == {3}
