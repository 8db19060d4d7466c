"""Chapter 1, Building Blocks of Deep Learning: every documented result."""

import pytest


@pytest.mark.claims("ch01")
def test_documented_result(claim, hold):
    """The documented result holds, or does not hold for the recorded reason."""
    hold(claim)
