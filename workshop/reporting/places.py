"""Where something is in the book, in a reader's words: `Exercise 5.03`, `After 5.03`, `p. 245`."""

from __future__ import annotations

import re

from workshop.ledger import Claim, Ledger, Unit

_NUMBERED = re.compile(r"ch(\d\d)\.(ex|act)(\d\d)")
_KINDS = {"ex": "Exercise", "act": "Activity"}


def label(unit: str, ledger: Ledger) -> str:
    """Return a unit's name: `Exercise 5.03`, `After 5.03` for a text, `Opening` for one before them all."""
    if (own := _number(unit)) is not None:
        return own
    before = ""
    for each in next(chapter for chapter in ledger.chapters if chapter.id == unit[:4]).units:
        if each.id == unit:
            break
        before = _number(each.id) or before
    return f"After {before.removeprefix('Exercise ')}" if before else "Opening"


def title(unit: Unit) -> str:
    """Return a unit's title without its number, which `label` has."""
    return unit.title.partition(": ")[2] or unit.title if _number(unit.id) else unit.title


def place(claim: Claim, ledger: Ledger) -> str:
    """Return the page of a claim if it is known, else the name of its unit with the chapter."""
    if claim.page is not None:
        return f"p. {claim.page}"
    name = label(claim.unit, ledger)
    return name if _number(claim.unit) else f"ch. {int(claim.unit[2:4])}, {name[0].lower()}{name[1:]}"


def _number(unit: str) -> str | None:
    match = _NUMBERED.fullmatch(unit)
    return f"{_KINDS[match[2]]} {int(match[1])}.{match[3]}" if match else None
