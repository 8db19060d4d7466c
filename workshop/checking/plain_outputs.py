"""Values that a cell shows, other than logs and summaries: those that a claim's printed value equals.

A value that differs is only taken where the unit's patterns say that the code shows just this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.checking.code import CellCode
from workshop.checking.reading import Cell
from workshop.checking.recognising import Known
from workshop.checking.shown import Shown, leaves
from workshop.checking.values import read_values
from workshop.ledger import Claim, Ledger
from workshop.ledger.values import half_digit, is_number, plain

_MOST = 100  # values of a cell; longer outputs are logs

Leaves = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class _Form:
    """One printed form of a claim: its leaves, and whether an equal value is so by no chance."""

    claim: Claim
    alone: bool
    leaves: Leaves
    enough: bool


class Printed:
    """The printed forms of the ledger's claims, made once: as documented, and as notebook or right value."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._forms: dict[str, tuple[list[_Form], list[_Form]]] = {}

    def of(self, unit: Known) -> tuple[list[_Form], list[_Form]]:
        """Return the documented forms of a unit's claims, and their other forms."""
        if unit.unit not in self._forms:
            self._forms[unit.unit] = self._made(unit)
        return self._forms[unit.unit]

    def _made(self, unit: Known) -> tuple[list[_Form], list[_Form]]:
        summaries = {name for model in unit.models.values() for name in (model.summary, model.params)}
        claims = [
            claim
            for claim in self._ledger.units[unit.unit].claims
            if is_shown(claim) and claim.rule.needs_run and claim.name not in summaries
        ]
        others = [
            _form(claim, value)
            for claim in claims
            for value in (claim.notebook, claim.correct, getattr(claim.finding, "instead", None))
            if value is not None
        ]
        return [_form(claim, claim.documented) for claim in claims], others


def is_shown(claim: Claim) -> bool:
    """Whether a notebook shows a claim's value, as the authors' does; others are said in the text."""
    return not claim.ours and claim.notebook is not None


def _form(claim: Claim, value: Any) -> _Form:
    value = plain(value)
    its = tuple(leaves(value))
    shown = tuple((path, Shown(repr(leaf)) if is_number(leaf) else leaf) for path, leaf in its)
    return _Form(claim, not isinstance(value, list | dict), its, _says_enough(shown))


def shown_values(
    cell: Cell, code: CellCode, units: Sequence[Known], book: Printed, taken: set[str]
) -> Iterator[tuple[Claim, Any]]:
    """Yield the claims whose values a cell shows, and the values, without claims that are `taken`."""
    values = [*read_values(cell.stdout), *read_values(cell.result)] if units and code.words else []
    texts = [line.strip() for line in cell.stdout.split("\n") if line.strip()]
    if not units or not code.words or len(values) > _MOST or len(texts) > _MOST:
        return
    single = len(values) == len(code.shows)
    shows = [[show] for show in code.shows] if single else [code.shows] * len(values)
    rest = []
    for place, value in enumerate([*values, *texts, *_together(values)]):
        shown = shows[place] if place < len(values) else code.shows
        form = _equal_form(value, shown, units, book, taken)
        if form is not None:
            taken.add(form.claim.id)
            yield form.claim, _alone(value, alone=form.alone)
        elif place < len(values):
            rest.append((value, shown))
    for value, shown in rest if single else ():
        form = _named_form(value, shown[0], units[0], book, taken)
        if form is not None:
            taken.add(form.claim.id)
            yield form.claim, _alone(value, alone=form.alone)


def _together(values: Sequence[Any]) -> Iterator[Any]:
    """Yield the values of a cell as one list, and its texts as one."""
    if 2 <= len(values) <= 6:
        yield list(values)
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) < len(values):
            yield texts


def _alone(value: Any, *, alone: bool) -> Any:
    """Return the only item of a list where a single value is printed."""
    return value[0] if alone and isinstance(value, list) and len(value) == 1 else value


def _equal_form(
    value: Any, shown: Sequence[str], units: Sequence[Known], book: Printed, taken: set[str]
) -> _Form | None:
    """Return the first claim's form that a value equals, if it says enough or the code names it."""
    forms = {alone: tuple(leaves(_alone(value, alone=alone))) for alone in (False, True)}
    enough = _says_enough(forms[False])
    for source in (0, 1):
        for unit in units:
            for form in book.of(unit)[source]:
                if form.claim.id in taken or not _equals(forms[form.alone], form.leaves):
                    continue
                if (enough and form.enough) or _is_named(form.claim, unit, shown):
                    return form
    return None


def _named_form(value: Any, shown: str, unit: Known, book: Printed, taken: set[str]) -> _Form | None:
    """Return the claim's form that the code says is shown, if a value has its structure."""
    for form in book.of(unit)[0]:
        claim = form.claim
        if claim.kind == "exact" and not any(isinstance(leaf, float) for _, leaf in form.leaves):
            continue  # counts and shapes that differ may be those of something else
        mine = tuple(leaves(_alone(value, alone=form.alone)))
        if claim.id not in taken and _is_named(claim, unit, [shown]) and _same_form(mine, form.leaves):
            return form
    return None


def _is_named(claim: Claim, unit: Known, shown: Sequence[str]) -> bool:
    pattern = unit.reads.get(claim.name)
    return pattern is not None and any(re.search(pattern, code) for code in shown)


def _says_enough(value: Leaves) -> bool:
    """Whether a value is equal to another by no chance: three numbers or words, or five digits."""
    found = [leaf for _, leaf in value]
    numbers = [leaf.text.lower() for leaf in found if isinstance(leaf, Shown)]
    digits = [re.sub(r"e.*|\D", "", text).strip("0") for text in numbers]
    words = " ".join(leaf for leaf in found if isinstance(leaf, str))
    different = {leaf for leaf in found if isinstance(leaf, str | float)}
    many = len(different) >= 3 or (len(different) >= 2 and len(found) >= 6)
    return many or any(len(each) >= 5 for each in digits) or len(words.split()) >= 4


def _equals(mine: Leaves, theirs: Leaves) -> bool:
    """Whether two values are equal; the order of a mapping does not count."""
    if not 0 < len(mine) == len(theirs):
        return False
    own = dict(mine)
    return all(path in own and _leaf_equals(own[path], leaf) for path, leaf in theirs)


def _leaf_equals(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Shown) and is_number(theirs):
        if isinstance(theirs, int):
            return float(mine) == theirs
        decimals = len(mine.text.partition(".")[2]) if "e" not in mine.text.lower() else 12
        half = max(half_digit(theirs), 0.5 * 10.0**-decimals)
        return bool(abs(mine - theirs) <= half * (1 + 1e-9))
    return type(mine) is type(theirs) and bool(mine == theirs)


def _same_form(mine: Leaves, theirs: Leaves) -> bool:
    """Whether two values have the same structure, with numbers and words in the same places."""
    kinds = [[(path, isinstance(leaf, str)) for path, leaf in side] for side in (mine, theirs)]
    return kinds[0] == kinds[1]
