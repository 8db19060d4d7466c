"""The parameters of the tests: device, case and contender, a test each."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchmarks.harness.cases import Case


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
