"""How far a reader's numbers of a unit are from its recorded runs, all together.

The score of a run is its distance to its third nearest neighbour, with all numbers rounded as the reader's
are, and each in units of its middle half. The p of the reader is the share of runs, the reader's among them,
whose score is as large. If the reader did what the recorded runs did, this p is exact, whatever the
distribution. Numbers with a p of at most LEVEL are unusual. It was fixed before looking: an honest exercise
is called unusual at most once in a hundred times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshop.checking.shown import Shown
from workshop.statistics.own_number import read
from workshop.statistics.scales import Numbers, Scale

LEVEL = 0.01
_NEIGHBOUR = 3


@dataclass(frozen=True)
class Number:
    """A number of a reader, with the runs that it is compared with: (runs,), and its scale.

    `name` begins with the claim's id, `in_claim` is the rest of it.
    """

    name: str
    in_claim: str
    mine: Shown
    runs: Numbers
    scale: Scale


def joint_p(numbers: Sequence[Number]) -> float:
    """Return the p of a reader's numbers among recorded runs, all together; 1 with fewer than five runs."""
    return float(each_p(numbers)[-1])


def each_p(numbers: Sequence[Number]) -> Numbers:
    """Return the p of each run among all others, that of the reader last: shape (runs + 1,)."""
    runs = min((len(number.runs) for number in numbers), default=0)
    once = {(number.mine.text, number.runs.tobytes()): number for number in numbers}  # claims share numbers
    columns = [column for number in once.values() if (column := _column(number, runs)) is not None]
    if runs < _NEIGHBOUR + 2 or not columns:
        return np.ones(runs + 1)
    points = np.stack(columns, axis=1)
    distances = np.sqrt(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2))
    scores = np.sort(distances, axis=1)[:, _NEIGHBOUR]  # the nearest is the run itself
    return np.asarray(np.mean(scores[None, :] >= scores[:, None] * (1 - 1e-9), axis=1))


def _column(number: Number, runs: int) -> Numbers | None:
    """Return a number of all runs and of the reader, on its scale and in units of its middle half.

    The runs are rounded as the reader's number is. None if all are the same.
    """
    mine = float(number.mine) if math.isfinite(number.mine) else math.inf
    typed = read(number.mine.text) if math.isfinite(mine) else None
    step = 0.0 if typed is None else 2 * typed.half
    values = np.append(number.runs[:runs], mine)
    rounded = np.where(np.isfinite(values), np.round(values / step) * step, values) if step > 0 else values
    scaled = number.scale.of(_inside(rounded, number.scale))
    finite = scaled[np.isfinite(scaled)]
    if not len(finite) or np.ptp(finite) == 0:
        return None if len(finite) == len(scaled) else np.where(np.isfinite(scaled), 0.0, 1e6)
    low, high = np.quantile(finite, [0.25, 0.75], method="nearest")
    unit = (high - low) or float(np.ptp(finite))
    far = float(np.ptp(finite)) / unit + 10.0
    column = (scaled - float(np.median(finite))) / unit
    return np.nan_to_num(column, nan=far, posinf=far, neginf=-far)


def _inside(values: Numbers, scale: Scale) -> Numbers:
    """Return values that their scale can take: a rounded loss of 0 is half of the smallest other one."""
    if str(scale) == "log":
        positive = values[(values > 0) & np.isfinite(values)]
        return np.where(values <= 0, (positive.min() if len(positive) else 1.0) / 2, values)
    if str(scale) == "logit" and scale.rows is None:
        edge = 1e-5 * scale.whole
        return np.where(np.isfinite(values), np.clip(values, edge, scale.whole - edge), values)
    return values
