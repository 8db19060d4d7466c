"""Made-up claims: what they need, ledgers of them, and runs that are recorded of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def written(
    *claims: Mapping[str, Any], units: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, str]:
    """Return ledger files of these claims by name; a claim without a unit is of ch09.ex01.

    What claims do not say is filled in, as well as what `units` does not say of units.
    """
    chapters: dict[str, dict[str, dict[str, Any]]] = {}
    for each in claims:
        unit, _, name = each["id"].rpartition(".")
        unit = unit or "ch09.ex01"
        blank = {"id": unit, "title": "t", "procedure": "p", "pitfalls": "-", "claims": []}
        own = chapters.setdefault(unit[:4], {}).setdefault(unit, {**blank, **(units or {}).get(unit, {})})
        own["claims"].append(completed({"what": "w", "rule": "equal", "documented": 1, **each, "id": name}))
    return {
        f"{name}.yaml": yaml.safe_dump(
            {"chapter": int(name[2:]), "title": "Made up", "units": [*own.values()]}
        )
        for name, own in sorted(chapters.items())
    }


def book(*claims: Mapping[str, Any], units: Mapping[str, Mapping[str, Any]] | None = None) -> Ledger:
    """Return the ledger of the files that `written` writes."""
    files = written(*claims, units=units)
    return build((name, read_chapter(text, name)) for name, text in files.items())


def claim(documented: Any, **keys: Any) -> Claim:
    """Return the claim c of ch09.ex01."""
    (made,) = book({"id": "c", "documented": documented, **keys}).claims.values()
    return made


def runs(stated: Claim, values: Sequence[Any]) -> RecordedRuns:
    """Return recorded runs of a claim, by what it measures on each."""
    return RecordedRuns(stated, Samples({}, None), list(values))
