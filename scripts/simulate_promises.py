"""Print the table of docs/how_we_know.md on heavy tails: `python scripts/simulate_promises.py`, some minutes.

It says how often one more run like the recorded ones is excluded, and how often five fresh seeds alarm.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import typer
from scipy import stats

from workshop.samples.recorded import FRESH
from workshop.statistics.hypothesis_tests import DOUBTFUL, EXCLUDED, FALSE_ALARM, NOT_NORMAL

BLOCK = 200_000
Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def collapsing(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return normal numbers, one in 50 of them six standard deviations lower: a run that learned nothing."""
    return rng.normal(size=shape) - 6.0 * (rng.random(shape) < 0.02)


DISTRIBUTIONS: dict[str, Draw] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "t with 5 degrees of freedom": lambda rng, shape: rng.standard_t(5, shape),
    "t with 3 degrees of freedom": lambda rng, shape: rng.standard_t(3, shape),
    "one run in 50 collapsed": collapsing,
}


def share(draw: Draw, recorded: int, fresh: int, level: float, doubtful: float, times: int) -> float:
    """Return how often the mean of fresh values is beyond the bound of recorded ones that pass for normal."""
    rng, hits = np.random.default_rng(0), 0
    limit = float(stats.t.isf(level / 2, recorded - 1)) * math.sqrt(1 / recorded + 1 / fresh)
    for _ in range(times // BLOCK):
        rows = draw(rng, (BLOCK, recorded + fresh))
        old, new = rows[:, :recorded], rows[:, recorded:].mean(axis=1)
        far = np.abs(new - old.mean(axis=1)) > limit * old.std(axis=1, ddof=1)
        if fresh == 1:  # a single value is excluded only beyond all runs
            far &= (new > old.max(axis=1)) | (new < old.min(axis=1))
        hits += sum(stats.shapiro(row).pvalue >= doubtful for row in old[far])
    return hits / (times // BLOCK * BLOCK)


def main() -> None:
    """Print the table."""
    typer.echo("| runs | excluded, 30 recorded | 64 | 128 | five fresh seeds alarm, 30 recorded |")
    typer.echo("| --- | --- | --- | --- | --- |")
    for name, draw in DISTRIBUTIONS.items():
        bound = [share(draw, n, 1, EXCLUDED, DOUBTFUL, 2_000_000) for n in (30, 64, 128)]
        drift = share(draw, 30, FRESH, FALSE_ALARM, NOT_NORMAL, 20_000_000)
        cells = [*(f"{each:.2%}" for each in bound), f"{drift:.1e}"]
        typer.echo(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
