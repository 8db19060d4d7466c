"""Findings: results that the book prints and measurement contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop.ledger import Claim, Ledger
from workshop.ledger.rules import Consistency
from workshop.ledger.values import brief, is_number, leaves
from workshop.reporting.describe import command
from workshop.reporting.formatting import median_text, side_by_side
from workshop.reporting.report.samples import by_name, is_summary
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import Verdict

SORTED_BY = (
    "Sorted by what a reader would take away: first conclusions from results, then how things work, then "
    "results that a run of the code does not give, then single values, names and shapes, and last facts from "
    "other sources. Within a group, refuted claims come before corrected ones, claims that a run decides "
    "before those that other printed values decide, and larger relative differences before smaller ones."
)
_ROOM = 240  # characters of a value
_GROUPS = (
    ("Conclusions from results", "what is better, larger, enough or to be expected"),
    ("How things work", "what a function, layer, setting or formula does"),
    ("Results that a run does not give", "logs, losses and accuracies that the printed code does not reach"),
    ("Values, names and shapes", "single things, wrong as printed"),
    ("Other sources", "data, hardware and literature"),
)


@dataclass(frozen=True)
class Finding:
    """A claim that does not hold as printed: its verdict in this run, both values, reason and command."""

    claim: Claim
    verdict: Verdict
    printed: str
    instead: str
    reason: str
    command: str


@dataclass(frozen=True)
class Group:
    """Findings of one kind."""

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
    """Return the book's claims that the ledger records as wrong and this run did not decide."""
    return [
        finding(claim, record, results.environment)
        for record in results.claims
        for claim in [ledger.claims[record.id]]
        if not claim.ours
        and (claim.correct is not None or (claim.finding is not None and claim.finding.verdict == "refuted"))
        and record.verdict not in {"corrected", "refuted", "failed"}
    ]


def finding(claim: Claim, record: Record, environment: Mapping[str, Any]) -> Finding:
    """Return a claim as a finding, with both values cut so that their first difference is visible."""
    printed, instead = brief(claim.documented, _ROOM), ""
    if claim.correct is not None:
        printed, right = side_by_side(claim.documented, claim.correct, _ROOM)
        instead = f"right: {right}"
    elif is_summary(record.measured):
        numbers = by_name(claim, record)
        instead = f"measured, median: {median_text(record.measured, _ROOM, numbers)}"
    elif record.measured is not None:
        printed, measured = side_by_side(claim.documented, record.measured, _ROOM)
        instead = f"measured: {measured}"
    return Finding(claim, record.verdict, printed, instead, record.reason, command(claim, environment))


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
    """Return the largest relative difference of numbers at the same positions, from 0 to 2."""
    left, other = list(leaves(printed)), list(leaves(right))
    if len(left) != len(other):
        return 0.0
    pairs = [(a, b) for a, b in zip(left, other, strict=True) if is_number(a) and is_number(b) and a != b]
    return max((abs(a - b) / max(abs(a), abs(b)) for a, b in pairs), default=0.0)
