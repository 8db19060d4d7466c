"""Which checks of a claim an outcome fails, for the tests of chapter 7."""

from __future__ import annotations

import itertools

from workshop.ledger import ledger
from workshop.ledger.rules import OrderOverRuns
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
    checks = claim.rule.every if claim.rule.needs_sample else claim.rule.checks
    named = getattr(claim.rule, "documents", None)
    documented = {named: claim.documented} if named else claim.documented
    return [check.at for check in checks if not check.decide(documented, measured).holds]


def failing_shares(claim_id, **outcomes):
    """Return where an outcome fails what a claim asks of most runs; outcomes as `ch07_ex04=…`.

    In an order, the names that should be above the one before and are not.
    """
    claim = ledger().claims[claim_id]
    measured = measured_of(claim_id, {name.replace("_", "."): o for name, o in outcomes.items()})
    if isinstance(claim.rule, OrderOverRuns):
        pairs = (pair for chain in claim.rule.chains(claim.documented) for pair in itertools.pairwise(chain))
        return [large for small, large in pairs if not measured[small] < measured[large]]
    return [share.at for share in claim.rule.shares if not share.decide(None, measured).holds]
