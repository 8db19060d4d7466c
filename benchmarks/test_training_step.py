"""Training steps of the book's networks."""

from __future__ import annotations

from benchmarks.harness.cases import TRAININGS
from benchmarks.harness.parameters import contests


@contests(TRAININGS)
def test_training_step(compete, device, case, contender) -> None:
    """Hold the contest, record one contender, and ask that ours has not become slower than its gates."""
    compete(device, case, contender)
