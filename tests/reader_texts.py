"""The texts for readers that a made-up claim needs if it does not hold as printed."""

from __future__ import annotations

from typing import Any

READER = {
    "title": "Made up",
    "sentence": "It is another one.",
    "printed": "this",
    "right": "that",
    "proof": "Both were compared.",
}


def with_reader(claim: dict[str, Any]) -> dict[str, Any]:
    """Return the claim, with a text for readers if it has a correct value or a finding."""
    if claim.get("correct") is None and claim.get("finding") is None:
        return claim
    return {"consequence": 2, "reader": READER, **claim}
