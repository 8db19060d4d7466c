"""What to install to have a version of a library, and on which Python: the ways to try, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from workshop.errors import UsageError
from workshop.ledger.model import Library
from workshop.matrix.table import Table, numbers

# what a search may be about: what a finding can name
LIBRARIES: tuple[str, ...] = tuple(name for name in get_args(Library) if name != "python")
# distributions by import names that differ
DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow"}


@dataclass(frozen=True)
class Recipe:
    """Requirements on a Python; recipes of two versions with the same `setting` can be compared."""

    setting: str
    python: str
    requirements: tuple[str, ...]


def list_recipes(library: str, version: str, used: frozenset[str], known: Table) -> Iterator[Recipe]:
    """Yield the ways to have a version of a library ("" for its newest) with all else that is used.

    All else is as new as it can be. TensorFlow's releases are those of the table, each with its bounds and
    the newest Keras that it takes. Another library is tried with the newest TensorFlow first, if it is used.
    """
    own = [] if library == "tensorflow" else [f"{library}=={version}" if version else library]
    asked = [*own, *sorted(used - {library, "tensorflow", "keras"})]
    if "tensorflow" not in used:
        for python in list_pythons(known):
            # the worker asks it for versions, which the standard library knows from 3.8 on
            metadata = () if numbers(python) >= (3, 8) else ("importlib-metadata",)
            yield Recipe(f"Python {python}", python, (*asked, *metadata))
        return
    for release in list_releases(known)[::-1] if library != "tensorflow" or not version else [version]:
        row = known.releases[release]
        factor = next((name for name in ("k3", "k2") if name in row["keras"]), "")
        if library == "keras" and factor != "k3":
            continue
        for python in sorted(row["pythons"], key=numbers, reverse=True):
            environment = known.environment(python, release, factor)
            fixed = "" if library == "tensorflow" else f", TensorFlow {release}"
            yield Recipe(f"Python {python}{fixed}", python, (*environment.requirements, *asked))


def list_distributions(used: Iterable[str]) -> frozenset[str]:
    """Return the distributions of the libraries with these import names; NumPy is always among them."""
    return frozenset({"numpy", *(DISTRIBUTIONS.get(name, name) for name in used)})


def choose_library(asked: str, used: frozenset[str]) -> str:
    """Return the library that is asked for, or the only one used; raises UsageError if it is not clear."""
    here = [name for name in LIBRARIES if name in used or (name == "keras" and "tensorflow" in used)]
    if asked in here:
        return asked
    if asked:
        raise UsageError(f"the claim does not use {asked}: --library is one of {', '.join(here)}")
    clear = [name for name in here if name not in {"numpy", "keras"}] or ["numpy"]
    if len(clear) > 1:
        raise UsageError(f"the claim uses several libraries: add --library, one of {', '.join(here)}")
    return clear[0]


def list_pythons(known: Table) -> list[str]:
    """Return all Pythons from the newest to the oldest in the table."""
    minors = [numbers(python)[1] for row in known.releases.values() for python in row["pythons"]]
    return [f"3.{minor}" for minor in range(max(minors), min(minors) - 1, -1)]


def list_releases(known: Table) -> list[str]:
    """Return the table's releases of TensorFlow, the oldest first."""
    return sorted(known.releases, key=numbers)


def find_oldest(library: str, versions: Sequence[str], known: Table) -> str:
    """Return the version that the table runs TensorFlow's oldest release with; of Keras, the first with 3."""
    if library == "keras":
        shipped = [row["shipped_keras"] for row in known.releases.values() if "shipped_keras" in row]
        fits = [*SpecifierSet(f">={min(shipped, key=numbers)}").filter(versions)]
        return fits[0] if fits else versions[0]
    bounds = [Requirement(line) for line in known.releases[list_releases(known)[0]]["bounds"]]
    fits = [each for bound in bounds if bound.name == library for each in bound.specifier.filter(versions)]
    return fits[-1] if fits else versions[0]


def select_range(versions: Sequence[str], start: str, end: str) -> list[str]:
    """Return the versions from start to end; raises UsageError if one is unknown or out of order."""
    for version in (start, end):
        if version not in versions:
            raise UsageError(f"no version {version} is known{name_nearest(versions, version)}")
    first, last = versions.index(start), versions.index(end)
    if first >= last:
        raise UsageError(f"{start} is not older than {end}: choose two ends in ascending order")
    return list(versions[first : last + 1])


def name_nearest(versions: Sequence[str], version: str) -> str:
    """Name the versions next to one that is not there."""
    try:
        wanted = Version(version)
    except InvalidVersion:
        return f": a version is written like {versions[-1]}"
    older = [each for each in versions if Version(each) < wanted]
    newer = [each for each in versions if Version(each) > wanted]
    if older and newer:
        return f": the nearest are {older[-1]} and {newer[0]}"
    return f", {versions[0]} to {versions[-1]} are"
