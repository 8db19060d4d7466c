"""Chapters found by name and loaded late; the wiring of claims and outcome fields, checked beforehand."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter

from workshop.errors import WorkshopError
from workshop.paths import Measure
from workshop.units import Part, parts_of


class WiringError(WorkshopError):
    """Claims, outcome fields and functions don't fit together; the message says which, and the remedy."""


@dataclass(frozen=True)
class Catalogue:
    """The parts of all units of the chapters that were loaded."""

    parts: Mapping[str, tuple[Part, ...]]
    _owners: dict[tuple[str, str], Part] = field(default_factory=dict, init=False, compare=False, repr=False)

    def owner(self, measure: Measure, asker: str) -> Part:
        """Return the part whose outcome has the field of a quantity. Raises WiringError, naming `asker`."""
        if owner := self._owners.get((measure.unit, measure.field)):
            return owner
        parts = self.parts.get(measure.unit, ())
        for part in parts:
            if measure.field in part.outcome_fields():
                self._owners[measure.unit, measure.field] = part
                return part
        if not parts:
            raise WiringError(f"{asker}: no function is declared @unit({measure.unit!r}): write it")
        have = ", ".join(f for part in parts for f in part.outcome_fields())
        raise WiringError(
            f"{asker}: the outcome of {measure.unit} has no field {measure.field!r} (it has {have}): "
            "name one of them in `measure`, or compute the field"
        )

    def stochastic(self, part: Part) -> bool:
        """Whether a part's outcome depends on a seed: its own, or that of a unit that it takes."""
        return part.stochastic or any(each.stochastic for each in self.with_upstream([part]))

    def libraries(self, unit_id: str) -> set[str]:
        """Return the libraries that a unit's parts use, and the units that they take."""
        return {name for part in self.with_upstream(self.parts.get(unit_id, ())) for name in part.uses}

    def named(self, unit_id: str) -> tuple[Part, ...]:
        """Return the parts of a unit and those of others that bear its number, the main one first."""
        own = self.parts.get(unit_id, ())
        name = _function_name(unit_id)
        others = [p for unit, parts in self.parts.items() if unit != unit_id for p in parts]
        named = (p for p in others if name and (p.name == name or p.name.startswith(f"{name}_")))
        return tuple(sorted((*own, *named), key=lambda part: part.name != name))

    def owners(self, measures: Iterable[Measure], asker: str) -> list[Part]:
        """Return the parts whose outcomes have the fields of quantities, each once. Raises WiringError."""
        found = (self.owner(measure, asker) for measure in measures)
        return list({part.key: part for part in found}.values())

    def code(self, unit_id: str) -> dict[str, list[str]]:
        """Return the names of the functions of `named` by file (`workshop/measures/ch05_…/….py`)."""
        return by_file(self.named(unit_id))

    def needed(self, parts: Iterable[Part]) -> set[str]:
        """Return the data sets that parts need, through other units too."""
        return {name for part in self.with_upstream(parts) for name in part.datasets}

    def with_upstream(self, parts: Iterable[Part]) -> tuple[Part, ...]:
        """Return parts, and after them those of the units whose outcomes they take, each once."""
        found: dict[str, Part] = {}
        waiting = list(parts)
        while waiting:
            part = waiting.pop(0)
            if part.key not in found:
                found[part.key] = part
                waiting += [p for unit_id in part.units for p in self.parts.get(unit_id, ())]
        return tuple(found.values())


def by_file(parts: Iterable[Part]) -> dict[str, list[str]]:
    """Return the names of functions by file."""
    functions: dict[str, list[str]] = {}
    for part in parts:
        functions.setdefault(f"{part.module.replace('.', '/')}.py", []).append(part.name)
    return functions


def catalogue(chapters: Iterable[str]) -> Catalogue:
    """Load the chapters (`ch02`), and those whose outcomes they take, and return their parts by unit.

    Raises WiringError if units take each other's outcomes in a circle, or one that no function makes.
    """
    found: dict[str, tuple[Part, ...]] = {}
    waiting = set(chapters)
    while waiting:
        chapter = waiting.pop()
        found[chapter] = _chapter_parts(chapter)
        waiting |= {unit_id[:4] for part in found[chapter] for unit_id in part.units} - set(found)
    return arrange(part for _, parts in sorted(found.items()) for part in parts)


def arrange(parts: Iterable[Part]) -> Catalogue:
    """Return the parts by unit, after checking their names and what they take. Raises WiringError."""
    by_unit: dict[str, tuple[Part, ...]] = {}
    for part in parts:
        if any(part.name == other.name for other in by_unit.get(part.unit, ())):
            raise WiringError(f"{part.key}: two functions of the unit have this name: rename one")
        by_unit[part.unit] = (*by_unit.get(part.unit, ()), part)
    takes = {unit_id: {u for part in own for u in part.units} for unit_id, own in by_unit.items()}
    for unit_id, taken in takes.items():
        for other in sorted(taken - set(by_unit)):
            raise WiringError(
                f"{unit_id} takes the outcome of {other}, which no function is declared to be: write it"
            )
    try:
        TopologicalSorter(takes).prepare()
    except CycleError as error:
        raise WiringError(
            f"units take each other's outcomes: {' → '.join(error.args[1])}: break the circle"
        ) from None
    made = Catalogue(by_unit)
    for part in (p for own in by_unit.values() for p in own):
        drawn = [u for u in part.units if any(made.stochastic(p) for p in by_unit[u])]
        if part.batched and drawn:
            raise WiringError(
                f"{part.key} takes `seeds` and the outcome of {drawn[0]}, which differs by seed: take `seed`"
            )
    return made


def _function_name(unit_id: str) -> str:
    """Return the name of a unit's main function (`exercise_5_04`); "" for a text, which has no number."""
    chapter, _, own = unit_id.partition(".")
    for kind, word in (("ex", "exercise"), ("act", "activity")):
        if own.startswith(kind):
            return f"{word}_{int(chapter[2:])}_{own.removeprefix(kind)}"
    return ""


@cache
def _chapter_parts(chapter: str) -> tuple[Part, ...]:
    import workshop.measures

    found: list[Part] = []
    for info in pkgutil.iter_modules(workshop.measures.__path__, "workshop.measures."):
        if not info.name.rsplit(".", 1)[1].startswith(chapter + "_"):
            continue
        module = importlib.import_module(info.name)
        found += parts_of(module)
        for inner in pkgutil.iter_modules(module.__path__, info.name + "."):
            found += parts_of(importlib.import_module(inner.name))
    return tuple(found)
