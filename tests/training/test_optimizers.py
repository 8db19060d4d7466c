import dataclasses
import inspect

import numpy as np
import pytest

from workshop.numerics import dense
from workshop.training.optimizers import SGD, Adam, as_tensors, from_tensors

SETTINGS = [SGD(), SGD(0.3), Adam(), Adam(0.01, 0.8, 0.99, 1e-6)]


@pytest.mark.parametrize("optimizer", SETTINGS, ids=repr)
def test_settings_read_back(optimizer):
    """Settings come back from the float32 tensors as the decimals that were typed."""
    pytest.importorskip("tensorflow")

    found = from_tensors(type(optimizer), as_tensors(optimizer))

    assert found == optimizer


@pytest.mark.parametrize(("optimizer", "replica"), [(SGD, dense.sgd_steps), (Adam, dense.adam_steps)])
def test_replicas_have_the_same_defaults(optimizer, replica):
    """The NumPy replica of an optimizer has its default settings."""
    defaults = {f.name: f.default for f in dataclasses.fields(optimizer)}

    parameters = inspect.signature(replica).parameters

    assert {name: parameters[name].default for name in defaults} == defaults


def test_first_adam_step_by_hand():
    """Adam's first step is the learning rate against the gradient's sign, less the share of epsilon."""
    start, gradient, rate, tiny = 1.0, 0.5, 0.01, 1e-7

    (found,) = dense.adam_steps(lambda _: [np.float32(gradient)], [start], steps=1, learning_rate=rate)

    # m = 0.1 g, v = 0.001 g², rate·√0.001/0.1 · m/(√v + ε)
    expected = start - rate * np.sqrt(0.001) / 0.1 * (0.1 * gradient) / (np.sqrt(0.001) * gradient + tiny)
    assert found == pytest.approx(expected, rel=1e-6)
