"""Ratios measured inside one run: both sides take turns, so that a slow moment of the machine meets both."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

os.environ.setdefault("WORKSHOP_THREADS", "1")  # as units run


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to measure while other workers compute."""
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        raise pytest.UsageError("benchmarks need the machine for themselves: leave -n out")


@pytest.fixture
def ratio(benchmark) -> Callable[..., float]:
    """Return a function that times two others in turns, and returns how many times faster the first is.

    It calls both once before (compiling is not measured), records the median ratio and its quartiles over
    the rounds, and leaves the faster one to pytest-benchmark's own table.
    """

    def measure(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int = 5) -> float:
        ratios = []
        for _ in range(rounds):
            start = time.perf_counter()
            theirs()
            between = time.perf_counter()
            ours()
            ratios.append((between - start) / (time.perf_counter() - between))
        low, median, high = np.percentile(ratios, [25, 50, 75])
        benchmark.extra_info.update(ratio=float(median), quartiles=[float(low), float(high)], rounds=rounds)
        benchmark.pedantic(ours, rounds=rounds)
        return float(median)

    return measure
