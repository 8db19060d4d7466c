"""Ledger files to ledger: they are read and checked, and one line says what is wrong and what to do."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from pydantic import ValidationError

from workshop.files import built_once
from workshop.ledger.errors import LedgerError, in_words
from workshop.ledger.model import Chapter, Claim, Unit
from workshop.ledger.names import find_pattern, unknown_pattern
from workshop.ledger.rules import Between, Consistency, Parts
from workshop.ledger.written import write_out
from workshop.paths import follow, parse_measure
from workshop.values import half_digit, numbers_in

# a match of this many digits is not a coincidence, and bounds this close together count as one
_ENOUGH_DIGITS, _NARROW = 3, 0.01


@dataclass(frozen=True)
class KnownNumber:
    """A number of the ledger, as the least and greatest one that is printed like it, and whose it is."""

    span: tuple[float, float]
    text: str


@dataclass(frozen=True)
class Ledger:
    """All claims of all chapters, in the book's order."""

    chapters: tuple[Chapter, ...]

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """Units by id."""
        return {unit.id: unit for chapter in self.chapters for unit in chapter.units}

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """Claims by id."""
        return {claim.id: claim for unit in self.units.values() for claim in unit.claims}

    def known_numbers(self, unit: str) -> tuple[KnownNumber, ...]:
        """Return the numbers that a reader may give for another one of a unit.

        They are those of the unit's claims, checks of further quantities with narrow bounds among them, and
        those of the chapter's claims that are called like one of the unit's.
        """
        if unit not in self._known:
            near = self.units[unit].claims
            names = {claim.name for claim in near}
            chapter = next(each for each in self.chapters if any(own.id == unit for own in each.units))
            claims = (claim for other in chapter.units if other.id != unit for claim in other.claims)
            far = [claim for claim in claims if claim.name in names]
            self._known[unit] = tuple(n for claim in [*near, *far] for n in _known_numbers(claim))
        return self._known[unit]

    @cached_property
    def _known(self) -> dict[str, tuple[KnownNumber, ...]]:
        return {}

    def select(self, patterns: Iterable[str] = ()) -> tuple[Claim, ...]:
        """Return the claims that match any of the patterns (chapter, unit, claim or glob); all without one.

        They may be written as people do (`5.04`). Raises UnknownNameError for one that selects nothing.
        """
        chosen: set[str] = set()
        patterns = tuple(patterns)
        for text in patterns:
            pattern = find_pattern(text, self)
            hits = {c for c in self.claims if any(fnmatch.fnmatchcase(name, pattern) for name in _names(c))}
            if not hits:
                raise unknown_pattern(text, self)
            chosen |= hits
        return tuple(c for c in self.claims.values() if not patterns or c.id in chosen)

    def first_of(self, claim: Claim) -> Claim:
        """Return the claim whose text for readers is this one's: itself, or that with the same error."""
        return self.claims[claim.same_error_as or claim.id]

    def has_confirmed(self, first: Claim) -> bool:
        """Whether a claim that shows the same error as the first one, or the first itself, confirms it."""
        return any(self.first_of(claim) is first and claim.unconfirmed is None for claim in self._errors)

    @cached_property
    def _errors(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims.values() if claim.is_error)

    def printed(self, path: str, *, home: str) -> Any:
        """Return the printed value that a path of a consistency rule names (`ch02.ex06.summary[0][1]`).

        Raises LookupError if there is no such claim or value.
        """
        measure = parse_measure(path, home=home)
        claim = self.claims.get(f"{measure.unit}.{measure.field}")
        if claim is None:
            raise LookupError(f"no claim {measure.unit}.{measure.field}")
        return follow(claim.documented, measure.steps)

    def others(self, claim: Claim) -> list[Any]:
        """Return the printed values that a consistency rule compares a claim with.

        Raises LookupError if there is no such value.
        """
        assert isinstance(claim.rule, Consistency)
        return [self.printed(o, home=claim.unit) if isinstance(o, str) else o for o in claim.rule.of]

    def check_needs(self, data_sets: Container[str]) -> None:
        """Raise LedgerError if a claim needs a data set that is not among these."""
        for claim in self.claims.values():
            for need in claim.needs:
                if need not in data_sets:
                    raise LedgerError(
                        f"{claim.id[:4]}.yaml: {claim.id}: unknown data set {need!r} in needs: "
                        "add it to the registry"
                    )


def _known_numbers(claim: Claim) -> Iterator[KnownNumber]:
    """Yield the numbers of a claim that have enough digits to be no other ones by chance."""
    for name, value in numbers_in(claim.documented):
        digits = re.sub(r"e.*|\D", "", f"{value!r}").strip("0")
        if len(digits) >= _ENOUGH_DIGITS:
            half = half_digit(value)
            where = f"{claim.id}{name and '.'}{name}"
            yield KnownNumber((value - half, value + half), f"another result: {claim.what} ({where})")
    for check in claim.rule.checks if isinstance(claim.rule, Parts) else ():
        bounds = check.rule
        if isinstance(bounds, Between) and bounds.high - bounds.low <= _NARROW * abs(bounds.high):
            words = re.sub(r"[._]", " ", check.at)
            text = f"another result: {claim.what}, {words} ({claim.id})"
            yield KnownNumber((bounds.low, bounds.high), text)


def read_chapter(content: bytes | str, name: str) -> Chapter:
    """Parse one ledger file.

    Raises LedgerError naming file, id and remedy.
    """
    from workshop.strict_yaml import NotYAML, read_yaml  # what is built once is not read again

    try:
        data = write_out(read_yaml(content))
        return Chapter.model_validate(data)
    except NotYAML as error:
        raise LedgerError(f"{name} {error}: mend the YAML") from None
    except ValidationError as error:
        raise LedgerError(_explain(error, data, name)) from None
    except ValueError as error:
        raise LedgerError(f"{name}: {error}") from None


def build(chapters: Iterable[tuple[str, Chapter]]) -> Ledger:
    """Put chapters and the names of their files together; check that ids are unique and paths lead somewhere.

    Raises LedgerError naming file, id and remedy.
    """
    names: dict[str, str] = {}
    chapters = list(chapters)
    for name, chapter in chapters:
        for unit in chapter.units:
            for key in (unit.id, *(claim.id for claim in unit.claims)):
                if key in names:
                    raise LedgerError(f"{name}: {key} is given twice (first in {names[key]}): rename one")
                names[key] = name
    ledger = Ledger(tuple(chapter for _, chapter in chapters))
    for claim in ledger.claims.values():
        _check_paths(claim, ledger, names[claim.id])
        _check_same(claim, ledger, names[claim.id])
    return ledger


def _check_paths(claim: Claim, ledger: Ledger, name: str) -> None:
    """Raise LedgerError if a claim measures an unknown unit, or is compared with a value that isn't there."""
    if isinstance(claim.rule, Consistency):
        try:
            others = ledger.others(claim)
            if claim.rule.counts:
                claim.rule.combine(others)
        except (LookupError, ValueError) as error:
            raise LedgerError(f"{name}: {claim.id}: consistency: {error}: mend `of`") from None
    for measure in claim.measures().values():
        if measure.unit not in ledger.units:
            raise LedgerError(f"{name}: {claim.id}: measures unknown unit {measure.unit}: mend `measure`")


def _check_same(claim: Claim, ledger: Ledger, name: str) -> None:
    """Raise LedgerError if a claim is not the one, or not the error, that it is said to repeat."""
    if claim.same_as is not None:
        first = ledger.claims.get(claim.same_as)
        if first is None or first.same_as is not None or first is claim:
            raise LedgerError(f"{name}: {claim.id}: no first claim {claim.same_as}: mend `same_as`")
        if first.documented != claim.documented:
            raise LedgerError(f"{name}: {claim.id}: {first.id} prints another value: remove `same_as`")
    if claim.same_error_as is not None:
        first = ledger.claims.get(claim.same_error_as)
        if first is None or first.reader is None or first.is_error != claim.is_error:
            what = "error" if claim.is_error else "change"
            raise LedgerError(
                f"{name}: {claim.id}: no first {what} {claim.same_error_as}: mend `same_error_as`"
            )


def _names(claim: str) -> tuple[str, str, str]:
    """Return the names that select a claim: the ids of its chapter, its unit and itself."""
    unit = claim.rsplit(".", 1)[0]
    return unit.split(".")[0], unit, claim


@lru_cache(maxsize=1)
def ledger() -> Ledger:
    """Return the package's ledger. Raises LedgerError naming file, id and remedy."""
    files = sorted(resources.files("workshop.ledger").iterdir(), key=lambda file: file.name)
    contents = {
        f"workshop/ledger/{file.name}": file.read_bytes()
        for file in files
        if re.match(r"ch\d.*\.yaml$", file.name)
    }

    def read() -> tuple[Chapter, ...]:
        return build((name, read_chapter(content, name)) for name, content in contents.items()).chapters

    return Ledger(built_once("ledger", b"".join(contents.values()), read))


def _explain(error: ValidationError, data: Any, name: str) -> str:
    """Turn the first validation error into one line with file, id and remedy."""
    owner, node = "", data
    for step in error.errors(include_url=False)[0]["loc"]:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(node, Mapping) and "id" in node:
            owner = f"{node['id']}: "
    return f"{name}: {owner}{in_words(error)}"
