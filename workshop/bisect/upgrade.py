"""An environment with given versions of libraries, and all else as in an earlier run where they allow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from workshop.bisect.requirements import LIBRARIES, list_pythons, name_nearest
from workshop.errors import UsageError
from workshop.matrix import virtualenvs
from workshop.matrix.interpreters import find_python, how_to_get
from workshop.matrix.table import DISTRIBUTIONS, Table
from workshop.matrix.virtualenvs import NotBuilt

EXAMPLE = "tensorflow==2.21.0"


def read_versions(words: Iterable[str], known: Table) -> dict[str, str]:
    """Return versions by library, from requirements such as `tensorflow==2.21.0`. Raises UsageError."""
    names = sorted({*LIBRARIES, *known.libraries})
    found: dict[str, str] = {}
    for word in words:
        try:
            requirement = Requirement(word)
            (bound,) = requirement.specifier
            version = str(Version(bound.version if bound.operator == "==" else ""))
        except (InvalidRequirement, InvalidVersion, ValueError):
            raise UsageError(
                f"{word!r} is not an exact version of a library: write it like {EXAMPLE}"
            ) from None
        if requirement.extras or requirement.marker:
            raise UsageError(f"{word!r} has extras or a condition: write only name and version, as {EXAMPLE}")
        name = canonicalize_name(requirement.name)
        if name not in names:
            raise UsageError(f"no chapter uses {name}: name one of {', '.join(names)}")
        if name in found:
            raise UsageError(f"two versions of {name} are asked for: name one")
        found[name] = version
    return found


def make_environment(versions: Mapping[str, str], earlier: Mapping[str, Any], known: Table) -> Path:
    """Return the interpreter of an environment with these versions, built if it is not there yet.

    `earlier` are the facts of an earlier run. Its Python is tried first, then the others from the newest on;
    on each with the earlier versions of all other libraries, then without that of Keras, then with the newest
    ones. Raises UsageError if a version does not exist, NotBuilt if no environment has them all.
    """
    first = ".".join(str(earlier.get("python", "")).split(".")[:2])
    pythons = dict.fromkeys((first, *list_pythons(known)))
    here = [path for python in pythons if python and (path := find_python(python))]
    if not here:
        raise NotBuilt(how_to_get(list_pythons(known)[0]))
    reason: NotBuilt | None = None
    for python in here:
        for others in _others(versions, earlier):
            try:
                return virtualenvs.build(
                    python, virtualenvs.resolve(python, _requirements({**others, **versions}, known))
                )
            except NotBuilt as error:
                if reason is None:
                    _require_published(versions, python)
                    reason = error
    raise NotBuilt(f"{' '.join(f'{n}=={v}' for n, v in versions.items())} can't be installed: {reason}")


def _others(versions: Mapping[str, str], earlier: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the versions to keep of an earlier run: all, all without Keras, none."""
    others = {}
    for name in (*LIBRARIES, "pillow", "scipy"):
        try:
            others[name] = str(Version(str(earlier.get(name, ""))))
        except InvalidVersion:
            continue  # it was not installed
    for without in ({*versions}, {*versions, "keras"}):
        yield {name: version for name, version in others.items() if name not in without}
    yield {}


def _requirements(exact: Mapping[str, str], known: Table) -> Sequence[str]:
    """Return what to install for exact versions, with the bounds that the table has for TensorFlow."""
    tensorflow = exact.get("tensorflow")
    row = known.releases.get(".".join((tensorflow or "").split(".")[:2]), {})
    pin = f"=={tensorflow}" if tensorflow else ""
    return (
        *(f"{name}{pin}; {marker}" for name, marker in DISTRIBUTIONS.items()),
        *(f"{name}=={version}" for name, version in exact.items() if name != "tensorflow"),
        *(bound for bound in row.get("bounds", ()) if Requirement(bound).name not in exact),
        *(name for name in known.libraries if name not in exact),
    )


def _require_published(versions: Mapping[str, str], python: str) -> None:
    """Raise UsageError for a version that the package index does not have, NotBuilt if it can't be asked."""
    for name, version in versions.items():
        published = virtualenvs.list_versions(name, python)
        if Version(version) not in map(Version, published):
            raise UsageError(f"{name} {version} is not published{name_nearest(published, version)}")
