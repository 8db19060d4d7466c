"""What a made-up claim needs: its evidence, and texts for readers if it does not hold as printed."""

from __future__ import annotations

from typing import Any

READER = {
    "title": "Made up",
    "sentence": "It is another one.",
    "printed": "this",
    "right": "that",
    "proof": "Both were compared.",
}


def completed(claim: dict[str, Any]) -> dict[str, Any]:
    """Return the claim with the keys that the model asks for, where they are missing."""
    rule = claim.get("rule", "equal")
    name = rule if isinstance(rule, str) else next(iter(rule), "")
    evidence = {"consistency": "printed", "literature": None}.get(name, "measured")
    holds = claim.get("correct") is None and claim.get("finding") is None
    texts = {} if holds else {"consequence": 2, "reader": READER}
    return {"evidence": evidence, **texts, **claim}
