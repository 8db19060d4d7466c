"""Ledger files to ledger: read, checked, and told in one line what is wrong and what to do about it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

import yaml
from pydantic import ValidationError

from workshop.ledger.consistency import Consistency
from workshop.ledger.model import Chapter, Claim, Unit
from workshop.ledger.paths import follow, parse_measure


class LedgerError(Exception):
    """A ledger file breaks a rule of the model; the message names file, id and remedy."""


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

    def select(self, patterns: Iterable[str] = ()) -> tuple[Claim, ...]:
        """Return the claims that any pattern names: a chapter, a unit, a claim, or a glob; all without a pattern.

        Raises LookupError naming the pattern that selects nothing.
        """
        chosen: set[str] = set()
        patterns = tuple(patterns)
        for pattern in patterns:
            hits = {
                c
                for c in self.claims
                if c == pattern or c.startswith(pattern + ".") or fnmatch.fnmatchcase(c, pattern)
            }
            if not hits:
                raise LookupError(
                    f"no claim is named {pattern!r}: see `workshop list`, or use a glob such as 'ch02.*'"
                )
            chosen |= hits
        return tuple(c for c in self.claims.values() if not patterns or c.id in chosen)

    def printed(self, path: str, *, home: str) -> Any:
        """Return the printed value that a path of a consistency rule names (`ch02.ex06.summary[0][1]`).

        Raises LookupError if there is no such claim or value.
        """
        measure = parse_measure(path, home=home)
        claim = self.claims.get(f"{measure.unit}.{measure.field}")
        if claim is None:
            raise LookupError(f"no claim {measure.unit}.{measure.field}")
        return follow(claim.documented, measure.steps)


class _UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A YAML loader that refuses a key given twice, of which plain YAML silently keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise yaml.constructor.ConstructorError(
                None, None, f"key {twice!r} is given twice", node.start_mark
            )
        return mapping


def read_chapter(text: str, name: str) -> Chapter:
    """Parse one ledger file.

    Raises LedgerError naming file, id and remedy.
    """
    try:
        data = yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader that refuses repeated keys
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark is not None else ""
        raise LedgerError(f"{name}{line}: {getattr(error, 'problem', error)}: mend the YAML") from None
    try:
        return Chapter.model_validate(data)
    except ValidationError as error:
        raise LedgerError(_explain(error, data, name)) from None


def build(chapters: Iterable[tuple[str, Chapter]], known_datasets: Iterable[str]) -> Ledger:
    """Put chapters together and check what only the whole can tell: ids, data sets, paths to printed values.

    Raises LedgerError naming file, id and remedy.
    """
    known = set(known_datasets)
    names: dict[str, str] = {}
    chapters = list(chapters)
    for name, chapter in chapters:
        for unit in chapter.units:
            for key in (unit.id, *(claim.id for claim in unit.claims)):
                if key in names:
                    raise LedgerError(f"{name}: {key} is given twice (first in {names[key]}): rename one")
                names[key] = name
            for claim in unit.claims:
                for need in claim.needs:
                    if need not in known:
                        raise LedgerError(
                            f"{name}: {claim.id}: unknown data set {need!r} in needs: add it to the registry"
                        )
    ledger = Ledger(tuple(chapter for _, chapter in chapters))
    for claim in ledger.claims.values():
        if isinstance(claim.rule, Consistency):
            for path in (p for p in claim.rule.of if isinstance(p, str)):
                try:
                    ledger.printed(path, home=claim.unit)
                except (LookupError, ValueError) as error:
                    raise LedgerError(
                        f"{names[claim.id]}: {claim.id}: consistency with {path!r}: {error}: mend it"
                    ) from None
        for measure in claim.measures().values():
            if measure.unit not in ledger.units:
                raise LedgerError(
                    f"{names[claim.id]}: {claim.id}: measures unknown unit {measure.unit}: mend `measure`"
                )
    return ledger


@lru_cache(maxsize=1)
def ledger() -> Ledger:
    """Return the package's ledger. Raises LedgerError naming file, id and remedy."""
    from workshop.datasets import registry

    files = sorted(resources.files("workshop.ledger").iterdir(), key=lambda file: file.name)
    names = [(file, f"workshop/ledger/{file.name}") for file in files if file.name.endswith(".yaml")]
    chapters = [(name, read_chapter(file.read_text("utf-8"), name)) for file, name in names]
    return build(chapters, registry())


_REMEDIES = {
    "extra_forbidden": "unknown key {last!r}: remove or rename it",
    "missing": "{last!r} is missing: add it",
    "literal_error": "{last} {input!r}: {msg}",
}


def _explain(error: ValidationError, data: Any, name: str) -> str:
    """Turn the first validation error into one line with file, id and remedy."""
    first = error.errors(include_url=False)[0]
    location = list(first["loc"])
    owner, node = "", data
    for step in location:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(node, Mapping) and "id" in node:
            owner = f"{node['id']}: "
    message = first["msg"].removeprefix("Value error, ")
    last = str(location[-1]) if location else ""
    template = _REMEDIES.get(first["type"])
    if template is not None:
        told = template.format(last=last, input=first["input"], msg=message)
    else:
        told = f"{last}: {message}" if last and not str(last).isdigit() else message
    return f"{name}: {owner}{' '.join(told.split())}"
