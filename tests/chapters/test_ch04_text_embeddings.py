"""Chapter 4, Deep Learning for Text - Embeddings: every documented result."""

import pytest


@pytest.mark.claims("ch04")
def test_documented_result(claim, hold):
    """The documented result holds, or does not hold for the recorded reason."""
    hold(claim)
