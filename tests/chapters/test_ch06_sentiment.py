"""Chapter 6, LSTMs, GRUs, and Advanced RNNs: every documented result."""

import pytest


@pytest.mark.claims("ch06")
def test_documented_result(claim, hold):
    """The documented result holds, or does not hold for the recorded reason."""
    hold(claim)
