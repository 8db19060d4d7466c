"""The real data, activations and the untrained generator: what the claims can't tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workshop.book import SAMPLES
from workshop.chapters.ch07_gans.ex02_generator import exercise_7_02_generator
from workshop.chapters.ch07_gans.ex03_discriminator import real_points
from workshop.ledger import ledger
from workshop.measures.ch07_gans import ex01_data_distribution as ex01
from workshop.measures.ch07_gans import ex02_generator as ex02
from workshop.measures.ch07_gans import text02_activations as text02
from workshop.measures.ch07_gans._sine import from_curve
from workshop.samples.model import sample_in
from workshop.training.summaries import built_layers


def test_the_blocks_of_the_exercise_are_the_grid_of_the_training() -> None:
    """For the printed seed both constructions give the same points, to the rounding of a range of floats."""
    found = ex01.exercise_7_01()

    np.testing.assert_allclose(found.real_data, real_points(float(found.loc[0]), 128), rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_sequence_is_that_of_whole_steps(seed: int) -> None:
    """For other draws, too: 64 steps below the drawn number, itself, and 63 above it."""
    loc = np.random.RandomState(seed).normal(3, 1, 1)[0]
    right = np.arange(loc, loc + 6.4, 0.1)[:64]  # a range of floats is one number too long for some of them

    x = real_points(loc, 128)[:, 0]

    assert x[64] == loc
    np.testing.assert_allclose(x[64:], right, atol=1e-12)
    np.testing.assert_allclose(x[:64], right - 6.4, atol=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_other_lengths_and_draws_are_built(seed: int) -> None:
    """Around other drawn numbers, too, for which a float range is one too long; halves are equal."""
    found = ex01.exercise_7_01(batch=100, legacy_seed=seed)

    np.testing.assert_allclose(found.real_data, real_points(float(found.loc[0]), 100), rtol=0, atol=1e-12)
    assert set(found.block_lengths.values()) <= {50, 51}  # before the ranges are cut
    assert found.x1_count == 100


@pytest.mark.parametrize("batch", [7, 2, 0])
def test_a_batch_without_two_halves_is_refused(batch: int) -> None:
    """The message says which numbers are possible."""
    with pytest.raises(ValueError, match=rf"a batch of {batch}: give an even number of points, 4 or more"):
        ex01.exercise_7_01(batch=batch)


INPUTS = np.linspace(-4, 4, 33)
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772  # of selu, from its paper


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("linear", lambda x: x),
        ("relu", lambda x: np.maximum(x, 0)),
        ("elu", lambda x: np.where(x > 0, x, np.exp(x) - 1)),
        ("selu", lambda x: SCALE * np.where(x > 0, x, ALPHA * (np.exp(x) - 1))),
        ("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
    ],
)
def test_activations_are_their_formulas(tensorflow: Any, name: str, formula: Any) -> None:
    """What Keras has under a name is what NumPy computes."""
    np.testing.assert_allclose(text02.activated(name, INPUTS), formula(INPUTS), atol=1e-7)


def test_the_generator_has_the_exercises_activations_and_starts(tensorflow: Any) -> None:
    """Summary and parameters do not tell activations and initialisers: read from the built layers."""
    found = built_layers(exercise_7_02_generator())

    def start(initializer):  # Keras 2 tells some apart by the config only, Keras 3 by the class only
        return type(initializer), initializer.get_config()

    named = [tensorflow.keras.initializers.get(name) for name in ["he_uniform"] * 5 + ["glorot_uniform"]]
    names = [layer.activation.__name__ for layer in found]
    assert names == ["linear", "relu", "elu", "elu", "selu", "selu"]
    assert [start(layer.kernel_initializer) for layer in found] == [start(one) for one in named]


def test_points_of_the_untrained_generator_depend_on_the_seed_alone(tensorflow: Any) -> None:
    """One seed gives the same points again, another one others."""
    first, again, other = (ex02.exercise_7_02_untrained(seed).fake for seed in (1, 1, 2))

    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_other_numbers_of_points_are_generated(tensorflow: Any) -> None:
    """The batch may have any length."""
    assert ex02.exercise_7_02_untrained(1, batch=7, points=30).fake.shape == (7, 2)


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


def test_fake_points_are_the_generator_of_noise(tensorflow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is called fake is what six layers by hand make of standard normal noise."""
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


def test_a_trained_generator_is_not_far_from_the_curve() -> None:
    """Most untrained generators are further away than a straight line, and most trained ones nearer."""
    (share,) = ledger().claims["ch07.ex02.far_from_real"].rule.shares
    x = np.linspace(-3 * np.pi, 3 * np.pi, 60001)
    line = from_curve(np.column_stack([x, np.zeros_like(x)])).mean()
    trained = sample_in("ch07.ex04", "", SAMPLES)
    at = trained.quantities.index("at.p18000.distance")
    away = [run.values[at] for run in trained.runs]

    assert not share.decide(None, {"untrained": line}).holds
    assert share.decide(None, {"untrained": line + 0.001}).holds
    assert np.mean([share.decide(None, {"untrained": distance}).holds for distance in away]) < 0.25


def test_the_distance_from_the_curve_is_0_for_real_points_alone() -> None:
    """Real points lie on it; turned ones and a constant offset of 0.5 do not."""
    real = real_points(2.5, 128)

    assert from_curve(real).max() == 0
    assert from_curve(real + np.array([0, 0.5])) == pytest.approx(np.full(128, 0.5))
    assert from_curve(real[:, ::-1]).mean() > 1
