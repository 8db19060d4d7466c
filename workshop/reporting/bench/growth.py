"""Time over size: cases that were measured at three sizes of one axis or more, all other axes equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshop.reporting.bench.results import Run, described

SIZES = 3  # fewer show no curve


@dataclass(frozen=True)
class Growth:
    """A case whose `axis` varies; `curves` holds sizes and seconds of each contender, by size."""

    path: str
    case: str  # with the axes that are the same for all points
    axis: str
    per: str
    curves: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]


def growths(run: Run) -> list[Growth]:
    """Return what of a run can be drawn over a size, in the order in which it was measured."""
    grouped: dict[tuple[str, str, str, str], dict[str, dict[float, float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for m in run.measurements:
        for axis, value in m.size.items():
            if value > 0:  # a logarithm is taken
                others = {name: size for name, size in sorted(m.size.items()) if name != axis}
                grouped[m.path, described(m.case, others), axis, m.per][m.contender][value] = m.seconds
    return [
        Growth(
            *key,
            {
                name: (tuple(sorted(times)), tuple(times[size] for size in sorted(times)))
                for name, times in contenders.items()
            },
        )
        for key, contenders in grouped.items()
        if max(len(times) for times in contenders.values()) >= SIZES
    ]


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the exponent of the power law that fits best: the least-squares slope of the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
