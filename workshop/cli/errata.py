"""`workshop errata`: what the book has wrong, as a list or as pages to publish."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from workshop.cli.common import complete_claims, print_taken, select
from workshop.cli.report import RESULTS
from workshop.cli.targets import console, short_path, try_targets, write
from workshop.errors import UsageError

if TYPE_CHECKING:
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
        typer.Option("--base-url", metavar="URL", help="Where the pages will be, for whole addresses."),
    ] = "",
    results: Annotated[
        Path | None,
        typer.Option(
            "--results",
            metavar="FILE",
            help="Let the pages say what this run confirmed.",
            show_default=str(RESULTS),
        ),
    ] = None,
) -> None:
    """List what the book has wrong, the worst first. Exit code 0."""
    from workshop.reporting.errata import changes, terminal
    from workshop.reporting.errata import errata as errors

    if as_json + as_markdown + (html is not None) > 1:
        raise UsageError("--json, --markdown and --html exclude each other: choose one")
    if html is None and (base_url or results is not None):
        raise UsageError("--base-url and --results are for the pages of --html: add it")
    ledger, claims = select(patterns or [])
    chosen = {claim.id for claim in claims}
    found = [one for one in errors(ledger) if one.claim.id in chosen]
    changed = [one for one in changes(ledger) if one.claim.id in chosen]
    if html is not None:
        from workshop.reporting.errata.site import write_site

        _check(html, base_url)
        read = _read(results)
        write("--html", html, lambda folder: write_site(folder, ledger, found, changed, read, base_url))
        typer.echo(f"errata: {short_path(html / 'index.html')}, {len(found) + len(changed)} pages and a feed")
    elif as_json:
        rows = [terminal.as_json(one) for one in [*found, *changed]]
        typer.echo(json.dumps({"errata": rows}, indent=1, ensure_ascii=False))
    elif as_markdown:
        typer.echo(terminal.markdown(found, changed), nl=False)
    else:
        shown = console()
        print_taken(patterns or [], ledger, shown)
        terminal.print_errata(found, changed, shown)


def _check(folder: Path, base_url: str) -> None:
    """Raise UsageError if nothing can be written into a folder, or if an address is none of the web."""
    address = urlsplit(base_url)
    if base_url and (address.scheme not in {"http", "https"} or not address.netloc):
        raise UsageError(f"--base-url {base_url}: it is no address like https://example.org/errata/")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--html {folder}: it is a file: name a folder")
    try_targets({"--html": folder / "index.html"})


def _read(results: Path | None) -> Results | None:
    """Return the results that are named, else those of the last run here, None if there are none."""
    from workshop.verification.results import read_results

    if results is None and not RESULTS.is_file():
        return None
    return read_results(results or RESULTS)
