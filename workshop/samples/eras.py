"""Eras: versions of libraries under which runs differ from the package's, with samples of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from pydantic import Field

from workshop.ledger.model import Library, VersionCondition
from workshop.strict_yaml import read_yaml


class Era(VersionCondition):
    """Versions under which units that use a library give other values, and why; `name` is a folder's."""

    name: str = Field(pattern=r"^[a-z][a-z0-9.-]*$")
    unit_uses: str
    when: dict[Library, str] = Field(min_length=1)
    why: str = Field(min_length=10)


@cache
def eras() -> tuple[Era, ...]:
    """Return all eras, in the order in which they are asked."""
    text = resources.files("workshop.samples").joinpath("references", "eras.yaml").read_text("utf-8")
    return tuple(Era.model_validate(each) for each in read_yaml(text))


def homes(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the folders that may have an environment's runs, its own first; "" is that of all others.

    Runs on a GPU lie in one folder alone: a CPU's say nothing of them.
    """
    device = environment.get("device", "cpu")
    if device != "cpu":
        return (device,)
    return (*(era.name for era in eras() if era.applies(environment)), "")


def own_home(environment: Mapping[str, str], libraries: Iterable[str]) -> str:
    """Return the folder for the runs that an environment makes of a unit with these libraries."""
    used = set(libraries)
    apart = {era.name for era in eras() if era.unit_uses not in used}
    return next(home for home in homes(environment) if home not in apart)
