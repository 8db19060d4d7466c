"""A made-up ledger and sample in the place of the package's, for the tests of comparisons."""

from __future__ import annotations

import pytest

from tests.reporting import comparison_files
from workshop.samples import recorded


@pytest.fixture
def made_up_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line and the recorded runs see the made-up ledger and sample."""
    monkeypatch.setattr("workshop.ledger.ledger", lambda: comparison_files.LEDGER)
    monkeypatch.setattr(recorded, "reference_sample", comparison_files.sample)
