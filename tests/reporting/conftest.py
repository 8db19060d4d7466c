"""A made-up ledger in the place of the package's, for the tests of comparisons."""

import pytest

from tests.reporting import comparison_files
from workshop.book import Book


@pytest.fixture
def made_up_ledger(monkeypatch) -> None:
    """Let the command line see the made-up ledger."""
    for module in ("workshop.book", "workshop.cli.compare"):
        monkeypatch.setattr(f"{module}.package_book", lambda: Book(comparison_files.LEDGER))
