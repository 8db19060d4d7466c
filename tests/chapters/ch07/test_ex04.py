"""Exercise 7.04: Implementing the GAN."""

from functools import cache

import numpy as np
import pytest

from workshop.measures.ch07_gans import ex04_gan as ex04
from workshop.measures.ch07_gans.ex04_gan import described, exercise_7_04

pytestmark = pytest.mark.usefixtures("tensorflow", "without_xla")

SEED = 5
SHORT = {"iterations": 401, "interval": 200}
FEW = {"iterations": 5, "interval": 2, "batch": 6}


@cache
def sound():
    """Return the outcome of a training of both networks."""
    return exercise_7_04(SEED, **SHORT)


def test_one_seed_gives_one_outcome():
    first, again, other = sound(), *(exercise_7_04(seed, **SHORT) for seed in (SEED, SEED + 1))

    np.testing.assert_equal(vars(again.log), vars(first.log))
    assert first.at == again.at
    assert other.at != first.at


def test_fakes_are_inside_between_the_ends_of_the_real_points():
    found = exercise_7_04(SEED, **FEW)
    by_hand = [
        sum(real[:, 0].min() <= x <= real[:, 0].max() for x in fakes[:, 0]) / len(fakes)
        for real, fakes in found.scatter
    ]
    real = np.array([0.0, 2.0])

    assert found.inside == by_hand
    assert ex04._inside(real, np.array([-0.1, 0.0, 1.0, 2.0])) == 0.75


def test_described_points():
    x = np.array([-1.5, 0.0, 3.0, 4.0, 6.0])
    away = np.array([0.1, 0.0, 0.2, 0.5, 0.7])
    points = described(np.column_stack([x, np.sin(x) + away]))

    assert points.n_right == 2
    np.testing.assert_allclose(
        [points.distance, points.median, points.left, points.right], [0.3, 0.2, 0.1, 0.6], atol=1e-12
    )
    assert points.within == 0.8
    assert np.isnan(described(np.array([[0.0, 1.0]])).right)
    assert np.isnan(described(np.array([[5.0, 1.0]])).left)
