"""Chapter 5, Deep Learning for Sequences: every documented result."""

import pytest


@pytest.mark.claims("ch05")
def test_documented_result(claim, hold):
    """The documented result holds, or does not hold for the recorded reason."""
    hold(claim)
