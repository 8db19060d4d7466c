"""`workshop verify`: decide claims, print the run, write results and page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workshop.cli.common import (
    On,
    Python,
    cluster_of,
    complete_claims,
    for_readers,
    interrupt_message,
    print_taken,
    resolve_python,
    say,
    say_usage,
    select,
)
from workshop.cli.data import fetch_small
from workshop.cli.interrupts import interruptible
from workshop.cli.progress import ProgressBar, doing
from workshop.cli.report import PART, RESULTS, write_report
from workshop.cli.targets import (
    RESULTS_FILE,
    console,
    default_target,
    is_file,
    short_path,
    try_targets,
    usable_store,
    write,
)
from workshop.errors import UsageError
from workshop.execution.environment import cores
from workshop.execution.noise import hushed
from workshop.reporting.terminal import print_closing, print_missing, print_plan, print_run, print_start
from workshop.training.backend import threads
from workshop.verification.results import Results, mark_lost, recall, remember
from workshop.wording.places import part_text

if TYPE_CHECKING:
    from workshop.verification.unchanged import Earlier


def verify(
    patterns: Annotated[
        list[str] | None,
        typer.Argument(
            help="Chapters, units, claims or globs: ch02, 2.05, ch02.ex05, 'ch0?.ex*'.",
            autocompletion=complete_claims,
        ),
    ] = None,
    *,
    full: Annotated[
        bool,
        typer.Option("--full", help="Run slow trainings to their end, not only their first steps."),
    ] = False,
    seed_count: Annotated[
        int | None,
        typer.Option("--seeds", min=1, help="Draw at least this many fresh seeds of stochastic units."),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Units to run in parallel; one per core by default."),
    ] = None,
    timeout: Annotated[
        int | None,
        typer.Option(
            "--timeout",
            min=1,
            metavar="SECONDS",
            hidden=True,
            help="Stop a unit that runs longer with all its seeds; its claims fail.",
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            hidden=True,
            help="Also fail results that disagree on first contact with their own data.",
        ),
    ] = False,
    fail_on: Annotated[
        Literal["lost"] | None,
        typer.Option(
            "--fail-on",
            hidden=True,
            help="Exit with 1, too, if the last run on this machine decided a result that this run lost.",
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch no data sets.")] = False,
    python: Python = None,
    on: On = None,
    no_store: Annotated[
        bool, typer.Option("--no-store", help="Neither read nor write the result store.")
    ] = False,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json",
            metavar="FILE",
            help="Write the results to this file, and their page next to it; - is standard output. Default: "
            "results/verify.json, or results/part.json for a part of the book.",
        ),
    ] = None,
    own: Annotated[
        bool, typer.Option("--own", help="Also show the suite's own checks, which no total counts.")
    ] = False,
) -> None:
    """Verify claims. Exit code 0: at least one was verified and none failed; 1: otherwise; 2: wrong usage."""
    _check_options(on, processes)
    book, claims = select(patterns or [])
    try_targets({"--json": (json_file, RESULTS_FILE)})
    file = json_file or default_target(PART if part_text(claims, book.ledger) else RESULTS)
    usual, cached = usable_store()
    store = None if no_store else usual
    shown = console(json_file)
    interpreter = resolve_python(python) if on is None else None

    with interruptible(interrupt_message(store)), hushed(), cluster_of(on, python, timeout) as cluster:
        with suppress(OSError):
            print_taken(patterns or [], book.ledger, shown)
            print_start(claims, book.ledger, shown)
        # after the first line, because it takes seconds
        from workshop.verification.engine import Engine
        from workshop.verification.unchanged import Earlier

        count = (processes or cores()) if cluster is None else cluster.cores

        engine = partial(
            Engine,
            book,
            "full" if full else "default",
            seed_count=seed_count or 0,
            strict=strict,
            processes=count,
            store=store,
            services=not offline and python is None and on is None,  # workers read only files
            python=interpreter,
            timeout=timeout,
            cluster=cluster,
        )

        def print_estimate(seconds: float) -> None:
            made = run.environment
            with suppress(OSError):
                print_plan(made.versions, made.device, count, seconds, shown)

        bar = ProgressBar(print_estimate)
        run = engine(listener=bar.listen)
        lacking = Earlier(engine(), claims).lacking_datasets()
        line = fetch_small(lacking, book, claims, fetched=cached and not offline)
        with suppress(OSError):
            print_missing(line, shown)
        _warn_of_days(seed_count, lambda: engine().seconds_a_seed(claims), count)
        earlier = Earlier(run, claims)  # after the data were fetched
        with bar.shown():
            results = earlier.results or run.verify(claims)
            bar.expect(0.0)
    say_usage(on, run.usage)
    last = {} if usual is None else recall(usual)
    results = mark_lost(results, last)
    try:
        print_run(results, for_readers(book), shown, own=own, last=last)
    finally:  # the screen may be full, or gone
        if usual is not None:
            with suppress(OSError):  # `workshop show` then knows nothing of this run
                remember(results, usual)
        page, problem = _write_files(earlier, results, file, "" if json_file is None else "--json")
    print_closing(
        results,
        book.ledger,
        shown,
        page=page,
        written=file if file is not None and is_file(file) else None,
    )
    if problem is not None and json_file is not None:
        raise problem
    if problem is not None:
        say(str(problem))
    lost = fail_on == "lost" and any(record.lost for record in results.claims)
    raise typer.Exit(0 if results.green and not lost else 1)


def _write_files(
    earlier: Earlier, results: Results, file: Path | None, option: str
) -> tuple[str, UsageError | None]:
    """Write results and page; return the page's place ("" without one), and why there are no results."""
    if file is None:
        return "", None
    with doing("writing the page"):
        try:
            write(option, file, partial(earlier.write, results))
        except UsageError as error:
            return "", error
        page, why = write_report(earlier, file) if is_file(file) else (None, "")
    if why:
        say(why)
    return "" if page is None else short_path(page), None


def _check_options(on: str | None, processes: int | None) -> None:
    """Raise UsageError for options that can't be, and if WORKSHOP_THREADS is not a number."""
    if on is not None and processes is not None:
        raise UsageError("--jobs counts processes of this machine: leave it out with --on")
    try:
        threads()
    except ValueError as error:
        raise UsageError(str(error)) from None


def _warn_of_days(seeds: int | None, seconds_a_seed: Callable[[], float], processes: int) -> None:
    days = 0.0 if seeds is None else seeds * seconds_a_seed() / processes / 86400
    if days >= 1:
        say(f"--seeds {seeds}: about {days:,.0f} days of computing: ask for fewer, or let it run")
