"""A claim and its verdict in a few lines: for the terminal, for pytest's failures, for `workshop show`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshop.ledger import Claim
from workshop.ledger.values import brief
from workshop.untrusted import printable
from workshop.verification.results import Record

_LIBRARIES = ("python", "tensorflow", "keras", "numpy", "scikit-learn", "nltk", "gensim")
_ENVIRONMENT = (*_LIBRARIES, "device", "threads")


def explain(record: Record, claim: Claim, environment: Mapping[str, Any]) -> str:
    """Explain one verdict: what was documented where, what was measured, by which rule, how to reproduce."""
    lines = [
        f"{claim.id}{' (a claim of our own)' if claim.ours else ''}: {claim.what}",
        f"  documented  {brief(claim.documented)}{where(claim)}",
    ]
    if claim.statement:
        lines.append(f"  statement   {claim.statement}")
    if claim.correct is not None:
        lines.append(f"  correct     {brief(claim.correct)}")
    if record.measured is not None:
        lines.append(f"  measured    {brief(record.measured)}{_seeds(record)}")
    lines += [f"    {label:<9} {brief(value)}" for label, value in record.beside.items()]
    margin = (
        ""
        if record.margin is None
        else f"; {'room' if record.margin >= 0 else 'missed by'} {abs(record.margin):.3g}"
    )
    lines.append(f"  rule        {record.rule}{margin}")
    lines.append(f"  {record.verdict:<11} {record.reason}")
    lines.append(f"  in          {environment_line(environment)}")
    full = " --full" if environment.get("profile") == "full" else ""
    lines.append(f"  reproduce   workshop verify {claim.id}{full} --no-store")
    return printable("\n".join(lines))


def where(claim: Claim) -> str:
    """Say where a claim is printed."""
    return f" (page {claim.page})" if claim.page is not None else ""


def environment_line(environment: Mapping[str, Any]) -> str:
    """Write the main facts of an environment on one line."""
    return ", ".join(f"{key} {environment[key]}" for key in _ENVIRONMENT if key in environment)


def _seeds(record: Record) -> str:
    if not record.seeds:
        return ""
    return f" (seed {record.seeds[0]})" if len(record.seeds) == 1 else f" ({len(record.seeds)} seeds)"
