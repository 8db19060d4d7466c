"""Every documented result of the book, a test each: `pytest --pyargs workshop -k ch01`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from workshop.ledger import Claim


@pytest.mark.claims
def test_documented_result(claim: Claim, check: Callable[[Claim], None]) -> None:
    """The documented result holds, or does not hold for the recorded reason."""
    check(claim)
