"""`workshop show`: a claim or a unit in full."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from workshop.ledger import Claim, Unit
from workshop.ledger.values import brief
from workshop.reporting.explaining import environment_line, where


def describe_claim(
    claim: Claim, last: Mapping[str, Any] | None, sample: Sequence[tuple[str, str]] = ()
) -> str:
    """Describe one claim, what its reference sample can tell, and its last verdict on this machine."""
    rows = [
        ("what", claim.what),
        ("documented", brief(claim.documented, 400) + where(claim)),
        ("statement", claim.statement),
        ("correct", None if claim.correct is None else brief(claim.correct, 400)),
        ("witness", None if claim.witness is None else brief(claim.witness, 400)),
        ("kind", claim.kind + (f", in {claim.measured_in}" if claim.measured_in else "")),
        ("needs", ", ".join(claim.needs) or "nothing"),
        ("rule", claim.rule.text()),
        (
            "measures",
            "; ".join(f"{name + ': ' if name else ''}{m}" for name, m in claim.measures().items()) or None,
        ),
        ("finding", None if claim.finding is None else f"{claim.finding.verdict}: {claim.finding.reason}"),
        ("note", claim.note),
    ]
    lines = [claim.id + (" (a claim of our own)" if claim.ours else "")]
    lines += [_row(name, text) for name, text in rows if text]
    lines += [_row(name, text) for name, text in sample]
    if last is None:
        lines.append(_row("verdict", f"not verified on this machine yet: workshop verify {claim.id}"))
    else:
        lines.append(_row("verdict", f"{last['verdict']}: {last['reason']}"))
        if last["measured"] is not None:
            lines.append(_row("measured", brief(last["measured"], 400)))
        lines += [_row(f"  {label}", brief(value, 400)) for label, value in last.get("beside", {}).items()]
        environment = last["environment"]
        lines.append(_row("in", f"{environment_line(environment)}, {environment.get('date', '')}"))
    return "\n".join(lines)


def describe_unit(unit: Unit, latest: Mapping[str, Mapping[str, Any]]) -> str:
    """Describe a unit: procedure, pitfalls, and its claims with their last verdicts on this machine."""
    lines = [f"{unit.id}  {unit.title}", "", "Procedure", textwrap.indent(unit.procedure.strip(), "  ")]
    lines += ["", "Pitfalls", textwrap.indent(unit.pitfalls.strip(), "  "), "", "Claims"]
    for claim in unit.claims:
        verdict = latest.get(claim.id, {}).get("verdict", "not verified yet")
        lines.append(f"  {claim.name:<24} {verdict:<16} {brief(claim.documented, 60)}")
    return "\n".join(lines)


def _row(name: str, text: str) -> str:
    return textwrap.fill(
        text, 118, initial_indent=f"  {name:<11} ", subsequent_indent=" " * 14, break_long_words=False
    )
