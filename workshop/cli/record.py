"""`workshop record`: reference samples of stochastic units, as package data."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import Annotated

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


def record(
    units: Annotated[
        list[str],
        typer.Argument(metavar="UNIT…", help="Units, e.g. 5.04.", autocompletion=complete_units),
    ],
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
    from workshop.ledger.names import find_id
    from workshop.samples.recording import record_sample

    ledger, _ = select([])
    units = [find_id(unit, ledger, "unit") for unit in units]
    if repeats and on is not None:
        raise UsageError("--repeats measures this machine's rounding: leave out --on")
    if repeats:
        from workshop.samples.recording_repeats import record_repeats

        for unit in units:
            done = record_repeats(ledger, unit, python=resolve_python(python), on_progress=_show)
            numbers = sum(len(part.numbers) for part in done.parts.values())
            typer.echo(f"{unit}: {numbers} numbers of {len(done.parts)} parts recorded")
        return
    store = needed_store()
    usage = Usage()
    with interruptible(interrupt_message(store)), hushed(), cluster_of(on, python) as cluster:
        for unit in units:
            bar = ProgressBar(lambda _: None)
            with bar.shown() if on else nullcontext():
                sample = record_sample(
                    ledger,
                    unit,
                    count,
                    store=store,
                    python=resolve_python(python) if on is None else None,
                    on_progress=partial(_show_count, unit) if on is None else None,
                    cluster=cluster,
                    listener=bar.listen,
                    usage=usage,
                )
            failures = [run.mishap for run in sample.runs if run.mishap]
            recorded = f"{unit}: {len(sample.runs)} runs recorded, {sample.seconds:.2f} s per seed"
            typer.echo(f"{recorded}, {len(failures)} failures")
    say_usage(on, usage)


def _show(text: str) -> None:
    write_line(text)


def _show_count(unit: str, done: int, count: int) -> None:
    write_line(f"{unit}: {done} of {count}")
