"""Chapter 2: gradients and facts by hand, and bounds that refuse naive results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests import oracles
from workshop.measures.ch02_neural_networks import (
    _by_hand,
    text06_practice,
)

pytestmark = pytest.mark.usefixtures("tensorflow", "pandas")


def test_the_descent_by_hand_is_that_of_the_oracle() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(7, 2)), (np.arange(7) % 2)[:, np.newaxis].astype(float)
    start = np.zeros((2, 1), np.float32), np.zeros((1,), np.float32)

    path = _by_hand.descent_by_hand(x, y, 0.01, 50)

    gradients = oracles.sigmoid_gradients(x, y, doubled=True)
    weight, bias = oracles.sgd_steps(gradients, start, steps=50)
    np.testing.assert_allclose(path[-1], [*weight[:, 0], *bias], rtol=1e-5)
    outputs = rng.random((7, 1))
    expected = oracles.sigmoid_cross_entropy(y, outputs).mean()
    assert _by_hand.sigmoid_loss_of_outputs(outputs, y) == pytest.approx(expected)
    rows, labels = oracles.softmax(rng.normal(size=(7, 3))), np.eye(3)[np.arange(7) % 3]
    expected = oracles.softmax_cross_entropy(labels, rows).mean()
    assert _by_hand.softmax_loss_of_outputs(rows, labels) == pytest.approx(expected)


def test_gradients_that_vanish_are_those_of_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    models: list[Any] = []
    build = text06_practice.keras.models.Sequential
    monkeypatch.setattr(
        text06_practice.keras.models, "Sequential", lambda s: models.append(build(s)) or models[-1]
    )

    found = text06_practice.vanishing_gradient(3, layers=3, units=5, rows=8)

    rng = np.random.default_rng(3)
    weights = [np.array(w, float) for w in models[0].get_weights()]
    for w in weights:
        if w.ndim == 2:
            _initial(rng, w.shape)
    x = rng.normal(size=(8, 5)).astype(np.float32)
    y = rng.integers(0, 2, size=(8, 1))
    outputs = [x]
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        outputs.append(1 / (1 + np.exp(-(outputs[-1] @ kernel + bias))))
    upstream, norms = (outputs[-1] - y) / len(x), []
    for layer in (3, 2, 1, 0):
        norms.insert(0, np.linalg.norm(outputs[layer].T @ upstream))
        upstream = (upstream @ weights[2 * layer].T) * outputs[layer] * (1 - outputs[layer])
    np.testing.assert_allclose(found.gradient_norms["sigmoid"], norms[:3], rtol=1e-4)


def _initial(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    """Draw a Glorot kernel, so that the generator goes on as in the exercise."""
    rng.uniform(size=shape)
