"""Inference of chapter 6's recurrent networks."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.harness.cases import INFERENCES, Case
from benchmarks.harness.parameters import contests


@contests(INFERENCES)
def test_rnn_inference(
    compete: Callable[[str, Case, str], None], device: str, case: Case, contender: str
) -> None:
    """Run the contest, record one contender, and check that ours has not become slower than its gates."""
    compete(device, case, contender)
