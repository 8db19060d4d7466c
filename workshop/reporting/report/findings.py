"""Findings: results that the book prints and measurement contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop.ledger import Claim, Ledger
from workshop.ledger.values import brief
from workshop.reporting.describe import command
from workshop.reporting.errata import CONSEQUENCES
from workshop.reporting.formatting import median_text, side_by_side
from workshop.reporting.report.samples import by_name, is_summary
from workshop.verification.results import Record, Results
from workshop.verification.verdicts import Verdict

_ROOM = 240  # characters of a value


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
    """Findings of one consequence for readers."""

    title: str
    findings: tuple[Finding, ...]


def contradicted(results: Results, ledger: Ledger) -> list[Group]:
    """Return the book's claims that this run corrects or refutes by consequence, the worst first."""
    found = [
        (ledger.claims[r.id], r)
        for r in results.claims
        if r.verdict in {"corrected", "refuted"} and not r.ours
    ]
    groups = []
    for consequence, title in CONSEQUENCES.items():
        # runs alone can refute a claim that has no text for readers yet: it comes first
        members = (
            finding(c, r, results.environment) for c, r in found if (c.consequence or 3) == consequence
        )
        groups.append(Group(title, tuple(members)))
    return [group for group in groups if group.findings]


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
