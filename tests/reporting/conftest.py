"""A made-up ledger and sample in the place of the package's, for the tests of comparisons."""

from __future__ import annotations

import pytest

from tests.reporting import compared
from workshop.reporting.compare import moves


@pytest.fixture
def made_up_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line and the moves see the made-up ledger and sample."""
    monkeypatch.setattr("workshop.ledger.ledger", lambda: compared.LEDGER)
    monkeypatch.setattr(moves, "reference_sample", compared.sample)
