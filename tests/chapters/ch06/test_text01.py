"""The text of chapter 6: The Vanishing Gradient Problem."""

import numpy as np
import pytest

from workshop.measures.ch06_sentiment import _gradients
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
