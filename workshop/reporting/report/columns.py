"""The columns of a claim's row: what the book prints, what the run gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop.ledger import Claim
from workshop.ledger.values import brief, for_json, is_number
from workshop.verification.results import Record
from workshop.wording.pairs import pair_of, side_by_side

_ROOM = 64  # characters of a value in its column
_NUMBERS = 6  # the most named values that have a line each
_NAMED = 24  # characters of each of them

Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ValueCell:
    """A value in its column: a line for each of its numbers, with a name or "", and a small note below."""

    lines: Lines = ()
    note: str = ""
    same: bool = False


def columns(claim: Claim, record: Record) -> tuple[ValueCell, ValueCell]:
    """Return what the book says and what the run gives; the note of what another says is who says it."""
    pair = pair_of(claim, record.measured)
    stated, run = pair.written(_ROOM)
    if isinstance(pair.book, str):  # a sentence is whole
        stated = pair.book
    who = "" if pair.label == "book" else pair.label
    if pair.run is None:
        if record.verdict == "corrected" and claim.correct is not None:  # other printed values decide it
            mended = brief(claim.correct, _ROOM)
            if claim.tested_as is None:
                stated, mended = side_by_side(claim.documented, claim.correct, _ROOM)
            return ValueCell((("", stated),), who), ValueCell(
                (("", mended),), "right, from other printed values"
            )
        return ValueCell((("", stated),), who), ValueCell()
    note = "; ".join(
        text
        for text in (
            pair.note,
            *(f"on a substitute: {line.partition(': ')[2]}" for line in record.substitutes),
        )
        if text
    )
    printed = for_json(claim.documented if claim.printed is None else claim.printed)
    names = _names(printed)
    named = _values(pair.value, names)
    if names and (named or pair.same):
        left = (("", stated),) if pair.in_words else tuple((n, brief(printed[n], _NAMED)) for n in names)
        right = tuple((name, brief(value, _NAMED)) for name, value in zip(names, named, strict=False))
        return ValueCell(left, who), ValueCell((), note, same=True) if pair.same else ValueCell(right, note)
    if pair.same or (not run and record.verdict == "reproduced"):
        return ValueCell((("", stated),), who), ValueCell((), note, same=True)
    instead = claim.reader.right if claim.reader is not None else "as the verdict says"
    return ValueCell((("", stated),), who), ValueCell((("", run or instead),), note)


def _names(printed: Any) -> list[str]:
    """Return the names of a few short values that are printed under them; none for other values."""
    few = isinstance(printed, Mapping) and 1 < len(printed) <= _NUMBERS
    return [str(name) for name in printed] if few and all(map(_fits, printed.values())) else []


def _values(values: Any, names: list[str]) -> list[Any]:
    """Return what a run gave for these names; none where it gave something else."""
    if isinstance(values, Mapping):
        found = [values.get(name) for name in names]
        return found if all(value is not None and _fits(value) for value in found) else []
    if isinstance(values, list) and len(values) == len(names) and all(map(is_number, values)):
        return values
    return []


def _fits(value: Any) -> bool:
    return isinstance(value, float) or len(brief(value, _NAMED + 1)) <= _NAMED
