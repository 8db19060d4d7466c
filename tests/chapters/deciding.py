"""Whether claims accept outcomes that a test makes, and single quantities by name."""

import re
from typing import Any

from workshop.ledger import Claim, ledger
from workshop.paths import follow


def measured(claim: Claim, *outcomes: Any, **values: Any) -> dict[str, Any]:
    """Return what a claim measures of outcomes and quantities, by name; what none of them has is left out."""
    fields = {name: value for outcome in outcomes for name, value in vars(outcome).items()} | values
    return {
        name: follow(fields[m.field], m.steps) for name, m in claim.measures().items() if m.field in fields
    }


def right(claim: Claim) -> Any:
    """Return the value of a claim, corrected or else as printed."""
    return claim.documented if claim.correct is None else claim.correct


def holds(claim_id: str, *outcomes: Any, **values: Any) -> bool:
    """Return whether a claim accepts outcomes and quantities; of a sample, what each run shows."""
    claim = ledger().claims[claim_id]
    found = measured(claim, *outcomes, **values)
    assert found.keys() == claim.measures().keys()
    decide = claim.sampled_rule.decide_each if claim.rule.needs_sample else claim.rule.decide
    return decide(right(claim), found.get("", found)).holds


def failing(claim_id: str, *outcomes: Any, **values: Any) -> list[str]:
    """Return the parts of a claim that outcomes and quantities fail, `whole` for one without parts.

    Parts that only what is not given would decide are left out.
    """
    claim = ledger().claims[claim_id]
    found = measured(claim, *outcomes, **values)
    checks = getattr(claim.rule, "checks", None)
    if checks is None:
        return [] if holds(claim_id, *outcomes, **values) else ["whole"]
    documents = claim.rule.documents
    expected = {documents: right(claim)} if documents else right(claim)
    asked = [check for check in checks if "" in found or re.split(r"[.\[]", check.at)[0] in found]
    assert asked
    return [check.at for check in asked if not check.decide(expected, found.get("", found)).holds]
