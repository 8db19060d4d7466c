"""Ids as people write them: `5.04`, `Exercise 5.4`, `CH05`, `ch5.ex4.test_rmse`; and did-you-mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Literal, Protocol

from workshop.errors import UsageError
from workshop.ledger.model import Chapter, Claim, Unit
from workshop.suggestions import ask, suggest, titles_with
from workshop.units import UNIT_ID

What = Literal["unit", "claim", "claim or unit"]

_KIND = r"exercise|activity|text|ex|act"
_WRITTEN = re.compile(
    rf"""
    (?:(?P<before>{_KIND})\.?[\s_-]*)?
    (?:ch(?:apter)?\.?[\s_-]*)? (?P<chapter>\d{{1,2}})
    (?:\.(?P<number>\d{{1,2}}) | [\s._-]*(?P<after>{_KIND})[\s._-]*(?P<last>\d{{1,2}}))?
    (?:\.(?P<rest>\D.*))?
    """,
    re.VERBOSE,
)
_SHORT = {"exercise": "ex", "activity": "act"}


class Listed(Protocol):
    """What names are looked up in: a ledger."""

    @property
    def chapters(self) -> Sequence[Chapter]:
        """All chapters."""

    @property
    def units(self) -> Mapping[str, Unit]:
        """Units by id."""

    @property
    def claims(self) -> Mapping[str, Claim]:
        """Claims by id."""


class UnknownNameError(UsageError, LookupError):
    """A name that selects no chapter, unit or claim."""


def canonical(text: str, kind: str = "ex") -> str:
    """Return an id, or a glob of ids, as the ledger writes it, whether it is there or not.

    Parameters
    ----------
    text : what a person wrote, e.g. `5.04`, `activity 5.1`, `chapter 5`, `ch5.ex4.test_rmse` or `ch0?.ex*`.
    kind : what a number such as `5.01` means, `ex` or `act`.
    """
    text = text.strip().lower()
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return text
    before, after = match["before"], match["after"]
    number = match["number"] or match["last"]
    if before and (after or not number):
        return text
    name = f"ch{int(match['chapter']):02d}"
    if number:
        word = before or after or kind
        name += f".{_SHORT.get(word, word)}{int(number):02d}"
    return name + (f".{match['rest']}" if match["rest"] else "")


def find_id(text: str, book: Listed, what: What, kind: str = "ex") -> str:
    """Return the id of a unit or claim of a ledger, however a person writes it; `kind` as in `canonical`.

    A title that fits one unit alone is taken for it. Raises UnknownNameError with a suggestion.
    """
    name = canonical(text, kind)
    if "unit" in what:
        name = _by_title(text, name, book)
    if "claim" in what:
        name = claim_after(name, book)
    if (name in book.units and "unit" in what) or (name in book.claims and "claim" in what):
        return name
    units, claims = _unit_titles(book), _claim_titles(book)
    known = units if what == "unit" else claims if what == "claim" else {**units, **claims}
    raise _unknown(text, name, book, what, known)


def claim_after(name: str, book: Listed) -> str:
    """Return the claim of a text after an exercise, for one that only the text has: `5.03.test_rmse`."""
    unit = ".".join(name.split(".")[:2])
    if name in book.claims or unit not in book.units:
        return name
    meant = (f"{text}{name.removeprefix(unit)}" for text in texts_after(unit, book))
    return next((claim for claim in meant if claim in book.claims), name)


def texts_after(unit: str, book: Listed) -> list[str]:
    """Return the texts between an exercise and the next one of its chapter."""
    units = [each for each in book.units if each[:4] == unit[:4]]
    after = units[units.index(unit) + 1 :]
    return [*takewhile(lambda each: ".text" in each, after)] if ".text" not in unit else []


def find_pattern(text: str, book: Listed) -> str:
    """Return an id, or a glob of ids, for what a person wrote: a number, a unit's title, or an id."""
    return _by_title(text, canonical(text), book)


def taken_for(text: str, book: Listed) -> str:
    """Return the unit that a number or a title was taken for, "" if a person wrote an id or a glob."""
    name = find_pattern(text, book)
    return name if name in book.units and text.strip().lower() != name else ""


def _by_title(text: str, name: str, book: Listed) -> str:
    """Return the unit whose title alone has several words of a text, else the name."""
    known = name in book.units or name in book.claims or any(chapter.id == name for chapter in book.chapters)
    found = () if known or len(text.split()) < 2 else titles_with(text, _unit_titles(book))
    return found[0] if len(found) == 1 else name


def unknown_pattern(text: str, book: Listed) -> UnknownNameError:
    """Return the error for a pattern that selects no claim of a ledger."""
    chapters = {chapter.id: chapter.title for chapter in book.chapters}
    known = {**_unit_titles(book), **chapters, **_claim_titles(book)}
    return _unknown(text, canonical(text), book, "claim", known)


def _unknown(text: str, name: str, book: Listed, what: str, titles: Mapping[str, str]) -> UnknownNameError:
    """Return the error for a name: what may have been meant, else the command that lists what is there."""
    listed = [*(chapter.id for chapter in book.chapters), *book.units]
    here = [each for each in listed if f"{name}.".startswith(f"{each}.")]
    hint = f"see `workshop list{f' {here[-1]}' if here else ''}`"
    meant: Sequence[str] = ()
    if UNIT_ID.fullmatch(name):  # another number is not a guess, but another kind of this number is
        same = [f"{name[:5]}{kind}{name[-2:]}" for kind in ("ex", "act")]
        meant = [each for each in same if each in titles]
    elif name not in listed:
        meant = suggest(name, titles)
    error = UnknownNameError(f"no {what} is named {text!r}: {ask(meant, titles) or hint}")
    error.rows = tuple((each, titles[each]) for each in meant)
    return error


def _unit_titles(book: Listed) -> dict[str, str]:
    """Return the titles of the units, exercises first, then activities, because these have numbers."""
    ranked = sorted(book.units, key=lambda unit: (".text" in unit, ".act" in unit))
    return {unit: book.units[unit].title for unit in ranked}


def _claim_titles(book: Listed) -> dict[str, str]:
    return {claim.id: f"{claim.what} ({book.units[claim.unit].title})" for claim in book.claims.values()}
