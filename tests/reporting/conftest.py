"""A made-up ledger in the place of the package's, for the tests of comparisons."""

from __future__ import annotations

import pytest

from tests.reporting import comparison_files
from tests.reporting.package_samples import no_simulation
from workshop.book import Book

__all__ = ["no_simulation"]


@pytest.fixture
def made_up_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line see the made-up ledger."""
    monkeypatch.setattr("workshop.book.package_book", lambda: Book(comparison_files.LEDGER))
