"""Looks at runs pooled over nights: after 1, 2, 4, … 256 nights all runs so far are tested together.

Each look has an equal share of the level. So all looks together alarm by chance no more often than a single
test at the whole level.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workshop.statistics.hypothesis_tests import (
    alike_p,
    prediction_p,
    smallest_rank_p,
    untied_rank_p,
)
from workshop.statistics.scales import Numbers, Scale

LOOKS = tuple(2**i for i in range(9))


def look_level(level: float) -> float:
    """Return the level of one look, if all looks together have this level."""
    return level / len(LOOKS)


def round_digits(values: Numbers) -> Numbers:
    """Return the values with six digits: the rounding of another processor must not break ties.

    −∞ becomes a number that JSON knows.
    """
    return np.array([float(f"{value:.6g}") for value in np.maximum(values, -1e308)])


def p_of_looks(
    recorded: Numbers, nights: Sequence[Numbers], level: float, scale: Scale | None
) -> dict[int, float]:
    """Return the p of each look that so many nights have reached, by the look's number of nights.

    `recorded` and the fresh values of each night are rounded by `round_digits`; `level` is that of one look;
    `scale` is one on which the recorded values may pass for normal, None if there is none.
    """
    return {
        look: _pooled_p(recorded, np.concatenate(nights[:look]), level, scale)
        for look in LOOKS
        if look <= len(nights)
    }


def _pooled_p(recorded: Numbers, fresh: Numbers, level: float, scale: Scale | None) -> float:
    """Return the p of fresh values: by rank, or by a prediction bound if ranks can't reach the level."""
    alike = alike_p(recorded, fresh)
    if alike <= level:
        return alike  # the seeds make no difference
    if scale is None or smallest_rank_p(len(recorded), len(fresh)) <= level:
        return untied_rank_p(recorded, fresh)
    return prediction_p(recorded, fresh, scale)
