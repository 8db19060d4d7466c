"""What readers wait for beside the units, against yardsticks."""

from __future__ import annotations

from benchmarks.harness.cases import ERRANDS
from benchmarks.harness.parameters import contests


@contests(ERRANDS)
def test_engine(compete, device, case, contender) -> None:
    """Hold the contest, record one contender, and ask that ours has not become slower than its gates."""
    compete(device, case, contender)
