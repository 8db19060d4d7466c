"""What later versions of libraries changed: by library and version, the newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from workshop.ledger import Ledger
from workshop.reporting.conditions import in_words
from workshop.reporting.report.findings import Finding, finding
from workshop.verification.results import Results
from workshop.verification.verdicts import VERIFIED

# first what TensorFlow brings, then what is installed beside it
_LIBRARIES = ("tensorflow", "keras", "numpy", "scikit-learn", "pandas", "nltk", "gensim", "python")
_CHANGED, _FAILED, _AS_PRINTED = "changed in this run", "failed", "as printed in this run"
_OPEN, _OURS = "recorded but not decided in this run", "of our own"


@dataclass(frozen=True)
class Change:
    """One reason, with the claims that show it, each with its verdict in this run."""

    reason: str
    claims: tuple[Finding, ...]


@dataclass(frozen=True)
class Versions:
    """The changes under one condition on versions: in words, and which TensorFlow brought that Keras."""

    condition: str
    tensorflow: str
    changes: tuple[Change, ...]

    @property
    def claims(self) -> tuple[Finding, ...]:
        """All claims of the changes."""
        return tuple(claim for change in self.changes for claim in change.claims)


def changes(results: Results, ledger: Ledger) -> list[Versions]:
    """Return what the ledger records of later versions, whether or not this run shows it."""
    groups: dict[tuple[tuple[str, str], ...], dict[str, list[Finding]]] = {}
    for record in results.claims:
        claim = ledger.claims[record.id]
        if claim.finding is not None and claim.finding.when:
            reasons = groups.setdefault(tuple(claim.finding.when.items()), {})
            found = finding(claim, record, results.environment)
            reasons.setdefault(claim.finding.reason, []).append(found)
    newest_first = sorted(groups, key=lambda when: _newest(when[0][1]), reverse=True)
    return [
        Versions(
            in_words(dict(when)),
            _brought(dict(when)),
            tuple(Change(reason, tuple(claims)) for reason, claims in groups[when].items()),
        )
        for when in sorted(newest_first, key=lambda when: _LIBRARIES.index(when[0][0]))
    ]


def told(claims: Sequence[Finding]) -> str:
    """Count claims, then those that this run shows changed, those that it does not decide, and our own."""
    counts = Counter(_state(claim) for claim in claims)
    states = (_CHANGED, _FAILED, _AS_PRINTED, _OPEN, _OURS)
    claim = f"{len(claims)} claim{'' if len(claims) == 1 else 's'}"
    if len(counts) == 1:
        return f"{claim} {next(iter(counts))}"
    return f"{claim} ({', '.join(f'{counts[state]} {state}' for state in states if counts[state])})"


def _state(found: Finding) -> str:
    if found.claim.ours:
        return _OURS
    if found.verdict in {"reproduced", "supported"}:
        return _AS_PRINTED
    if found.verdict in VERIFIED:
        return _CHANGED
    return _FAILED if found.verdict == "failed" else _OPEN


def _brought(when: Mapping[str, str]) -> str:
    """Say which TensorFlow first brought a Keras by default: Keras 2 has the number of its release."""
    if "keras" not in when:
        return ""
    keras = _newest(when["keras"])
    name, release = (f"{keras.major}.{keras.minor}",) * 2 if keras.major < 3 else ("3", "2.16")
    return f"TensorFlow {release} first brought Keras {name}"


def _newest(versions: str) -> Version:
    return max(Version(one.version) for one in SpecifierSet(versions))
