"""All contests: convolutions, training steps, GANs, inference, and what readers wait for apart from units."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from benchmarks.harness.cases import CASES, Case


def contests(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Return the parameters `device`, `case` and `contender`, marked with the device."""
    found = [
        pytest.param(
            device,
            case,
            contender,
            id=f"{device}-{case.path}: {case.id}-{contender}",
            marks=getattr(pytest.mark, device),
        )
        for device in ("cpu", "gpu")
        for case in cases
        for contender in case.contenders(device)
    ]
    return pytest.mark.parametrize(("device", "case", "contender"), found)


@contests(CASES)
def test_contest(compete: Callable[[str, Case, str], None], device: str, case: Case, contender: str) -> None:
    """Run the contest, record one contender, and check that ours has not become slower than its gates."""
    compete(device, case, contender)
