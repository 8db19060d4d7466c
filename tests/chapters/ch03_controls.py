"""What tests of chapter 3 share: where an outcome fails a claim."""

from __future__ import annotations

from typing import Any

from workshop.ledger import ledger
from workshop.paths import follow


def refused(claim_id: str, outcome: Any = None, **values: Any) -> list[str]:
    """Return where an outcome, or quantities by name, fail what a claim asks, corrected or else as printed.

    Checks of what another function of the unit measures are left out.
    """
    claim = ledger().claims[claim_id]
    right = claim.documented if claim.correct is None else claim.correct
    fields = values or vars(outcome)
    found = {
        name: follow(fields[m.field], m.steps) for name, m in claim.measures().items() if m.field in fields
    }
    checks = getattr(claim.rule, "checks", None)
    if checks is None:
        return [] if claim.rule.decide(right, found.get("", found)).holds else ["value"]
    documents = claim.rule.documents
    expected = right if documents is None else {documents: right}
    asked = [check for check in checks if check.at.split(".")[0] in found]
    assert asked
    return [check.at for check in asked if not check.decide(expected, found).holds]
