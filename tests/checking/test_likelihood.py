"""The density of runs, compared with an integral, with SciPy's t distributions, and with ranks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from workshop.checking.mistakes import density, explains, floors

RNG = np.random.default_rng(3)
SKEWED = np.exp(RNG.normal(size=(40, 1)))
TWO = RNG.multivariate_normal([1.0, -2.0], [[1.0, 0.9], [0.9, 1.0]], size=64)


def test_the_density_of_one_number_integrates_to_one() -> None:
    """It is a density whatever the runs are; a run that is not finite takes its share of it."""
    for runs, total in ((SKEWED, 1.0), (np.vstack([SKEWED, [[np.inf]] * 10]), 0.8)):
        found = density(runs, np.array([0.01]))
        area, _ = integrate.quad(
            lambda x, f=found: math.exp(f.log_likelihood(np.array([x]))), -200, 200, limit=900
        )
        assert area == pytest.approx(total, abs=0.01)


def test_each_run_is_widened_to_a_t_distribution() -> None:
    """The density is the mean of SciPy's t densities around the runs, with the runs' own correlations."""
    spread = TWO.std(axis=0, ddof=1)
    off = 0.95 * np.corrcoef(TWO.T)[0, 1]
    width = 0.7 * (4 / (64 * 4)) ** (1 / 6)
    shape = width**2 * np.outer(spread, spread) * np.array([[1, off], [off, 1]])
    for point in ([1.0, -2.0], [3.0, -4.0], [9.0, 9.0]):
        kernels = [stats.multivariate_t(run, shape, df=5).pdf(point) for run in TWO]
        found = density(TWO, np.zeros(2)).log_likelihood(np.array(point))
        assert found == pytest.approx(math.log(np.mean(kernels)), rel=1e-6)


def test_numbers_are_taken_together() -> None:
    """Two numbers that are each ordinary are unlikely together where they never go together so."""
    along, across = np.array([2.0, -1.0]), np.array([2.0, -3.0])
    found = density(TWO, np.zeros(2))
    assert found.log_likelihood(along) > found.log_likelihood(across) + math.log(20)
    assert explains(TWO, along, np.zeros(2))
    assert not explains(TWO, across, np.zeros(2))


def test_a_run_is_as_unlikely_as_all_others_by_its_rank() -> None:
    """Of 200 fresh draws, about one in 65 is less likely than each of 64 runs."""
    fresh = RNG.multivariate_normal([1.0, -2.0], [[1.0, 0.9], [0.9, 1.0]], size=200)
    out = sum(not explains(TWO, point, np.zeros(2)) for point in fresh)
    assert out <= stats.binom.ppf(0.999, 200, 2 / 65)
    middle = sum(explains(TWO, point, np.zeros(2), 32) for point in fresh)
    assert stats.binom.ppf(1e-4, 200, 0.5) <= middle <= stats.binom.ppf(1 - 1e-4, 200, 0.5)


def test_how_many_runs_are_as_unlikely() -> None:
    """One is, which is enough unless more are asked for."""
    point, least = SKEWED.max(axis=0) * 0.99, np.zeros(1)
    assert explains(SKEWED, point, least)
    assert not explains(SKEWED, point, least, 2)


def test_runs_that_are_all_alike_have_a_floor() -> None:
    """A constant is not an infinite density: its floor follows from samples in which the number varies."""
    constant = np.full((64, 1), 6.0)
    varying = RNG.normal(6.0, 2.0, size=(64, 1))
    least = floors([constant, varying])
    assert least[0] == pytest.approx(0.05 * varying.std())
    found = density(constant, least)
    assert found.log_likelihood(np.array([6.0])) < math.log(100)
    assert found.log_likelihood(np.array([7.0])) < found.log_likelihood(np.array([6.0])) - math.log(100)
    assert floors([constant, constant])[0] == pytest.approx(6e-4)
    assert floors([constant / 60, constant / 60])[0] == pytest.approx(1e-4)
    rounded = 0.451456 + np.tile([[0.0], [1e-16]], (30, 1))
    assert 0 < rounded.std() < 1e-15
    assert explains(rounded, np.array([0.4514557]), floors([rounded, rounded]))
