"""Records of made-up runs; measured values may be written in short, as files of schema 2 have them."""

from __future__ import annotations

from typing import Any

from workshop.ledger import Claim
from workshop.verification.results import Measured, Record, _as_now, _measured_now
from workshop.verification.verdicts import Verdict


def sums(median: Any, low: Any, high: Any, seeds: int = 5) -> dict[str, Any]:
    """Return what sums up several seeds: numbers, or lists or mappings of them."""
    return {"seeds": seeds, "median": median, "minimum": low, "maximum": high}


def measured_as(value: Any) -> Measured:
    """Return what runs measured: a value of one run, or what sums up several."""
    return Measured(**_measured_now(value, []))


def record(
    claim: Claim | str, verdict: Verdict = "reproduced", measured: Any = None, **fields: Any
) -> Record:
    """Return a record of a claim, or of a name that no ledger has; what is not given is filled in."""
    name, ours, documented = (
        (claim, False, 1) if isinstance(claim, str) else (claim.id, claim.ours, claim.documented)
    )
    blank = {
        "id": name, "unit": name.rpartition(".")[0], "ours": ours, "documented": documented, "rule": "equal",
        "margin": None, "seeds": (), "seconds": 0.0, "reason": "made up",
    }  # fmt: skip
    sample, beside = fields.pop("sample", None), fields.pop("beside", {})
    known = {label: v if isinstance(v, Measured) else measured_as(v) for label, v in beside.items()}
    given = _as_now({**blank, "verdict": verdict, "measured": measured, **fields})
    return Record(**given, beside=known, sample=sample)
