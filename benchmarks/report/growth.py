"""Time over size: cases measured at three or more sizes of one axis, with all other axes equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.report.results import Run, describe_case

FEWEST_SIZES = 3  # fewer show no curve


@dataclass(frozen=True)
class Growth:
    """A case whose `axis` varies; `curves` has the sizes and seconds of each contender, sorted by size."""

    path: str
    case: str  # with the axes that are the same for all points
    axis: str
    per: str
    curves: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]


def find_growths(run: Run) -> list[Growth]:
    """Return the cases of a run that can be drawn over a size, in the order of measurement."""
    grouped: dict[tuple[str, str, str, str], dict[str, dict[float, float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for m in run.measurements:
        for axis, value in m.size.items():
            if value > 0:  # for the logarithm
                others = {name: size for name, size in sorted(m.size.items()) if name != axis}
                grouped[m.path, describe_case(m.case, others), axis, m.per][m.contender][value] = m.seconds
    return [
        Growth(
            *key, {name: (tuple(sorted(t)), tuple(t[n] for n in sorted(t))) for name, t in contenders.items()}
        )
        for key, contenders in grouped.items()
        if max(len(times) for times in contenders.values()) >= FEWEST_SIZES
    ]


def fit_slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the exponent of the best power law, which is the least-squares slope of the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
