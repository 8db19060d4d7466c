"""What later versions changed, as lanes: a library from the book's version to that of the run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.version import InvalidVersion, Version

from workshop.matrix.table import table
from workshop.reporting.report.by_version import Versions
from workshop.wording.words import LIBRARIES


@dataclass(frozen=True)
class Stop:
    """A version on a lane: its place in percent, how many claims changed there, and where they are listed.

    `state` : "changed" in this run, "recorded" if this run did not decide them, or "own" checks; "" where
    nothing changed, and `number` is then 0.
    """

    version: str
    place: float
    number: int
    state: str
    target: str


@dataclass(frozen=True)
class Lane:
    """A library's versions from the book's to the run's."""

    library: str
    note: str
    stops: tuple[Stop, ...]


def lanes(found: Sequence[Versions], environment: Mapping[str, Any]) -> list[Lane]:
    """Return a lane for each library that changed something; Keras is on the lane of its TensorFlow."""
    by_library: dict[str, dict[str, list[Versions]]] = defaultdict(lambda: defaultdict(list))
    for versions in found:
        release = bool(versions.release)
        library = "tensorflow" if release else versions.library
        by_library[library][versions.release if release else versions.version].append(versions)
    first = _first_versions()
    return [
        _lane(library, by_library[library], first.get(library, ""), str(environment.get(library, "")))
        for library in LIBRARIES
        if library in by_library
    ]


def _lane(library: str, changed: Mapping[str, Sequence[Versions]], first: str, last: str) -> Lane:
    if library == "tensorflow":
        last = ".".join(last.split(".")[:2])
    others = [*table().releases] if library == "tensorflow" else []
    ends = [version for version in (first, last) if _readable(version)]
    names = sorted({*ends, *changed, *others}, key=Version)
    if ends:
        low, high = Version(ends[0]), max(Version(ends[-1]), *map(Version, changed))
        names = [name for name in names if low <= Version(name) <= high]
    last_place = max(len(names) - 1, 1)
    stops = [_stop(name, 100 * at / last_place, changed.get(name, ())) for at, name in enumerate(names)]
    note = f"{first} → {last}" if len(ends) == 2 else ""
    return Lane(LIBRARIES[library], f"and its Keras, {note}" if others and note else note, tuple(stops))


def _stop(version: str, place: float, found: Sequence[Versions]) -> Stop:
    claims = [claim for versions in found for claim in versions.claims]
    book = [claim for claim in claims if not claim.claim.ours]
    changed = any(claim.verdict == "changed" for claim in book)
    state = ("changed" if changed else "recorded") if book else "own" if claims else ""
    return Stop(version, round(place, 1), len(book or claims), state, found[0].anchor if found else "")


def _first_versions() -> dict[str, str]:
    """Return the book's versions: the first release of TensorFlow in the table, and the bounds of its row."""
    release, row = next(iter(table().releases.items()))
    bounds = (re.fullmatch(r"([\w-]+)==([\d.]+)\.\*", bound) for bound in row["bounds"])
    return {"tensorflow": release, **{bound[1]: bound[2] for bound in bounds if bound}}


def _readable(version: str) -> bool:
    try:
        Version(version)
    except InvalidVersion:
        return False
    return True
