"""`workshop record`: reference samples of stochastic units, as package data."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from workshop.book import Book
from workshop.cli.common import (
    On,
    Python,
    cluster_of,
    complete_units,
    interrupt_message,
    resolve_python,
    say,
    say_usage,
    select,
)
from workshop.cli.interrupts import interruptible
from workshop.cli.progress import ProgressBar, write_line
from workshop.cli.targets import needed_store
from workshop.errors import UsageError
from workshop.execution.environment import this_environment
from workshop.execution.noise import hushed
from workshop.execution.pool import Cluster
from workshop.execution.run import Usage
from workshop.execution.store import Store
from workshop.ledger.names import find_id
from workshop.samples.missing import unrecorded
from workshop.samples.model import ReferenceSample
from workshop.samples.recording import NotRecorded, Site, record_sample
from workshop.samples.recording_repeats import record_repeats
from workshop.values import about


def record(
    units: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="UNIT…",
            help="Units, e.g. 5.04; with --missing all by default.",
            autocompletion=complete_units,
        ),
    ] = None,
    *,
    count: Annotated[
        int | None,
        typer.Option(
            "--seeds",
            min=5,
            help="Seeds to record; usually 128 of units up to 1 s, 64 up to 1 min, 30 up to 6 min, else 20.",
        ),
    ] = None,
    missing: Annotated[
        bool,
        typer.Option(
            "--missing",
            help="Record units whose runs rest on a substitute although the documented data are here, or "
            "that have no runs on this GPU. It first says how long this takes, and runs at low priority.",
        ),
    ] = False,
    python: Python = None,
    on: On = None,
    repeats: Annotated[
        bool,
        typer.Option(
            "--repeats",
            help="Record the seeds that default runs repeat, and how far their numbers move: with other "
            "instructions of this processor, with the libraries of --python, or on a GPU.",
        ),
    ] = False,
) -> None:
    """Re-record the reference runs of units.

    They are package data. A killed run continues. Not in CI.
    """
    if missing and (repeats or on is not None or python is not None):
        raise UsageError(
            "--missing records here, with this interpreter: leave out --repeats, --on and --python"
        )
    if not units and not missing:
        raise UsageError("no unit is named: workshop record 5.04, or --missing")
    if repeats and on is not None:
        raise UsageError("--repeats measures this machine's rounding: leave out --on")
    book, _ = select([])
    chosen = [find_id(unit, book.ledger, "unit") for unit in units or ()]
    if repeats:
        for unit in chosen:
            done = record_repeats(book, unit, python=resolve_python(python), on_progress=write_line)
            numbers = sum(len(part.numbers) for part in done.parts.values())
            typer.echo(f"{unit}: {numbers} numbers of {len(done.parts)} parts recorded")
        return
    store = needed_store()
    Store(store).sweep()
    usage = Usage()
    with interruptible(interrupt_message(store)), hushed(), cluster_of(on, python) as cluster:
        one = partial(
            _record_one,
            book,
            store=store,
            python=resolve_python(python) if on is None else None,
            cluster=cluster,
            usage=usage,
        )
        if missing:
            _record_missing(book, chosen, count, one)
        else:
            for unit in chosen:
                _say_recorded(one(unit, count))
    say_usage(on, usage)


def _say_recorded(sample: ReferenceSample) -> None:
    failures = [run.mishap for run in sample.runs if run.mishap]
    recorded = f"{sample.unit}: {len(sample.runs)} runs recorded, {sample.seconds:.2f} s per seed"
    typer.echo(f"{recorded}, {len(failures)} failures")


def _record_missing(
    book: Book, units: list[str], count: int | None, one: Callable[..., ReferenceSample]
) -> None:
    """Say how long it takes to record what is missing on the documented data, then record it."""
    here = this_environment()
    found = list(unrecorded(book, units, count))
    for each in found:
        if each.why:
            say(f"{each.unit} is left out: {each.why}")
    todo = [each for each in found if not each.why]
    for each in todo:
        runs = "as many runs as its seconds allow" if each.runs is None else f"{each.runs} runs"
        typer.echo(f"{each.unit}: {runs if each.runs != 0 else 'repeated seeds'}, {about(each.seconds)}")
    if not todo:
        typer.echo("nothing can be recorded" if found else "nothing is missing")
        return
    total = about(sum(each.seconds for each in todo))
    where = "on one core" if here.device == "cpu" else "if this GPU were one core of a CPU"
    typer.echo(f"in all {total} {where}; after Ctrl-C the same command continues")
    if hasattr(os, "nice"):
        os.nice(19)
    failed = False
    for each in todo:
        try:
            if each.repeats:
                record_repeats(book, each.unit, on_progress=write_line)
            if each.runs != 0:
                _say_recorded(one(each.unit, each.runs))
        except NotRecorded as error:  # the others are recorded
            say(str(error))
            failed = True
    if failed:
        raise typer.Exit(1)


def _record_one(
    book: Book, unit: str, count: int | None, *, store: Path, cluster: Cluster | None, **options: Any
) -> ReferenceSample:
    """Record a unit with a bar on a cluster, else with a line for each piece."""
    bar = ProgressBar(lambda _: None)
    with nullcontext() if cluster is None else bar.shown():
        return record_sample(
            Site(book, unit, cluster=cluster, **options),
            count,
            store=store,
            on_progress=(lambda done, count: write_line(f"{unit}: {done} of {count}"))
            if cluster is None
            else None,
            listener=None if cluster is None else bar.listen,
        )
