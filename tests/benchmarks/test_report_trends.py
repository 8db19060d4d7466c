"""Creep over a series of runs: unchanged series are left alone, and a planted creep is found."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.report.history import FALSE_CREEP, NOISE
from benchmarks.report.trends import SHORTEST, falls, noise, slope

SERIES, RUNS = 200, 12  # about as many ratios as a benchmark run has


def made_up(seed: int, runs: int = RUNS) -> np.ndarray:
    """Return logarithms of unchanged ratios (series, runs): Student's t, of which 99 % of pairs are near."""
    rng = np.random.default_rng(seed)
    raw = rng.standard_t(5, size=(SERIES, runs))
    pairs = np.abs(rng.standard_t(5, 100_000) - rng.standard_t(5, 100_000))
    return raw * math.log(1.12) / np.quantile(pairs, 0.99)


def alarms(series: np.ndarray) -> list[int]:
    """Return the series that are said to fall, as `find_creeps` asks."""
    spread = max(NOISE, noise(map(list, series)))
    level = FALSE_CREEP / series.size
    return [number for number, values in enumerate(series) if falls(list(values), spread, level)]


def test_unchanged_histories_raise_at_most_one_alarm() -> None:
    """Of 100 histories, each looked at after 5, 8 and 12 runs, at most one has any alarm."""
    raised = 0
    for seed in range(100):
        history = made_up(seed)
        raised += any(alarms(history[:, :runs]) for runs in (SHORTEST, 8, RUNS))

    assert raised <= 1


@pytest.mark.parametrize("seed", range(20))
def test_a_planted_creep_is_named_within_10_runs(seed: int) -> None:
    """A ratio that falls by 5 % a run is named, and no other."""
    history = made_up(seed, 10)
    history[7] += np.arange(10) * math.log(0.95)

    assert alarms(history) == [7]
    assert math.exp(slope(list(history[7]))) == pytest.approx(0.95, abs=0.02)


def test_a_rise_is_no_creep() -> None:
    """Our code may become faster."""
    assert falls([0.0, -0.1, -0.2, -0.3, -0.4], 0.03, 1e-5)
    assert not falls([0.0, 0.1, 0.2, 0.3, 0.4], 0.03, 1e-5)


def test_two_odd_runs_are_no_creep() -> None:
    """The last two of many may be slow by chance of the machine."""
    assert not falls([0.0] * 8 + [-0.3, -0.3], 0.03, 1e-5)


def test_few_runs_show_nothing() -> None:
    """Below five runs nothing is concluded, and without a pair there is no noise."""
    assert not falls([0.0, -1.0, -2.0, -3.0], 0.03, 1e-5)
    assert noise([[1.0], []]) == 0


def test_noise_is_that_of_the_values() -> None:
    """It is the standard deviation, and a series that changes hardly moves it."""
    values = np.random.default_rng(1).normal(0, 0.05, size=(300, 10))
    values[:3] += np.arange(10)

    assert noise(map(list, values)) == pytest.approx(0.05, rel=0.05)
