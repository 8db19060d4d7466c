"""What is installed to have a version of a library, on which Python: the ways to try, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from workshop.errors import UsageError
from workshop.ledger.model import LIBRARIES
from workshop.matrix.table import Table, numbers

# distributions by import names that differ
DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow"}


class NoVersion(UsageError):
    """No such version or library is known, or the ends are no range; the message is one line."""


@dataclass(frozen=True)
class Recipe:
    """Requirements on a Python; `place` tells what it shares with the recipes of other versions."""

    place: str
    python: str
    requirements: tuple[str, ...]


def recipes(library: str, version: str, used: frozenset[str], known: Table) -> Iterator[Recipe]:
    """Yield the ways to have a version of a library ("" for its newest) beside all else that is used.

    All else comes as new as it can. TensorFlow's releases are those of the table, each with its bounds and
    the newest Keras that it takes. Another library is tried with the newest TensorFlow first, if it is used.
    """
    own = f"=={version}" if version else ""
    others = sorted(used - {library, "tensorflow", "keras"})
    if "tensorflow" not in used:
        for python in pythons(known):
            # the runner asks it for versions, as the standard library tells them from 3.8 on
            metadata = () if numbers(python) >= (3, 8) else ("importlib-metadata",)
            yield Recipe(f"Python {python}", python, (library + own, *others, *metadata))
        return
    for release in releases(known)[::-1] if library != "tensorflow" or not version else [version]:
        row = known.releases[release]
        factor = next((name for name in ("k3", "k2") if name in row["keras"]), "")
        if library == "keras" and factor != "k3":
            continue
        for python in sorted(row["pythons"], key=numbers, reverse=True):
            environment = known.environment(python, release, factor)
            held = "" if library == "tensorflow" else f", TensorFlow {release}"
            pinned = () if library == "tensorflow" else (library + own,)
            yield Recipe(f"Python {python}{held}", python, (*environment.requirements, *pinned, *others))


def distributions(used: Iterable[str]) -> frozenset[str]:
    """Return the distributions of the libraries with these import names; NumPy is always among them."""
    return frozenset({"numpy", *(DISTRIBUTIONS.get(name, name) for name in used)})


def choose(asked: str, used: frozenset[str]) -> str:
    """Return the library that is asked for, or the only one used; raises NoVersion if it is not clear."""
    here = [name for name in LIBRARIES if name in used or (name == "keras" and "tensorflow" in used)]
    if asked in here:
        return asked
    if asked:
        raise NoVersion(f"the claim does not use {asked}: --library is one of {', '.join(here)}")
    clear = [name for name in here if name not in {"numpy", "keras"}] or ["numpy"]
    if len(clear) > 1:
        raise NoVersion(f"the claim uses several libraries: add --library, one of {', '.join(here)}")
    return clear[0]


def pythons(known: Table) -> list[str]:
    """Return the Pythons from the oldest to the newest that the table knows of, the newest first."""
    minors = [numbers(python)[1] for row in known.releases.values() for python in row["pythons"]]
    return [f"3.{minor}" for minor in range(max(minors), min(minors) - 1, -1)]


def releases(known: Table) -> list[str]:
    """Return the table's releases of TensorFlow, the oldest first."""
    return sorted(known.releases, key=numbers)


def oldest_known(library: str, versions: Sequence[str], known: Table) -> str:
    """Return the version that the table runs TensorFlow's oldest release with; of Keras, the first with 3."""
    if library == "keras":
        shipped = [row["shipped_keras"] for row in known.releases.values() if "shipped_keras" in row]
        fit = SpecifierSet(f">={min(shipped, key=numbers)}").filter(versions)
        return next(iter(fit), versions[0])
    bounds = [Requirement(line) for line in known.releases[releases(known)[0]]["bounds"]]
    fits = [each for bound in bounds if bound.name == library for each in bound.specifier.filter(versions)]
    return fits[-1] if fits else versions[0]


def between(versions: Sequence[str], start: str, end: str) -> list[str]:
    """Return the versions from start to end; raises NoVersion where one is unknown, or they are no range."""
    for version in (start, end):
        if version not in versions:
            raise NoVersion(f"no version {version} is known{_nearest(versions, version)}")
    first, last = versions.index(start), versions.index(end)
    if first >= last:
        raise NoVersion(f"{start} is not older than {end}: choose two ends in ascending order")
    return list(versions[first : last + 1])


def _nearest(versions: Sequence[str], version: str) -> str:
    """Tell the versions beside one that is not there."""
    try:
        wanted = Version(version)
    except InvalidVersion:
        return ": a version is written like " + versions[-1]
    older = [each for each in versions if Version(each) < wanted][-1:]
    newer = [each for each in versions if Version(each) > wanted][:1]
    if older and newer:
        return f": the nearest are {older[0]} and {newer[0]}"
    return f", {versions[0]} to {versions[-1]} are"
