"""What the book states and measurement contradicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import Consistency
from workshop.ledger.values import brief, is_number, leaves
from workshop.reporting.formatting import median
from workshop.reporting.report.previews import side_by_side
from workshop.reporting.report.samples import by_name, is_summary
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import Verdict

SORTED_BY = (
    "Sorted by what a reader would carry away: first conclusions drawn from results, then how things work, "
    "then results that a run of the code does not give, then single values, names and shapes, and last what "
    "rests on other sources. Within a group, what measurement refutes without a correction comes before what "
    "can be corrected, what a run decides before what other printed values decide, and then the larger "
    "relative difference before the smaller."
)
_ROOM = 240  # characters of a value
_GROUPS = (
    ("Conclusions from results", "what is better, larger, enough or to be expected"),
    ("How things work", "what a function, layer, setting or formula does"),
    (
        "Results that a run does not give",
        "logs, losses and accuracies that the printed code does not come to",
    ),
    ("Values, names and shapes", "single things, wrong as printed"),
    ("Other sources", "data, hardware and literature"),
)


@dataclass(frozen=True)
class Finding:
    """A claim that does not hold as printed: its verdict in this run, both values, evidence and command."""

    claim: Claim
    verdict: Verdict
    printed: str
    instead: str
    evidence: str
    command: str


@dataclass(frozen=True)
class Group:
    """Findings of one kind; the title says what a reader would carry away."""

    title: str
    note: str
    findings: tuple[Finding, ...]


def contradicted(results: Results, ledger: Ledger) -> list[Group]:
    """Return the book's claims that this run corrects or refutes, grouped and sorted as SORTED_BY says."""
    found = [
        (ledger.claims[r.id], r)
        for r in results.claims
        if r.verdict in {"corrected", "refuted"} and not r.ours
    ]
    found.sort(key=lambda pair: _urgency(*pair))
    groups = []
    for number, (title, note) in enumerate(_GROUPS):
        members = tuple(finding(c, r, results.environment) for c, r in found if _group(c) == number)
        groups += [Group(title, note, members)] if members else []
    return groups


def undecided(results: Results, ledger: Ledger) -> list[Finding]:
    """Return the book's claims that the ledger records as wrong, but that this run did not decide."""
    return [
        finding(claim, record, results.environment)
        for record in results.claims
        for claim in [ledger.claims[record.id]]
        if not claim.ours
        and (claim.correct is not None or (claim.finding is not None and claim.finding.verdict == "refuted"))
        and record.verdict not in {"corrected", "refuted", "failed"}
    ]


def finding(claim: Claim, record: Record, environment: Mapping[str, Any]) -> Finding:
    """Return a claim as a finding: both values cut so that the first place where they differ is seen."""
    printed, instead = brief(claim.documented, _ROOM), ""
    if claim.correct is not None:
        printed, right = side_by_side(claim.documented, claim.correct, _ROOM)
        instead = f"right: {right}"
    elif is_summary(record.measured):
        numbers = by_name(claim, record.measured, environment)
        instead = f"measured, median: {median(record.measured, _ROOM, numbers)}"
    elif record.measured is not None:
        printed, measured = side_by_side(claim.documented, record.measured, _ROOM)
        instead = f"measured: {measured}"
    return Finding(claim, record.verdict, printed, instead, record.reason, command(claim, environment))


def command(claim: Claim, environment: Mapping[str, Any]) -> str:
    """Return the command that shows a claim's verdict anew."""
    full = environment.get("profile") == "full" or claim.full_only
    return f"workshop verify {claim.id}{' --full' if full else ''} --no-store"


def _group(claim: Claim) -> int:
    if claim.kind == "external":
        return 4
    if claim.kind in {"ordering", "bound"} or (claim.statement and claim.kind in {"stochastic", "close"}):
        return 0
    if claim.statement:
        return 1
    return 2 if claim.kind in {"stochastic", "close"} else 3


def _urgency(claim: Claim, record: Record) -> tuple[Any, ...]:
    right = claim.correct if claim.correct is not None else record.measured
    return (
        record.verdict != "refuted",
        isinstance(claim.rule, Consistency),
        -_difference(claim.documented, right["median"] if is_summary(right) else right),
    )


def _difference(printed: Any, right: Any) -> float:
    """Return the largest relative difference of numbers that stand in the same places, from 0 to 2."""
    ours, theirs = list(leaves(printed)), list(leaves(right))
    if len(ours) != len(theirs):
        return 0.0
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if is_number(a) and is_number(b) and a != b]
    return max((abs(a - b) / max(abs(a), abs(b)) for a, b in pairs), default=0.0)


def count(groups: Sequence[Group]) -> int:
    """Return how many findings the groups hold."""
    return sum(len(group.findings) for group in groups)
