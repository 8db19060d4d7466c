"""`workshop errata`: what the book gets wrong, as a list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from workshop.cli.common import complete_claims, for_readers, print_taken, select
from workshop.cli.report import RESULTS
from workshop.cli.targets import console
from workshop.errors import UsageError
from workshop.reporting.errata import changes, terminal, unconfirmed
from workshop.reporting.errata import errata as errors
from workshop.reporting.errata.model import run_text
from workshop.verification.results import read_results


def errata(
    patterns: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATTERN]…",
            help="Only errors in these chapters, units or claims, e.g. ch05, 5.04.",
            autocompletion=complete_claims,
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    results: Annotated[
        Path | None,
        typer.Option(
            "--results",
            metavar="FILE",
            help="List what this run confirmed.",
            show_default=f"{RESULTS} if it has all that is asked for",
        ),
    ] = None,
) -> None:
    """List what the book gets wrong, the worst first. Exit code 0.

    These are the errors that a run confirmed. What is likely and not confirmed stands apart, with what would
    confirm it. So does what later versions of libraries changed.
    """
    if as_json and as_markdown:
        raise UsageError("--json and --markdown exclude each other: choose one")
    book, claims = select(patterns or [])
    ledger, read = for_readers(book), None
    if results is not None or RESULTS.is_file():
        read = read_results(results or RESULTS)
        asked = {claim.id for claim in claims if claim.is_error}
        if results is None and not asked <= {record.id for record in read.claims}:
            read = None  # the last run here has not all that is asked for
    run = "" if read is None else run_text(read.environment)
    chosen = {claim.id for claim in claims}
    found, likely, changed = (
        [one for one in kind if one.names & chosen]
        for kind in (errors(ledger, read), unconfirmed(ledger, read), changes(ledger))
    )
    if as_json:
        content = {"errata": [*found, *changed], "unconfirmed": likely}
        rows = {key: list(map(terminal.as_json, each)) for key, each in content.items()}
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    elif as_markdown:
        typer.echo(terminal.markdown(found, likely, changed, run), nl=False)
    else:
        shown = console()
        print_taken(patterns or [], ledger, shown)
        terminal.print_errata(found, likely, changed, shown, run)
