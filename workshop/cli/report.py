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
from workshop.cli.targets import PAGE, is_stdout, try_targets, write
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
SUFFIX = ".html"  # the page is named after the results, so that runs in one folder keep theirs


def report(
    results: Annotated[
        Path, typer.Argument(metavar="[RESULTS]", help="What `workshop verify --json` wrote.")
    ] = RESULTS,
    *,
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
    from workshop.book import package_book
    from workshop.figures.files import NoFigures, read_figures
    from workshop.reporting.report.page import page
    from workshop.verification.results import read_results

    target = results.with_suffix(SUFFIX) if output is None else output
    if opened and is_stdout(target):
        raise UsageError(f"--open needs a file, and --output {target} is none: leave one of them out")
    if results == RESULTS and not results.exists():
        part = f", or `workshop report {PART}` for the page of the last part" if PART.exists() else ""
        raise UsageError(f"there are no results yet: run `workshop verify`, which writes {RESULTS}{part}")
    read, book = read_results(results), package_book()
    shown = for_readers(book)
    try_targets({"--output": (target, PAGE)}, reads=[results])
    figures: Figures = {}
    try:
        figures = read_figures(results)
    except NoFigures as error:
        say(str(error))
    html = page(read, shown, figures=figures, code=_code(read, book))
    write("--output", target, partial(write_atomically, content=html.encode()))
    if not is_stdout(target):
        typer.echo(one_line(f"report: {target.resolve()}"))
    if opened:
        webbrowser.open(target.resolve().as_uri())


def write_report(earlier: Earlier, json_file: Path) -> tuple[Path | None, str]:
    """Write figures into the results, and their page next to them; return it, or None and why there is none.

    An `earlier` run of the same has its figures.

    The page is that of the results file, as `workshop report` writes it. Whatever goes wrong, the results are
    written and the run's exit code is its own.
    """
    page, engine = json_file.with_suffix(SUFFIX), earlier.engine
    try:  # Jinja may be broken, too
        from workshop.execution.store import kept
        from workshop.figures.files import as_json, from_json
        from workshop.reporting.report.overview import stamped
        from workshop.verification.results import read_results, split_file, write_file

        if page == json_file:
            raise OSError("the results have its name")
        try_targets({"": (page, PAGE)})
        environment, claims = split_file(json_file)
        figures = earlier.figures
        if figures is None:
            figures = as_json(_draw(engine, read_results(json_file)))
            earlier.keep(claims, figures)
        write_file(environment, claims, json_file, figures)

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
        drawn = engine.recordings.kept("figures", [unit, *made_of, *runs], partial(_whole, draw))
        # one that could not be drawn may have been for once
        figures |= draw() if drawn is None else from_json(drawn)
    return figures


def _whole(draw: Callable[[], Figures]) -> Any:
    """Return figures as JSON, None if one of them could not be drawn."""
    from workshop.figures.files import as_json

    drawn = draw()
    return as_json(drawn) if all(one.parts for own in drawn.values() for one in own) else None


def _code(results: Results, book: Book) -> dict[str, dict[str, list[str]]]:
    """Return the files and functions of the units of a run that are in the ledger."""
    units = {record.unit for record in results.claims if record.unit in book.ledger.units}
    known = book.catalogue({unit[:4] for unit in units})
    return {unit: known.code(unit) for unit in units}
