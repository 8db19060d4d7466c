"""Chapter 3, Image Classification with Convolutional Neural Networks (CNNs): every documented result."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workshop.ledger import Claim


@pytest.mark.claims("ch03")
def test_documented_result(claim: Claim, check: Callable[[Claim], None]) -> None:
    """The documented result holds, or does not hold for the recorded reason."""
    check(claim)
