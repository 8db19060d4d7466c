"""`workshop record`: reference samples of stochastic units, as package data."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workshop.cli.common import (
    On,
    Python,
    cluster_of,
    complete_units,
    interrupt_message,
    resolve_python,
    say_usage,
    select,
)
from workshop.cli.interrupts import interruptible
from workshop.cli.progress import ProgressBar, write_line
from workshop.cli.targets import needed_store
from workshop.errors import UsageError

if TYPE_CHECKING:
    from workshop.execution.executor import Cluster
    from workshop.ledger import Ledger
    from workshop.samples.model import ReferenceSample


def record(
    units: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="UNIT…",
            help="Units, e.g. 5.04.",
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
    """Record the reference samples of units anew, as package data; a killed run continues. Not in CI."""
    from workshop.execution.dispatch import Usage
    from workshop.execution.noise import hushed
    from workshop.execution.store import Store
    from workshop.ledger.names import find_id

    if not units:
        raise UsageError("no unit is named: workshop record 5.04")
    if repeats and on is not None:
        raise UsageError("--repeats measures this machine's rounding: leave out --on")
    ledger, _ = select([])
    chosen = [find_id(unit, ledger, "unit") for unit in units]
    if repeats:
        from workshop.samples.recording_repeats import record_repeats

        for unit in chosen:
            done = record_repeats(ledger, unit, python=resolve_python(python), on_progress=write_line)
            numbers = sum(len(part.numbers) for part in done.parts.values())
            typer.echo(f"{unit}: {numbers} numbers of {len(done.parts)} parts recorded")
        return
    store = needed_store()
    Store(store).sweep()
    usage = Usage()
    with interruptible(interrupt_message(store)), hushed(), cluster_of(on, python) as cluster:
        for unit in chosen:
            sample = _record_one(
                ledger,
                unit,
                count,
                store=store,
                python=resolve_python(python) if on is None else None,
                cluster=cluster,
                usage=usage,
            )
            failures = [run.mishap for run in sample.runs if run.mishap]
            recorded = f"{unit}: {len(sample.runs)} runs recorded, {sample.seconds:.2f} s per seed"
            typer.echo(f"{recorded}, {len(failures)} failures")
    say_usage(on, usage)


def _record_one(
    ledger: Ledger, unit: str, count: int | None, *, cluster: Cluster | None, **options: Any
) -> ReferenceSample:
    """Record a unit with a bar on a cluster, else with a line for each piece."""
    from workshop.samples.recording import record_sample

    bar = ProgressBar(lambda _: None)
    with nullcontext() if cluster is None else bar.shown():
        on_progress = partial(_show_count, unit) if cluster is None else None
        return record_sample(
            ledger,
            unit,
            count,
            cluster=cluster,
            on_progress=on_progress,
            listener=None if cluster is None else bar.listen,
            **options,
        )


def _show_count(unit: str, done: int, count: int) -> None:
    write_line(f"{unit}: {done} of {count}")
