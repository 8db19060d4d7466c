"""An environment with given versions of libraries, and all else as in an earlier run where they allow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
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
# tomorrow's versions, published each night under other names
NIGHTLY = {"tensorflow": "tf-nightly", "keras": "keras-nightly"}
OLD = 14  # days


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
    reason: NotBuilt | None = None
    for python in _pythons_here(earlier, known).values():
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


def find_nightly(earlier: Mapping[str, Any], known: Table) -> dict[str, str]:
    """Return the newest nightly versions by distribution, for the first Python that is tried and has them.

    Raises NotBuilt, with a Python that has them if there is one.
    """
    here = _pythons_here(earlier, known)
    for python in here.values():
        if found := _nightly(python):
            return found
    runner = next(iter(here.values()))
    others = (version for version in list_pythons(known) if version not in here)
    fits = next((version for version in others if _nightly(runner, "--python-version", version)), "")
    remedy = f": pyenv install {fits}" if fits else ", and none for another one: try again tomorrow"
    raise NotBuilt(f"there is no tf-nightly for Python {' or '.join(here)}{remedy}")


def _nightly(python: str, *options: str) -> dict[str, str]:
    wheels = ("--pre", "--only-binary", ":all:", *options)
    try:
        return {name: virtualenvs.list_versions(name, python, wheels)[-1] for name in NIGHTLY.values()}
    except (NotBuilt, IndexError):
        return {}


def describe_age(name: str, version: str, today: date) -> str:
    """Say how old a nightly version is if it is not of the last days; "" if it is."""
    made = datetime.strptime(version.rpartition("dev")[2][:8], "%Y%m%d").date()  # noqa: DTZ007 - a day
    days = (today - made).days
    return f"{name} {version} is {days} days old: no newer one is published" if days > OLD else ""


def _pythons_here(earlier: Mapping[str, Any], known: Table) -> dict[str, str]:
    """Return the interpreters that are here, the one of the earlier run first; raises NotBuilt."""
    first = ".".join(str(earlier.get("python", "")).split(".")[:2])
    pythons = dict.fromkeys((first, *list_pythons(known)))
    here = {python: path for python in pythons if python and (path := find_python(python))}
    if not here:
        raise NotBuilt(how_to_get(list_pythons(known)[0]))
    return here


def _others(versions: Mapping[str, str], earlier: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the versions to keep of an earlier run: all, all without Keras, none."""
    others = {}
    for name in (*LIBRARIES, "pillow", "scipy"):
        try:
            others[name] = str(Version(str(earlier.get(name, ""))))
        except InvalidVersion:
            continue  # it was not installed
    asked = {*versions, *(name for name, nightly in NIGHTLY.items() if nightly in versions)}
    for without in (asked, {*asked, "keras"}):
        yield {name: version for name, version in others.items() if name not in without}
    yield {}


def _requirements(exact: Mapping[str, str], known: Table) -> Sequence[str]:
    """Return what to install for exact versions, with the bounds that the table has for TensorFlow."""
    tensorflow = exact.get("tensorflow")
    row = known.releases.get(".".join((tensorflow or "").split(".")[:2]), {})
    pin = f"=={tensorflow}" if tensorflow else ""
    released = {} if NIGHTLY["tensorflow"] in exact else DISTRIBUTIONS
    return (
        *(f"{name}{pin}; {marker}" for name, marker in released.items()),
        *(f"{name}=={version}" for name, version in exact.items() if name != "tensorflow"),
        *(bound for bound in row.get("bounds", ()) if Requirement(bound).name not in exact),
        *(name for name in known.libraries if name not in exact),
    )


def _require_published(versions: Mapping[str, str], python: str) -> None:
    """Raise UsageError for a version that the package index does not have, NotBuilt if it can't be asked."""
    for name, version in versions.items():
        if name in NIGHTLY.values():
            continue  # it was found there
        published = virtualenvs.list_versions(name, python)
        if Version(version) not in map(Version, published):
            raise UsageError(f"{name} {version} is not published{name_nearest(published, version)}")
