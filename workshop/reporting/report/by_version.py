"""Changes by later versions of libraries, by library and version, the newest first, and as lanes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from workshop.ledger import Claim, Ledger
from workshop.ledger.model import alternatives
from workshop.ledger.rules import Repeats
from workshop.matrix.table import table
from workshop.verification.results import Results
from workshop.verification.verdicts import VERIFIED, Verdict
from workshop.wording.numbers import counted
from workshop.wording.words import LIBRARIES, condition_text

_CHANGED, _FAILED, _AS_PRINTED = "changed in this run", "failed", "as printed in this run"
_OPEN, _OURS = "recorded but not decided in this run", "of our own"
# a condition on versions, and the claims of each reason under it
When = tuple[tuple[str, str], ...]
Reasons = Mapping[str, list["Changed"]]


@dataclass(frozen=True)
class Changed:
    """A claim that a later version of a library changed, and its verdict in this run."""

    claim: Claim
    verdict: Verdict


@dataclass(frozen=True)
class Versions:
    """The changes under one condition on versions, and the TensorFlow release that first brought them."""

    library: str
    version: str
    condition: str
    release: str
    brought: str
    changes: Reasons

    @property
    def anchor(self) -> str:
        """The name of its place on the page."""
        return "since-" + re.sub(r"[^a-z0-9.]+", "-", self.condition.lower().replace("<", "before"))

    @property
    def claims(self) -> tuple[Changed, ...]:
        """All claims of the changes."""
        return tuple(claim for claims in self.changes.values() for claim in claims)


def changes(results: Results, ledger: Ledger) -> list[Versions]:
    """Return the changes that the ledger records, whether or not this run shows them.

    Seeds that another version does not repeat change no result.
    """
    found: dict[When, dict[str, list[Changed]]] = defaultdict(lambda: defaultdict(list))
    for record in results.claims:
        claim = ledger.claims[record.id]
        if claim.finding is not None and claim.finding.when and not isinstance(claim.rule, Repeats):
            found[tuple(claim.finding.when.items())][claim.finding.reason].append(
                Changed(claim, record.verdict)
            )
    newest_first = sorted(found, key=lambda when: _newest(when[0][1]), reverse=True)
    return [
        Versions(
            when[0][0], str(_newest(when[0][1])), condition_text(dict(when)), *_release(dict(when)),
            found[when],
        )
        for when in sorted(newest_first, key=lambda when: [*LIBRARIES].index(when[0][0]))
    ]  # fmt: skip


def counts_text(claims: Sequence[Changed]) -> str:
    """Write how many claims there are, and how many this run shows changed, leaves open, or are our own."""
    counts = Counter(_state(claim) for claim in claims)
    states = (_CHANGED, _FAILED, _AS_PRINTED, _OPEN, _OURS)
    claim = counted(len(claims), "claim")
    if len(counts) == 1:
        return f"{claim} {next(iter(counts))}"
    return f"{claim} ({', '.join(f'{counts[state]} {state}' for state in states if counts[state])})"


def _state(changed: Changed) -> str:
    if changed.claim.ours:
        return _OURS
    if changed.verdict in {"reproduced", "supported"}:
        return _AS_PRINTED
    if changed.verdict in VERIFIED:
        return _CHANGED
    return _FAILED if changed.verdict == "failed" else _OPEN


def _release(when: Mapping[str, str]) -> tuple[str, str]:
    """Return the TensorFlow release that a condition is about, and which Keras that release first brought."""
    if "keras" not in when:
        return str(_newest(when["tensorflow"])) if "tensorflow" in when else "", ""
    keras = _newest(when["keras"])
    # Keras 2 has the version of its TensorFlow
    release, name = (f"{keras.major}.{keras.minor}",) * 2 if keras.major < 3 else ("2.16", "3")
    return release, f"TensorFlow {release} first brought Keras {name}"


def _newest(condition: str) -> Version:
    """Return the newest version that a condition names; of alternatives, that of the earliest one."""
    return min(
        max(Version(one.version) for one in SpecifierSet(each.versions)) for each in alternatives(condition)
    )


# A library's lane, from the book's version to that of the run


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


def lanes(all_versions: Sequence[Versions], environment: Mapping[str, Any]) -> list[Lane]:
    """Return a lane for each library that changed something; Keras is on the lane of its TensorFlow."""
    by_library: dict[str, dict[str, list[Versions]]] = defaultdict(lambda: defaultdict(list))
    for versions in all_versions:
        library = "tensorflow" if versions.release else versions.library
        by_library[library][versions.release or versions.version].append(versions)
    # the book's versions: the first release of TensorFlow in the table, and the bounds of its row
    release, row = next(iter(table().releases.items()))
    bounds = (re.fullmatch(r"([\w-]+)==([\d.]+)\.\*", bound) for bound in row["bounds"])
    first = {"tensorflow": release, **{bound[1]: bound[2] for bound in bounds if bound}}
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


def _readable(version: str) -> bool:
    try:
        Version(version)
    except InvalidVersion:
        return False
    return True
