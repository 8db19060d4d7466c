"""Chapter 5, Deep Learning for Sequences: every documented result."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workshop.ledger import Claim


@pytest.mark.claims("ch05")
def test_documented_result(claim: Claim, check: Callable[[Claim], None]) -> None:
    """The documented result holds, or does not hold for the recorded reason."""
    check(claim)
