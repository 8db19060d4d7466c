"""What tests of chapter 7 share: which checks of a claim an outcome fails."""

from __future__ import annotations

from workshop.ledger import ledger
from workshop.paths import follow


def measured_of(claim_id, outcomes):
    """Return what a claim measures on outcomes, given by unit."""
    claim = ledger().claims[claim_id]
    found = {
        name: follow(getattr(outcomes[m.unit], m.field), m.steps) for name, m in claim.measures().items()
    }
    return found.get("", found)


def failing(claim_id, **outcomes):
    """Return where an outcome fails what a claim asks of every run; outcomes as `ch07_ex04=…`."""
    claim = ledger().claims[claim_id]
    measured = measured_of(claim_id, {name.replace("_", "."): o for name, o in outcomes.items()})
    checks = getattr(claim.rule, "every", None) or claim.rule.checks
    named = getattr(claim.rule, "documents", None)
    documented = {named: claim.documented} if named else claim.documented
    return [check.at for check in checks if not check.decide(documented, measured).holds]
