"""The oracles of the tests, checked by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests import oracles
from workshop.numerics.dense import dense, sigmoid


def test_softmax_by_hand() -> None:
    """Logarithms of 1, 2, 5 give eighths along the last axis, also if a number is added to a row."""
    z = np.log([[1.0, 2.0, 5.0], [5.0, 1.0, 2.0]]) + np.array([[0.0], [1000.0]])

    np.testing.assert_allclose(oracles.softmax(z), np.array([[1, 2, 5], [5, 1, 2]]) / 8, rtol=1e-12)


@pytest.mark.parametrize(("label", "expected"), [(1.0, -math.log(0.75)), (0.0, -math.log(0.25))])
def test_sigmoid_cross_entropy_by_hand(label: float, expected: Any) -> None:
    """Cross-entropy is the negative logarithm of the probability given to the label."""
    assert oracles.sigmoid_cross_entropy(label, np.log(3)) == pytest.approx(expected, rel=1e-12)


def test_softmax_cross_entropy_by_hand() -> None:
    """Cross-entropy is the negative logarithm of the probability given to the class."""
    labels, logits = np.eye(3)[[1, 0]], np.log([[1.0, 2.0, 5.0], [5.0, 1.0, 2.0]])

    np.testing.assert_allclose(oracles.softmax_cross_entropy(labels, logits), np.log([4, 8 / 5]), rtol=1e-12)


@pytest.mark.parametrize("doubled", [True, False])
@pytest.mark.parametrize("kind", ["sigmoid", "softmax"])
def test_gradients_by_differences(kind: str, doubled: bool) -> None:
    """The gradients derived by hand are the slopes of the mean loss in float64."""
    rng = np.random.default_rng(5)
    units = 1 if kind == "sigmoid" else 3
    x, variables = rng.normal(size=(6, 2)), [rng.normal(size=(2, units)), rng.normal(size=units)]
    y = rng.integers(2, size=(6, 1)) if kind == "sigmoid" else np.eye(3)[rng.integers(3, size=6)]
    activation = sigmoid if kind == "sigmoid" else oracles.softmax
    entropy = getattr(oracles, f"{kind}_cross_entropy")

    def loss(weight, bias):
        logits = dense(x, weight, bias)
        return entropy(y, activation(logits) if doubled else logits).mean()

    found = getattr(oracles, f"{kind}_gradients")(x, y, doubled=doubled)(variables)

    for which, gradient in enumerate(found):
        for place in np.ndindex(gradient.shape):
            ends = []
            for sign in (1, -1):
                moved = [v.copy() for v in variables]
                moved[which][place] += sign * 1e-6
                ends.append(loss(*moved))
            assert gradient[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-8)


def test_sgd_replica_by_hand() -> None:
    """A quarter of the slope 2v off twice takes 2 to 1 and to a half."""
    (found,) = oracles.sgd_steps(lambda v: [2 * v[0]], [2.0], steps=2, learning_rate=0.25)

    assert found == 0.5


def test_first_adam_step_by_hand() -> None:
    """Adam's first step is the learning rate against the gradient's sign, less the share of epsilon."""
    start, gradient, rate, tiny = 1.0, 0.5, 0.01, 1e-7

    (found,) = oracles.adam_steps(lambda _: [np.float32(gradient)], [start], steps=1, learning_rate=rate)

    # m = 0.1 g, v = 0.001 g², rate·√0.001/0.1 · m/(√v + ε)
    expected = start - rate * np.sqrt(0.001) / 0.1 * (0.1 * gradient) / (np.sqrt(0.001) * gradient + tiny)
    assert found == pytest.approx(expected, rel=1e-6)
