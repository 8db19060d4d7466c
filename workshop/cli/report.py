"""`workshop report`: the page of a run; and the one that `workshop verify` writes next to its results."""

from __future__ import annotations

import json
import os
import webbrowser
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workshop.cli.common import for_readers, say
from workshop.cli.targets import FIRST_CONTACT_FILE, PAGE, is_stdout, try_targets, write
from workshop.errors import UsageError
from workshop.files import write_atomically
from workshop.untrusted import one_line

if TYPE_CHECKING:
    from workshop.book import Book
    from workshop.figures.model import Figure
    from workshop.reporting.report.page import Figures
    from workshop.verification.engine import Engine
    from workshop.verification.results import Results
    from workshop.verification.unchanged import Earlier

RESULTS = Path("results/verify.json")
PART = Path("results/part.json")  # of a part of the book, so that the page of the whole stays
FIRST_CONTACT = "first-contact.json"
SUFFIX = ".html"  # the page is named after the results, so that runs in one folder keep theirs


def report(
    results: Annotated[
        Path, typer.Argument(metavar="[RESULTS]", help="What `workshop verify --json` wrote.")
    ] = RESULTS,
    *,
    first_contact: Annotated[
        bool,
        typer.Option(
            "--first-contact",
            hidden=True,
            help=f"Write {FIRST_CONTACT} next to the results instead: what the last run was the first to "
            "measure on the book's own data.",
        ),
    ] = False,
    opened: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="PAGE",
            help="Write the page to this file, not next to the results; - is standard output.",
        ),
    ] = None,
) -> None:
    """Write the report of a run as one HTML page. Exit code 0."""
    if first_contact:
        _report_first_contact(results, opened=opened, output=output)
        return
    from workshop.book import package_book
    from workshop.reporting.report.page import write_page
    from workshop.verification.results import read_results

    page = results.with_suffix(SUFFIX) if output is None else output
    if opened and is_stdout(page):
        raise UsageError(f"--open needs a file, and --output {page} is none: leave one of them out")
    if results == RESULTS and not results.exists():
        part = f", or `workshop report {PART}` for the page of the last part" if PART.exists() else ""
        raise UsageError(f"there are no results yet: run `workshop verify`, which writes {RESULTS}{part}")
    read, book = read_results(results), package_book()
    shown = for_readers(book)
    try_targets({"--output": (page, PAGE)}, reads=[results])
    figures = _figures(results)
    write(
        "--output", page, lambda path: write_page(read, shown, path, figures=figures, code=_code(read, book))
    )
    if not is_stdout(page):
        typer.echo(one_line(f"report: {page.resolve()}"))
    if opened:
        webbrowser.open(page.resolve().as_uri())


def first_contact_command(results: Path) -> str:
    """Say which command reports the first contact of a run, and where."""
    named = "" if results in (RESULTS, PART) else f" {results}"
    return f"workshop report --first-contact{named} writes {results.with_name(FIRST_CONTACT)}"


def _report_first_contact(results: Path, *, opened: bool, output: Path | None) -> None:
    """Write what a run, the last one by default, measured on the book's data for the first time."""
    from workshop.book import package_book
    from workshop.reporting.first_contact import first_contact_json
    from workshop.verification.results import read_results

    if opened:
        raise UsageError("--open is for the page: leave it out with --first-contact")
    if results == RESULTS:
        results = max((RESULTS, PART), key=lambda path: path.stat().st_mtime if path.exists() else 0.0)
    if not results.exists():
        raise UsageError(f"there are no results at {one_line(str(results))} yet: run `workshop verify`")
    read = read_results(results)
    if not any(record.first_contact for record in read.claims):
        typer.echo("no result of this run was measured on its own data for the first time")
        return
    target = results.with_name(FIRST_CONTACT) if output is None else output
    try_targets({"--output": (target, FIRST_CONTACT_FILE)}, reads=[results])
    content = first_contact_json(read, package_book().ledger)
    write("--output", target, lambda path: write_atomically(path, content.encode()))
    if not is_stdout(target):
        typer.echo(one_line(f"first contact: {target}: send it to the maintainers, see CONTRIBUTING"))


def write_report(engine: Engine, json_file: Path, earlier: Earlier | None = None) -> tuple[Path | None, str]:
    """Write figures and page of a run next to its results; return the page, or None and why there is none.

    An `earlier` run of the same has its figures.

    The page is that of the results file, as `workshop report` writes it. Whatever goes wrong, the results are
    written and the run's exit code is its own.
    """
    page = json_file.with_suffix(SUFFIX)
    try:  # Jinja may be broken, too
        from workshop.execution.store import kept
        from workshop.figures.files import as_json, from_json, write_figures
        from workshop.reporting.report.overview import stamped
        from workshop.verification.results import read_results, split_file

        if page == json_file:
            raise OSError("the results have its name")
        try_targets({"": (page, PAGE)})
        environment, claims = split_file(json_file)
        figures = None if earlier is None else earlier.figures
        if figures is None:
            figures = as_json(_draw(engine, read_results(json_file)))
            if earlier is not None:
                earlier.keep(claims, figures)
        write_figures(figures, json_file)

        def make() -> str:
            from workshop.reporting.report.page import timeless_page

            results, book = read_results(json_file), for_readers(engine.book)
            return timeless_page(results, book, figures=from_json(figures), code=_code(results, engine.book))

        facts = {name: fact for name, fact in environment.items() if name not in ("date", "memory")}
        html = kept(engine.store, "pages", [json.dumps(facts), claims, json.dumps(figures)], make)
        write_atomically(page, stamped(html, environment).encode())
    except Exception as error:
        why = " ".join(f"{type(error).__name__} {error}".split())
        return None, one_line(f"no page, but the results are complete ({why}): workshop report {json_file}")
    return page, ""


def _draw(engine: Engine, results: Results) -> Figures:
    """Return the figures of a run; those of the same stored outcomes are drawn once."""
    from workshop.figures.files import from_json
    from workshop.figures.registry import draw_figures
    from workshop.samples.model import drawn_runs

    claims = [engine.book.ledger.claims[record.id] for record in results.claims]
    outcomes = engine.outcomes(claims)
    repeated = {seed for record in results.claims if record.basis == "recorded" for seed in record.seeds}
    figures: dict[str, Sequence[Figure]] = {}
    for unit in dict.fromkeys(claim.unit for claim in claims):
        parts = outcomes.get(unit, ())
        recorded = drawn_runs(engine.book, [unit], engine.environment.facts(), repeated)
        draw = partial(draw_figures, engine.book.ledger, {unit: parts}, recorded=recorded)
        made_of = [repr((part.digest, part.seeds, part.first_steps, part.substitutes)) for part in parts]
        # what is not stored is drawn each time
        made_of += [] if all(part.digest for part in parts) else [os.urandom(8).hex()]
        runs = [f"{name} {one.repeated}" for name, one in recorded.items()]
        found = engine.recordings.kept("figures", [unit, *made_of, *runs], partial(_whole, draw))
        # one that could not be drawn may have been for once
        figures |= draw() if found is None else from_json(found)
    return figures


def _whole(draw: Callable[[], Figures]) -> Any:
    """Return figures as JSON, None if one of them could not be drawn."""
    from workshop.figures.files import as_json

    drawn = draw()
    return as_json(drawn) if all(one.parts for own in drawn.values() for one in own) else None


def _figures(results: Path) -> Figures:
    """Return the figures that the run has left next to its results; say in one line if there are none."""
    from workshop.figures.files import NoFigures, read_figures

    try:
        return read_figures(results)
    except NoFigures as error:
        say(str(error))
        return {}


def _code(results: Results, book: Book) -> dict[str, dict[str, list[str]]]:
    """Return the files and functions of the units of a run that are in the ledger."""
    units = {record.unit for record in results.claims if record.unit in book.ledger.units}
    known = book.catalogue({unit[:4] for unit in units})
    return {unit: known.code(unit) for unit in units}
