"""All contests: convolutions, training steps, GANs, inference, and what readers wait for apart from units."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.harness.cases import CASES, Case
from benchmarks.harness.parameters import contests


@contests(CASES)
def test_contest(compete: Callable[[str, Case, str], None], device: str, case: Case, contender: str) -> None:
    """Run the contest, record one contender, and check that ours has not become slower than its gates."""
    compete(device, case, contender)
