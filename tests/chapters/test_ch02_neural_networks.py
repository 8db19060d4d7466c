"""Chapter 2, Neural Networks: every documented result."""

import pytest


@pytest.mark.claims("ch02")
def test_documented_result(claim, hold):
    """The documented result holds, or does not hold for the recorded reason."""
    hold(claim)
