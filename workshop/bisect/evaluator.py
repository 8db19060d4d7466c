"""Evaluating a claim under versions of a library, each in an environment of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement

from workshop.bisect.evaluate import Evaluation
from workshop.bisect.requirements import Recipe, list_pythons, list_recipes
from workshop.matrix.interpreters import find_python, how_to_get
from workshop.matrix.table import Table
from workshop.matrix.virtualenvs import NotBuilt, build, resolve

# after this many environments in which a unit does not run, no other one is built
MOST_TRIES = 4


@dataclass
class Evaluator:
    """Evaluates a claim under versions of a library.

    `used` are the distributions that the claim needs. `evaluate` works in an interpreter's environment.
    """

    library: str
    used: frozenset[str]
    known: Table
    evaluate: Callable[[Path], Evaluation | str]
    find: Callable[[str], str | None] = find_python

    def evaluate_version(self, version: str) -> Evaluation | str:
        """Return the evaluation of a version on the newest Python on which it runs, or why it has none."""
        reason, tries = "", 0
        for recipe in self._recipes(version):
            try:
                python = build(self._pythons[recipe.python], self._resolve(recipe))
            except NotBuilt as error:
                reason = reason or f"can't be installed: {error}"
                continue
            found = self.evaluate(python)
            if isinstance(found, Evaluation):
                return found
            reason, tries = f"can't be decided on {recipe.setting}: {found}", tries + 1
            if tries == MOST_TRIES:
                break
        return reason or "can't be installed: no Python that it runs on is here"

    def python(self) -> str:
        """Return the newest interpreter that is here; raises NotBuilt."""
        if self._pythons:
            return next(iter(self._pythons.values()))
        raise NotBuilt(how_to_get(list_pythons(self.known)[0]))

    def newest(self) -> str:
        """Return the newest version that can be installed; raises NotBuilt."""
        reason = NotBuilt(f"no Python that {self.library} runs on is here")
        for recipe in self._recipes(""):
            try:
                pins = map(Requirement, self._resolve(recipe))
                return next(str(p.specifier).removeprefix("==") for p in pins if p.name == self.library)
            except NotBuilt as error:
                reason = error
        raise reason

    @cached_property
    def _pythons(self) -> dict[str, str]:
        """The interpreters that are here, the newest first."""
        return {version: path for version in list_pythons(self.known) if (path := self.find(version))}

    def _recipes(self, version: str) -> list[Recipe]:
        every = list_recipes(self.library, version, self.used, self.known)
        return [recipe for recipe in every if recipe.python in self._pythons]

    def _resolve(self, recipe: Recipe) -> tuple[str, ...]:
        return resolve(self._pythons[recipe.python], recipe.requirements)
