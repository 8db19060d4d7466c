"""2-D convolutions: NumPy by hand, TensorFlow, PyTorch, ONNX Runtime and JAX."""

from __future__ import annotations

from benchmarks.harness.cases import CONVOLUTIONS
from benchmarks.harness.parameters import contests


@contests(CONVOLUTIONS)
def test_convolution(compete, device, case, contender) -> None:
    """Hold the contest, record one contender, and ask that ours has not become slower than its gates."""
    compete(device, case, contender)
