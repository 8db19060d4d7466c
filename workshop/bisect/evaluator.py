"""Deciding a claim under versions of a library, each in an environment of its own, and under two alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement

from workshop.bisect.evaluate import Answer, NoAnswer
from workshop.bisect.requirements import Recipe, pythons, recipes
from workshop.bisect.virtualenvs import NotBuilt, build, resolve
from workshop.matrix.interpreters import find_python, how_to_get
from workshop.matrix.table import Table

# where a unit does not run in so many environments, another one is not worth its making
MOST_TRIES = 4


@dataclass
class Decider:
    """Answers for versions of a library; whatever is decided is told as a line.

    `used` are the distributions that the claim needs; `answer` decides it in an interpreter's environment.
    """

    library: str
    used: frozenset[str]
    known: Table
    answer: Callable[[Path], Answer]
    told: Callable[[str, Answer | str], None]
    find: Callable[[str], str | None] = find_python
    _decided: dict[str, Answer | None] = field(default_factory=dict)
    _answers: dict[Path, Answer | NoAnswer] = field(default_factory=dict)

    def __call__(self, version: str) -> Answer | None:
        """Return the answer of a version on the newest Python on which it runs, None where it can't tell."""
        if version not in self._decided:
            self._decided[version] = self._decide(version)
        return self._decided[version]

    def _decide(self, version: str) -> Answer | None:
        reasons: list[str] = []
        tries = 0
        for recipe in self._recipes(version):
            try:
                found = self._in(recipe, recipe.requirements)
            except NotBuilt as error:
                reasons = reasons or [f"can't be installed: {error}"]
                continue
            except NoAnswer as error:
                tries += 1
                reasons = [f"can't tell on {recipe.place}: {error}"]
                if tries == MOST_TRIES:
                    break
                continue
            self.told(version, found)
            return found
        self.told(version, (reasons or ["can't be installed: no Python that it runs on is here"])[0])
        return None

    def together(self, before: str, after: str) -> tuple[Answer, Answer] | None:
        """Return the answers of two versions where little else differs, or None if no place has both.

        It is the newest Python that has both, with the same versions of all that one can take of the other.
        """
        older = {recipe.place: recipe for recipe in self._recipes(before)}
        for recipe in self._recipes(after):
            if recipe.place not in older:
                continue
            try:
                return self._alike(older[recipe.place], recipe)
            except (NotBuilt, NoAnswer):
                continue
        return None

    def python(self) -> str:
        """Return the newest interpreter that is here; raises NotBuilt."""
        found = next(iter(self._pythons.values()), None)
        if found is None:
            raise NotBuilt(how_to_get(pythons(self.known)[0]))
        return found

    def newest(self) -> str:
        """Return the newest version that can be installed; raises NotBuilt."""
        reason = NotBuilt(how_to_get(pythons(self.known)[0]))
        for recipe in self._recipes(""):
            try:
                return self._pins(resolve(self._pythons[recipe.python], recipe.requirements))[self.library]
            except NotBuilt as error:
                reason = error
        raise reason

    @cached_property
    def _pythons(self) -> dict[str, str]:
        """The interpreters that are here, the newest first."""
        return {version: path for version in pythons(self.known) if (path := self.find(version))}

    def _recipes(self, version: str) -> list[Recipe]:
        every = recipes(self.library, version, self.used, self.known)
        return [recipe for recipe in every if recipe.python in self._pythons]

    def _in(self, recipe: Recipe, requirements: Sequence[str]) -> Answer:
        python = self._pythons[recipe.python]
        return self._of(build(python, resolve(python, requirements)))

    def _of(self, environment: Path) -> Answer:
        if environment not in self._answers:
            try:
                self._answers[environment] = self.answer(environment)
            except NoAnswer as error:
                self._answers[environment] = error
        found = self._answers[environment]
        if isinstance(found, NoAnswer):
            raise found
        return found

    def _alike(self, older: Recipe, newer: Recipe) -> tuple[Answer, Answer]:
        """Return the answers of two recipes of one place, one with what the other has if it takes that."""
        python = self._pythons[newer.python]
        first, second = (resolve(python, recipe.requirements) for recipe in (older, newer))
        for without in ({self.library}, {self.library, "keras"}):
            for lock, recipe in ((first, newer), (second, older)):
                held = [
                    f"{name}=={version}" for name, version in self._pins(lock).items() if name not in without
                ]
                try:
                    found = resolve(python, (*recipe.requirements, *held))
                except NotBuilt:
                    continue
                pair = (first, found) if recipe is newer else (found, second)
                return self._of(build(python, pair[0])), self._of(build(python, pair[1]))
        return self._of(build(python, first)), self._of(build(python, second))

    def _pins(self, lock: Sequence[str]) -> dict[str, str]:
        """Return the versions of the libraries that outcomes may depend on."""
        every = {(pin := Requirement(line)).name: str(pin.specifier).removeprefix("==") for line in lock}
        return {
            name: version
            for name, version in every.items()
            if name in {*self.used, self.library, "keras", "scipy"}
        }
