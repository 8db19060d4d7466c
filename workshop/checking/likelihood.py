"""How likely numbers of one run are, all together, given other runs: arrays in, likelihood and p out.

Numbers of one run depend on each other, and runs are often not normal: some networks die, accuracies are of
few rows. So the density is that of the runs themselves, each widened to a t distribution that has the
correlations of all runs (a kernel estimate). On runs that were held back it was better than one multivariate
t distribution, with 1 to 36 numbers in each unit tried.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshop.statistics.scales import Numbers

# Correlations are taken so much nearer to none, because so few runs show too much of them.
_SHRUNK = 0.05
# Degrees of freedom of a widened run: its tails are heavy, so that no number is ever quite excluded.
_FREEDOM = 5
# Share of Silverman's width, which is too wide for runs that are not normal.
_WIDTH = 0.7
# A number has at least this share of its usual spread, and where it never varies, of its size. Without the
# floor, runs that are all alike would make any other number infinitely unlikely.
_FLOOR, _CONSTANT_FLOOR = 0.05, 1e-4
# numbers that are all alike have a smaller spread than this share of the latter, not quite none
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Density:
    """The density of runs; `runs` (runs, numbers) are decorrelated by the inverse of `root`.

    `share` is that of the runs that have all numbers; the others add nothing.
    """

    mean: Numbers
    spread: Numbers
    root: Numbers
    runs: Numbers
    share: float

    def log_likelihood(self, point: Numbers) -> float:
        """Return the logarithm of the density at a point (numbers,)."""
        n, numbers = self.runs.shape
        decorrelated = np.linalg.solve(self.root, (point - self.mean) / self.spread)
        squared = np.sum((self.runs - decorrelated) ** 2, axis=1)
        kernels = -(_FREEDOM + numbers) / 2 * np.log1p(squared / _FREEDOM)
        constant = (
            math.lgamma((_FREEDOM + numbers) / 2)
            - math.lgamma(_FREEDOM / 2)
            - numbers / 2 * math.log(_FREEDOM * math.pi)
            - float(np.sum(np.log(np.diag(self.root))) + np.sum(np.log(self.spread)))
        )
        return float(math.log(self.share / n) + constant + np.logaddexp.reduce(kernels))


def density(runs: Numbers, floors: Numbers) -> Density:
    """Return the density of runs (runs, numbers); each number has at least its floor's spread.

    Runs of which a number is not finite are left out. There must be at least two others.
    """
    whole = finite(runs)
    n, numbers = whole.shape
    mean = whole.mean(axis=0)
    spread = np.sqrt(whole.var(axis=0, ddof=1) + floors**2)
    scaled = (whole - mean) / spread
    correlations = (1 - _SHRUNK) * scaled.T @ scaled / (n - 1)
    np.fill_diagonal(correlations, 1.0)
    width = _WIDTH * (4 / (n * (numbers + 2))) ** (1 / (numbers + 4))
    root = width * np.linalg.cholesky(correlations)
    return Density(mean, spread, root, np.linalg.solve(root, scaled.T).T, n / len(runs))


def explains(runs: Numbers, point: Numbers, floors: Numbers, least: int = 1) -> bool:
    """Whether at least so many runs are as unlikely, each given all others, as a point given all of them."""
    whole = finite(runs)
    limit = density(whole, floors).log_likelihood(point)
    for i, run in enumerate(whole):
        least -= density(np.delete(whole, i, axis=0), floors).log_likelihood(run) <= limit
        if least <= 0:
            return True
    return False


def finite(runs: Numbers) -> Numbers:
    """Return the runs (runs, numbers) that have all their numbers."""
    return runs[np.isfinite(runs).all(axis=1)]


def floors(samples: Sequence[Numbers]) -> Numbers:
    """Return the least spread of each number (numbers,), by its usual spread in several samples of runs."""
    spreads = np.array([np.std(finite(sample), axis=0) for sample in samples])
    pooled = np.concatenate([finite(sample) for sample in samples])
    constant = _CONSTANT_FLOOR * np.maximum(1.0, np.abs(pooled).max(axis=0))
    varying = np.where(spreads > _ROUNDING * constant, spreads, np.nan)
    usual = np.array([np.nanmedian(each) if np.isfinite(each).any() else 0.0 for each in varying.T])
    return np.where(usual > 0, _FLOOR * usual, constant)
