"""`workshop errata`: what the book gets wrong, as a list or as pages to publish."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from workshop.cli.common import complete_claims, for_readers, print_taken, select
from workshop.cli.report import RESULTS
from workshop.cli.targets import PAGE, console, short_path, try_targets, write
from workshop.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workshop.ledger import Claim
    from workshop.verification.results import Results


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
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FOLDER", help="Write pages to publish into this folder.")
    ] = None,
    base_url: Annotated[
        str,
        typer.Option(
            "--base-url", metavar="URL", hidden=True, help="Where the pages will be, for whole addresses."
        ),
    ] = "",
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
    from workshop.reporting.errata import changes, terminal, unconfirmed
    from workshop.reporting.errata import errata as errors
    from workshop.reporting.errata.model import run_text

    if as_json + as_markdown + (html is not None) > 1:
        raise UsageError("--json, --markdown and --html exclude each other: choose one")
    if html is None and base_url:
        raise UsageError("--base-url is for the pages of --html: add it")
    book, claims = select(patterns or [])
    ledger, read = for_readers(book), _read(results, claims)
    run = "" if read is None else run_text(read.environment)
    chosen = {claim.id for claim in claims}
    found, likely, changed = (
        [one for one in kind if one.names & chosen]
        for kind in (errors(ledger, read), unconfirmed(ledger, read), changes(ledger))
    )
    if html is not None:
        from workshop.reporting.errata.site import write_site

        _check(html, base_url)
        entries = [*found, *likely, *changed]
        write("--html", html, lambda folder: write_site(folder, ledger, entries, read, base_url))
        typer.echo(f"errata: {short_path(html / 'index.html')}, {len(entries)} pages and a feed")
    elif as_json:
        content = {"errata": [*found, *changed], "unconfirmed": likely}
        rows = {key: list(map(terminal.as_json, each)) for key, each in content.items()}
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    elif as_markdown:
        typer.echo(terminal.markdown(found, likely, changed, run), nl=False)
    else:
        shown = console()
        print_taken(patterns or [], ledger, shown)
        terminal.print_errata(found, likely, changed, shown, run)


def _check(folder: Path, base_url: str) -> None:
    """Raise UsageError if nothing can be written into a folder, or if an address is not of the web."""
    address = urlsplit(base_url)
    if base_url and (address.scheme not in {"http", "https"} or not address.netloc):
        raise UsageError(f"--base-url {base_url}: it is not an address like https://example.org/errata/")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--html {folder}: it is a file: name a folder")
    try_targets({"--html": (folder / "index.html", PAGE)})


def _read(results: Path | None, claims: Sequence[Claim]) -> Results | None:
    """Return the results that are named, else those of the last run here if it has all these claims."""
    from workshop.verification.results import read_results

    if results is not None:
        return read_results(results)
    if not RESULTS.is_file():
        return None
    read = read_results(RESULTS)
    return read if {c.id for c in claims if c.is_error} <= {record.id for record in read.claims} else None
