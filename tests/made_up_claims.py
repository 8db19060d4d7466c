"""Made-up claims: what they need, ledgers of them, and runs that are recorded of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import yaml

from workshop.ledger import Claim, Ledger, build, read_chapter
from workshop.samples.recorded import RecordedRuns, Samples

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


def book(*claims: dict[str, Any]) -> Ledger:
    """Return a ledger of one unit, ch09.ex01, with these claims."""
    made = [completed({"what": "w", "rule": "equal", **each}) for each in claims]
    unit = {"id": "ch09.ex01", "title": "t", "procedure": "p", "pitfalls": "-", "claims": made}
    text = yaml.safe_dump({"chapter": 9, "title": "t", "units": [unit]})
    return build([("ch09.yaml", read_chapter(text, "ch09.yaml"))])


def claim(documented: Any, **keys: Any) -> Claim:
    """Return the claim c of ch09.ex01."""
    (made,) = book({"id": "c", "documented": documented, **keys}).claims.values()
    return made


def runs(stated: Claim, values: Sequence[Any]) -> RecordedRuns:
    """Return recorded runs of a claim, by what it measures on each."""
    bare = RecordedRuns(stated, Samples({}, None, True), list(values), {})
    return replace(bare, numbers=bare.numbers_of(bare.values))
