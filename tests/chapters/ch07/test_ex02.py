"""Exercise 7.02: Building a Generative Network."""

import numpy as np
import pytest

from workshop.measures.ch07_gans import ex02_generator as ex02

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772  # of selu, from its paper


def by_hand(x, weights):
    """Return what the six layers make of noise, computed in NumPy."""
    layers = (
        lambda z: z,
        lambda z: np.maximum(z, 0),
        *[lambda z: np.where(z > 0, z, np.expm1(z))] * 2,
        *[lambda z: SCALE * np.where(z > 0, z, ALPHA * np.expm1(z))] * 2,
    )
    for kernel, bias, activation in zip(weights[::2], weights[1::2], layers, strict=True):
        x = activation(x @ kernel + bias)
    return x


def test_fake_points_are_the_generator_of_noise(tensorflow, monkeypatch):
    given = []

    def predict(network, weights, x):
        given.append((x, weights))
        return by_hand(np.float64(x), [np.float64(weight) for weight in weights])

    found = ex02.exercise_7_02_untrained(5)
    monkeypatch.setattr(ex02, "predict", predict)

    expected = ex02.exercise_7_02_untrained(5)

    np.testing.assert_allclose(found.fake, expected.fake, atol=1e-4)
    assert vars(found.scatter) == pytest.approx(vars(expected.scatter), abs=1e-4)
    for noise, _ in given:
        assert abs(noise.mean()) < 5 / np.sqrt(noise.size)
        assert noise.std() == pytest.approx(1, abs=5 / np.sqrt(noise.size))
