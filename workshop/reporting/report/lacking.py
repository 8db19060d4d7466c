"""What an unavailable claim lacks, and the commands that get it."""

from __future__ import annotations

from workshop.datasets.finding import remedy
from workshop.datasets.model import registry
from workshop.ledger import Claim
from workshop.verification.results import Record


def lacks(claim: Claim, record: Record) -> str:
    """Return in a line what an unavailable claim lacks and how to get it; nothing for other claims.

    The record's reason names the data sets; where a substitute is here, it does not say how to get them.
    """
    if record.verdict != "unavailable":
        return ""
    known = registry()
    named = [name for name in claim.needs if name in known and f"{name}: " in record.reason]
    return "; ".join(f"{name}: {remedy(known[name])}" for name in named) or record.reason
