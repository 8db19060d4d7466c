"""`workshop verify`: decide claims, print the run, write results and page."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workshop.cli.common import Python, complete_claims, interrupt_message, resolve_python, say, select
from workshop.cli.data import fetch_small
from workshop.cli.interrupts import interruptible
from workshop.cli.report import write_report
from workshop.cli.targets import console, is_file, needed_store, print_line, try_targets, usable_store, write
from workshop.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workshop.execution.scheduler import Listener


def _seed_set(text: str) -> int | None:
    """Return the number of a seed set, None for the next one."""
    if text == "next":
        return None
    if not text.isdecimal():
        raise typer.BadParameter(f"{text!r} is neither a number from 0 up nor 'next'.")
    return int(text)


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
        int | None, typer.Option("--seeds", min=1, help="Draw at least this many seeds of stochastic units.")
    ] = None,
    seed_set: Annotated[
        Any,
        typer.Option(
            "--seed-set",
            "--vary-seed",
            parser=_seed_set,
            metavar="K",
            help="Use seed set K instead of the default one; `next` for nightly runs, whose runs are pooled.",
        ),
    ] = "0",
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
            help="Stop a unit that runs longer with all its seeds; its claims fail.",
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch no data sets.")] = False,
    python: Python = None,
    no_store: Annotated[
        bool, typer.Option("--no-store", help="Neither read nor write the result store.")
    ] = False,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write the results to this file; - is standard output."),
    ] = None,
) -> None:
    """Verify claims. Exit code 0: at least one was verified and none failed; 1: otherwise; 2: wrong usage."""
    from rich.console import Console

    from workshop.execution.environment import cores
    from workshop.reporting.terminal import print_run
    from workshop.training.backend import threads
    from workshop.verification.engine import Engine
    from workshop.verification.nights import next_seed_set
    from workshop.verification.results import remember

    try:
        threads()
    except ValueError as error:
        raise UsageError(str(error)) from None
    ledger, claims = select(patterns or [])
    try_targets({"--json": json_file})
    nights = _nights(no_store) if seed_set is None else None
    varied = seed_set if nights is None else next_seed_set(nights)
    usual, cached = usable_store()
    store = None if no_store else usual

    def engine(listener: Listener | None = None) -> Engine:
        return Engine(
            ledger,
            "full" if full else "default",
            seed_count=seed_count,
            varied=varied,
            processes=processes or cores(),
            store=store,
            services=not offline and python is None,  # the worker reads only files
            python=resolve_python(python),
            timeout=timeout,
            nights=nights,
            listener=listener,
        )

    with interruptible(interrupt_message(store)):
        if cached and not offline:
            fetch_small(engine().missing_datasets(claims), claims)
        if seed_count is not None:
            _warn_of_days(seed_count, engine().seconds_a_seed(claims), processes or cores())
        with _progress(Console(stderr=True)) as listener:
            run = engine(listener)
            results = run.verify(claims)
    shown = console(json_file)
    try:
        print_run(results, ledger, shown)
    finally:  # the screen may be full, or gone
        if usual is not None:
            with suppress(OSError):  # `workshop show` then knows nothing of this run
                remember(results, usual)
        if json_file is not None:
            results = run.with_samples(results)
            write("--json", json_file, results.write)
    if json_file is not None and is_file(json_file):
        print_line(shown, f"results: {json_file.resolve()}")
        print_line(shown, write_report(run, json_file))
    raise typer.Exit(0 if results.green else 1)


def _nights(no_store: bool) -> Path:
    """Return the result store, which has the earlier nights. Raises UsageError if there is none."""
    if no_store:
        raise UsageError("--seed-set next needs the nights in the result store: leave out --no-store")
    return needed_store()


def _warn_of_days(seeds: int, seconds_a_seed: float, processes: int) -> None:
    days = seeds * seconds_a_seed / processes / 86400
    if days >= 1:
        say(f"--seeds {seeds}: about {days:,.0f} days of computing: ask for fewer, or let it run")


@contextmanager
def _progress(console: Any) -> Iterator[Listener | None]:
    """Show finished and running units and the time left; nothing where nobody watches."""
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("units"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def listen(state: Any) -> None:
            left = "" if state.seconds_left is None else f"about {state.seconds_left:.0f} s left, "
            running = ", ".join(name.split(":")[0] for name in state.running)
            progress.update(
                task, completed=state.done, total=state.total, description=f"{left}running {running}"
            )

        yield listen
