"""What the tests of figures share."""

from __future__ import annotations

import pytest


@pytest.fixture
def matplotlib() -> None:
    """Skip where nothing can be drawn."""
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install 'workshop[figures]'")
