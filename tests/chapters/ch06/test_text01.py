"""The text of chapter 6: The Vanishing Gradient Problem."""

import numpy as np
import pytest

from workshop.measures.ch06_sentiment import _cells, _gradients, text01_vanishing_gradients
from workshop.numerics.recurrent import unroll
from workshop.training import backend

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_gradient_by_step_is_backpropagation_by_hand():
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


def test_the_weights_are_drawn_by_a_seed(monkeypatch):
    monkeypatch.setattr(_gradients, "traced", lambda function: function)  # of two steps it takes the longest
    first, again = (text01_vanishing_gradients.vanishing(steps=2, units=1) for _ in range(2))

    assert first.others == again.others


def test_a_state_that_nothing_reads_is_not_handed_on():
    """Without recurrent weights the output gate, which alone takes the hidden state on, does not read it."""
    layer = _cells.drawn(
        backend.keras.layers.LSTM(2, return_sequences=True, return_state=True, dtype="float64"), 3
    )
    kernel, recurrent, bias = layer.get_weights()
    layer.set_weights([kernel, 0 * recurrent, bias])

    assert _cells.handed_on(layer).names == ["cell state"]
