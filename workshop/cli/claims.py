"""`workshop list` and `workshop show`: the claims of the ledger, and what is known about them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workshop.cli.common import complete_claims, select
from workshop.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workshop.ledger import Claim, Ledger, Unit


def list_claims(
    pattern: Annotated[
        str | None,
        typer.Argument(help="Chapter, unit, claim or glob, e.g. 5.04.", autocompletion=complete_claims),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List claims: id, kind, documented value, what they need."""
    ledger, claims = select([] if pattern is None else [pattern])
    if as_json:
        from workshop.verification.results import for_json

        rows = [
            {
                "id": c.id,
                "unit": c.unit,
                "ours": c.ours,
                "kind": c.kind,
                "documented": c.documented,
                "correct": c.correct,
                "needs": list(c.needs),
            }
            for c in claims
        ]
        typer.echo(json.dumps({"claims": for_json(rows)}, indent=1, allow_nan=False))
        return
    from workshop.ledger.values import brief

    unit = ""
    for claim in claims:
        if claim.unit != unit:
            unit = claim.unit
            typer.echo(f"{unit}  {ledger.units[unit].title}")
        ours = " (ours)" if claim.ours else ""
        correct = f" → {brief(claim.correct, 40)}" if claim.correct is not None else ""
        typer.echo(f"  {claim.name:<24} {claim.kind:<10} {brief(claim.documented, 60)}{ours}{correct}")
    own = sum(claim.ours for claim in claims)
    typer.echo(f"{len(claims) - own} claims" + (f", and {own} of our own" if own else ""))


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="CLAIM_OR_UNIT", help="A claim or a unit, e.g. 5.04.", autocompletion=complete_claims
        ),
    ],
    *,
    mine: Annotated[
        str | None,
        typer.Option(
            metavar="[NAME=]NUMBER",
            help="Your own number, to compare with the recorded runs; NAME if the claim has several.",
        ),
    ] = None,
) -> None:
    """Show a claim or a unit.

    A unit: page, code, data, procedure, and its claims with the values and verdicts of the last run. A claim:
    its documented value, its rule, its last verdict, its finding.
    """
    from workshop.execution.store import default_store
    from workshop.ledger.names import find_id
    from workshop.verification.results import recall

    ledger, _ = select([])
    found = find_id(name, ledger, "claim or unit")
    latest = recall(default_store())
    if found in ledger.claims:
        typer.echo(_describe_claim(ledger.claims[found], ledger, latest.get(found), mine))
    elif mine is not None:
        raise UsageError(f"--mine needs a claim, and {found} is a unit: see `workshop show {found}`")
    else:
        typer.echo(_describe_unit(ledger.units[found], latest))


def _describe_claim(claim: Claim, ledger: Ledger, last: Mapping[str, Any] | None, mine: str | None) -> str:
    from workshop.execution.environment import this_environment
    from workshop.execution.store import default_store
    from workshop.reporting.describe import describe_claim
    from workshop.reporting.report.reader_number import mine_rows
    from workshop.reporting.sample_rows import sample_rows
    from workshop.samples.recorded import Recordings
    from workshop.verification.nights import read_nights
    from workshop.verification.sample_summaries import SampleSummaries

    summaries = SampleSummaries(Recordings(this_environment().facts()), ledger)
    sample = summaries.of(claim, half=True)
    rows = sample_rows(sample, summaries.notices(claim, sample))
    own = [] if mine is None else mine_rows(claim, mine, last, sample)
    pool = read_nights(default_store()).get(claim.id)
    nights = [] if pool is None else [("nights", pool.text())]
    return describe_claim(claim, last, [*rows, *nights, *own])


def _describe_unit(unit: Unit, latest: Mapping[str, Mapping[str, Any]]) -> str:
    from workshop import datasets
    from workshop.execution.catalogue import catalogue
    from workshop.reporting.describe import describe_unit, unit_rows

    known = catalogue({unit.id[:4]})
    needed = datasets.statuses(sorted(known.needed(known.named(unit.id))))
    states = {"substitute": "only a substitute is here"}
    data = [
        ("data", f"{s.id}, {states.get(s.state, s.state)}{f': {s.remedy}' if s.remedy else ''}")
        for s in needed
    ]
    return describe_unit(unit, latest, [*unit_rows(unit, known.code(unit.id)), *data])
