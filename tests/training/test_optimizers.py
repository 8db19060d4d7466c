import dataclasses
import inspect

import pytest

from tests import oracles
from workshop.training.optimizers import SGD, Adam, as_tensor, from_tensor

SETTINGS = [SGD(), SGD(0.3), Adam(), Adam(0.01, 0.8, 0.99, 1e-6)]


@pytest.mark.parametrize("optimizer", SETTINGS, ids=repr)
def test_settings_read_back(optimizer):
    pytest.importorskip("tensorflow")

    found = from_tensor(type(optimizer), as_tensor(optimizer))

    assert found == optimizer


@pytest.mark.parametrize(("optimizer", "replica"), [(SGD, oracles.sgd_steps), (Adam, oracles.adam_steps)])
def test_replicas_have_the_same_defaults(optimizer, replica):
    defaults = {f.name: f.default for f in dataclasses.fields(optimizer)}

    parameters = inspect.signature(replica).parameters

    assert {name: parameters[name].default for name in defaults} == defaults
