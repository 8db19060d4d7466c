"""Iterations of chapter 7's GANs."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.harness.cases import GANS, Case
from benchmarks.harness.parameters import contests


@contests(GANS)
def test_gan_iteration(
    compete: Callable[[str, Case, str], None], device: str, case: Case, contender: str
) -> None:
    """Run the contest, record one contender, and check that ours has not become slower than its gates."""
    compete(device, case, contender)
