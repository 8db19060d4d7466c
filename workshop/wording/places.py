"""Where something is in the book, in a reader's words: `Exercise 5.03`, `After 5.03`, `p. 245`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from workshop.ledger import Claim, Ledger, Unit
from workshop.wording.numbers import counted

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


def printed_text(claims: Iterable[Claim]) -> str:
    """Count the results that the book prints, and apart from them those that only its notebook prints."""
    book, notebook = printed_in(claims)
    if not notebook:
        return counted(book, "printed result")
    return f"{counted(book, 'result')} printed in the book, {notebook} in its notebook"


def printed_in(claims: Iterable[Claim]) -> tuple[int, int]:
    """Return how many results the book prints, and how many only the authors' notebook."""
    counts = Counter(claim.source for claim in claims if not claim.ours)
    return counts["book"], counts["notebook"]


def part_text(claims: Sequence[Claim], ledger: Ledger) -> str:
    """Name the part of the book that claims are of, e.g. `exercise 2.05`; "" if they are the whole book's."""
    ids = {claim.id for claim in claims}
    if {claim.id for claim in ledger.claims.values() if not claim.ours} <= ids:
        return ""
    units = {claim.unit for claim in claims}
    chapters = {unit[:4] for unit in units}
    if len(ids) == 1:
        return next(iter(ids))
    if len(units) == 1:
        return unit_text(next(iter(units)), ledger)
    if len(chapters) == 1:
        return f"chapter {int(next(iter(chapters))[2:])}"
    return f"{len(units)} exercises"


def unit_text(unit: str, ledger: Ledger) -> str:
    """Name a unit within a sentence, e.g. `exercise 2.05`, `the text after 5.03`."""
    name = label(unit, ledger)
    if name == "Opening":
        return f"the opening of chapter {int(unit[2:4])}"
    return f"the text after {name.removeprefix('After ')}" if name.startswith("After") else name.lower()


def _number(unit: str) -> str | None:
    match = _NUMBERED.fullmatch(unit)
    return f"{_KINDS[match[2]]} {int(match[1])}.{match[3]}" if match else None
