"""Whole procedures against the same in the book's own calls: too long for many rounds, so a median alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.harness.contests import take_turns


def seconds_of(run: Callable[[], object]) -> Callable[[], float]:
    """Return a function that runs once and returns the seconds it took."""

    def timed() -> float:
        start = time.perf_counter()
        run()
        return time.perf_counter() - start

    return timed


@pytest.fixture
def ratio(benchmark: Any) -> Callable[..., float]:
    """Return a function that times two others in turns, and returns how many times faster the first is.

    It runs both once before (compiling is not measured), records the median ratio and its quartiles over the
    rounds, and leaves the faster one to pytest-benchmark's own table.
    """

    def measure(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int = 5) -> float:
        both = {"ours": seconds_of(ours), "theirs": seconds_of(theirs)}
        times = take_turns(both, "ours", fewest=rounds, most=rounds).seconds
        low, median, high = np.percentile(times["theirs"] / times["ours"], [25, 50, 75])
        benchmark.extra_info.update(ratio=float(median), quartiles=[float(low), float(high)], rounds=rounds)
        benchmark.pedantic(ours, rounds=1)
        return float(median)

    return measure
