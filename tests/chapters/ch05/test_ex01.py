"""Exercise 5.01: Visualizing Our Time-Series Data."""

import numpy as np
import pytest

from tests.chapters.ch05.prices import table
from workshop.measures.ch05_sequences.ex01_plotting_prices import autocorrelation, exercise_5_01


@pytest.mark.parametrize("lag", [1, 3])
def test_autocorrelation_by_numpy(lag):
    """Of a long series far from 0 it is NumPy's correlation of the series with itself, moved by the lag."""
    rng = np.random.default_rng(lag)
    noise = rng.normal(size=5000)
    series = 3 + noise[lag:] + 0.8 * noise[:-lag]

    expected = np.corrcoef(series[lag:], series[:-lag])[0, 1]

    assert autocorrelation(series, lag) == pytest.approx(expected, abs=2e-3)


def test_a_monthly_cycle_is_noticed():
    """Prices whose returns repeat every 21 days have a monthly autocorrelation far above the claim's 0.08."""
    days = np.arange(400)
    noise = np.random.default_rng(0).normal(size=400)
    closes = 100 * np.exp(np.cumsum(0.01 * (np.sin(2 * np.pi * days / 21) + noise)))
    dates = [f"{1 + n // 28 % 12}/{1 + n % 28}/{2010 + n // 336}" for n in days][::-1]

    assert exercise_5_01(table(closes[::-1], dates)).monthly_autocorrelation > 0.2
