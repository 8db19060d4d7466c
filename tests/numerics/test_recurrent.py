"""The recurrence by hand, compared with sums worked out on paper and with Keras' layer."""

import numpy as np
import pytest

from workshop.numerics import recurrent


def test_unrolling_carries_the_hidden_state_over():
    one = np.ones((1, 1))

    found = recurrent.unroll(
        np.array([[[1.0], [5.0], [0.0]]]), kernel=2 * one, recurrent=3 * one, bias=one[0], activation=np.array
    )

    assert found.tolist() == [[[3.0], [20.0], [61.0]]]


def test_unrolling_goes_on_from_a_given_state():
    rng = np.random.default_rng(3)
    weights = {
        "kernel": rng.normal(size=(2, 4)),
        "recurrent": rng.normal(size=(4, 4)),
        "bias": rng.normal(size=4),
    }
    x = rng.normal(size=(3, 6, 2))
    whole = recurrent.unroll(x, **weights)

    rest = recurrent.unroll(x[:, 2:], state=whole[:, 1], **weights)

    np.testing.assert_array_equal(rest, whole[:, 2:])


@pytest.mark.parametrize(("name", "activation"), [("tanh", np.tanh), ("relu", lambda z: np.maximum(z, 0))])
def test_unrolling_is_keras_simple_rnn(name, activation):
    keras = pytest.importorskip("tensorflow").keras
    rng = np.random.default_rng(4)
    x = rng.normal(size=(3, 5, 2)).astype(np.float32)
    shapes = {"kernel": (2, 4), "recurrent": (4, 4), "bias": (4,)}
    weights = {role: rng.normal(size=shape).astype(np.float32) for role, shape in shapes.items()}
    layer = keras.layers.SimpleRNN(4, activation=name, return_sequences=True)
    layer.build(x.shape)
    layer.set_weights(list(weights.values()))

    expected = layer(x).numpy()

    found = recurrent.unroll(x, activation=activation, **weights)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("units", "inputs", "outputs", "count"), [(32, 1, 1, 1088), (32, 32, 1, 2080), (2, 3, 5, 4 + 10 + 6)]
)
def test_book_weight_count_by_hand(units, inputs, outputs, count):
    assert recurrent.book_weight_count(units=units, inputs=inputs, outputs=outputs) == count


def test_the_last_output_is_that_of_all():
    rng = np.random.default_rng(5)
    kernel, weights, x = rng.normal(size=(2, 4)), rng.normal(size=(4, 4)), rng.normal(size=(1, 6, 2))
    whole = recurrent.unroll(x, kernel=kernel, recurrent=weights, bias=np.zeros(4))

    np.testing.assert_allclose(recurrent.last_output(x[0] @ kernel, weights), whole[0, -1])
