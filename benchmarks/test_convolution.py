"""2-D convolutions: NumPy by hand, TensorFlow, PyTorch, ONNX Runtime and JAX."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.harness.cases import CONVOLUTIONS, Case
from benchmarks.harness.parameters import contests


@contests(CONVOLUTIONS)
def test_convolution(
    compete: Callable[[str, Case, str], None], device: str, case: Case, contender: str
) -> None:
    """Run the contest, record one contender, and check that ours has not become slower than its gates."""
    compete(device, case, contender)
