"""Changes by later versions of libraries, by library and version, the newest first."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from workshop.ledger import Claim, Ledger
from workshop.ledger.eras import eras
from workshop.ledger.model import alternatives
from workshop.ledger.rules import Repeats
from workshop.verification.results import Results
from workshop.verification.verdicts import VERIFIED, Verdict
from workshop.wording.words import LIBRARIES, condition_text

_CHANGED, _FAILED, _AS_PRINTED = "changed in this run", "failed", "as printed in this run"
_OPEN, _OURS = "recorded but not decided in this run", "of our own"
# a condition on versions, and the claims of each reason under it
When = tuple[tuple[str, str], ...]
Reasons = dict[str, list["Changed"]]


@dataclass(frozen=True)
class Changed:
    """A claim that a later version of a library changed, and its verdict in this run."""

    claim: Claim
    verdict: Verdict


@dataclass(frozen=True)
class VersionChange:
    """A reason, and the claims that it changed."""

    reason: str
    claims: tuple[Changed, ...]


@dataclass(frozen=True)
class Versions:
    """The changes under one condition on versions, and the TensorFlow release that first brought them.

    `again` are claims that had changed before, and from these versions on change once more.
    """

    library: str
    version: str
    condition: str
    release: str
    brought: str
    changes: tuple[VersionChange, ...]
    again: tuple[VersionChange, ...]

    @property
    def anchor(self) -> str:
        """The name of its place on the page."""
        return "since-" + re.sub(r"[^a-z0-9.]+", "-", self.condition.lower().replace("<", "before"))

    @property
    def claims(self) -> tuple[Changed, ...]:
        """All claims of the changes, without those that had changed before."""
        return tuple(claim for change in self.changes for claim in change.claims)


def changes(results: Results, ledger: Ledger) -> list[Versions]:
    """Return the changes that the ledger records, whether or not this run shows them.

    Seeds that another version does not repeat change no result.
    """
    first: dict[When, Reasons] = defaultdict(lambda: defaultdict(list))
    for record in results.claims:
        claim = ledger.claims[record.id]
        if claim.finding is not None and claim.finding.when and not isinstance(claim.rule, Repeats):
            first[tuple(claim.finding.when.items())][claim.finding.reason].append(
                Changed(claim, record.verdict)
            )
    again = _again(first)
    newest_first = sorted({**first, **again}, key=lambda when: _newest(when[0][1]), reverse=True)
    return [
        Versions(
            when[0][0], str(_newest(when[0][1])), condition_text(dict(when)), *_release(dict(when)),
            _changes(first.get(when, {})), _changes(again.get(when, {})),
        )
        for when in sorted(newest_first, key=lambda when: [*LIBRARIES].index(when[0][0]))
    ]  # fmt: skip


def counts_text(claims: Sequence[Changed]) -> str:
    """Write how many claims there are, and how many this run shows changed, leaves open, or are our own."""
    counts = Counter(_state(claim) for claim in claims)
    states = (_CHANGED, _FAILED, _AS_PRINTED, _OPEN, _OURS)
    claim = f"{len(claims)} claim{'' if len(claims) == 1 else 's'}"
    if len(counts) == 1:
        return f"{claim} {next(iter(counts))}"
    return f"{claim} ({', '.join(f'{counts[state]} {state}' for state in states if counts[state])})"


def by_release(found: Sequence[Versions]) -> str:
    """Name the releases of TensorFlow that first brought a change, none if there are none."""
    releases = sorted({versions.release for versions in found if versions.release}, key=Version)
    if not releases:
        return ""
    return (
        f"Changes came with TensorFlow {' and '.join(releases)}, and none is recorded for a later release. "
        "Other libraries have versions of their own."
    )


def _changes(reasons: Mapping[str, Sequence[Changed]]) -> tuple[VersionChange, ...]:
    return tuple(VersionChange(reason, tuple(claims)) for reason, claims in reasons.items())


def _again(first: Mapping[When, Reasons]) -> dict[When, Reasons]:
    """Return the stochastic claims that changed when an era began, under the versions that end it."""
    found: dict[When, Reasons] = {}
    for era in eras():
        for library, condition in era.when.items():
            bounds = {bound.operator: bound.version for bound in SpecifierSet(condition)}
            changed = first.get(((library, f">={bounds.get('>=')}"),), {})
            claims = [f for claims in changed.values() for f in claims if f.claim.rule.needs_sample]
            if claims and "<" in bounds:
                found[((library, f">={bounds['<']}"),)] = {era.why: claims}
    return found


def _state(found: Changed) -> str:
    if found.claim.ours:
        return _OURS
    if found.verdict in {"reproduced", "supported"}:
        return _AS_PRINTED
    if found.verdict in VERIFIED:
        return _CHANGED
    return _FAILED if found.verdict == "failed" else _OPEN


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
