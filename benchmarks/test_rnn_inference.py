"""Inference of chapter 6's recurrent networks."""

from __future__ import annotations

from benchmarks.harness.cases import INFERENCES
from benchmarks.harness.parameters import contests


@contests(INFERENCES)
def test_rnn_inference(compete, device, case, contender) -> None:
    """Hold the contest, record one contender, and ask that ours has not become slower than its gates."""
    compete(device, case, contender)
