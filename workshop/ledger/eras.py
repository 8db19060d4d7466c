"""Eras: versions of libraries under which runs differ, so that they have recorded runs of their own."""

from __future__ import annotations

from functools import cache
from importlib import resources

from packaging.specifiers import SpecifierSet
from pydantic import Field

from workshop.ledger.model import Library, VersionCondition


class Era(VersionCondition):
    """Versions under which units that use a library give other values, and why.

    `name` is that of the folder with their recorded runs.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9.-]*$")
    unit_uses: str
    when: dict[Library, str] = Field(min_length=1)
    why: str = Field(min_length=10)

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the era, the last ones that meet its conditions."""
        numbers = [f"{major}.{minor}" for major in range(9) for minor in range(30)]
        return {
            library: next(number for number in reversed(numbers) if SpecifierSet(condition).contains(number))
            for library, condition in self.when.items()
        }


@cache
def eras() -> tuple[Era, ...]:
    """Return all eras, in the order in which they are asked."""
    from workshop.strict_yaml import read_yaml  # what is built once is not read again

    text = resources.files("workshop.ledger").joinpath("eras.yaml").read_text("utf-8")
    return tuple(Era.model_validate(each) for each in read_yaml(text))
