"""Iterations of chapter 7's GANs."""

from __future__ import annotations

from benchmarks.harness.cases import GANS
from benchmarks.harness.parameters import contests


@contests(GANS)
def test_gan_iteration(compete, device, case, contender) -> None:
    """Hold the contest, record one contender, and ask that ours has not become slower than its gates."""
    compete(device, case, contender)
