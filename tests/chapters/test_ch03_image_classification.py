"""Chapter 3, Image Classification with Convolutional Neural Networks (CNNs): every documented result."""

import pytest


@pytest.mark.claims("ch03")
def test_documented_result(claim, hold):
    """The documented result holds, or does not hold for the recorded reason."""
    hold(claim)
