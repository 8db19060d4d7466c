"""Chapter 7, Generative Adversarial Networks: every documented result."""

import pytest


@pytest.mark.claims("ch07")
def test_documented_result(claim, hold):
    """The documented result holds, or does not hold for the recorded reason."""
    hold(claim)
