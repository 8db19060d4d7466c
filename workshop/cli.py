"""The command line: `workshop list | show | verify | report | compare | bisect | calibrate | data …`."""

from __future__ import annotations

import json
import logging
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workshop.cli_bench import bench
from workshop.cli_bisect import bisect
from workshop.cli_common import OneLineErrors, fail, no_such, say, usage
from workshop.cli_compare import compare
from workshop.cli_data import data, fetch_small
from workshop.cli_report import report, report_beside
from workshop.interrupts import interruptible
from workshop.targets import console, is_file, needed_store, try_targets, usable_store, write
from workshop.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workshop.ledger import Claim, Ledger
    from workshop.verification.executor import Listener


app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Verify every documented result of The Deep Learning Workshop.",
)
app.add_typer(data, name="data")
app.add_typer(bench, name="bench")
app.command()(report)
app.command()(compare)
app.command()(bisect)


Patterns = Annotated[
    list[str] | None, typer.Argument(help="Chapters, units, claims or globs: ch02, ch02.ex05, 'ch0?.ex*'.")
]
Python = Annotated[
    Path | None, typer.Option("--python", help="Run units in this interpreter, 3.7 or later, not in ours.")
]


def _version(value: bool) -> None:
    if value:
        import workshop

        typer.echo(f"workshop {workshop.__version__}")
        raise typer.Exit


class _Formatter(logging.Formatter):
    """Makes messages printable: names of files and words of servers are in them."""

    def format(self, record: logging.LogRecord) -> str:
        return one_line(super().format(record))


@app.callback()
def main(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Verify every documented result of The Deep Learning Workshop."""
    del version  # its callback has shown it and left
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter("workshop: %(message)s"))
    logger = logging.getLogger("workshop")
    logger.handlers[:] = [handler]
    logger.propagate = False


@app.command(name="list")
def list_claims(
    pattern: Annotated[str | None, typer.Argument(help="Chapter, unit, claim or glob.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List claims: id, kind, documented value, what they need."""
    ledger, claims = _select([] if pattern is None else [pattern])
    if as_json:
        from workshop.verification.results import for_json

        rows = [
            {
                "id": c.id,
                "unit": c.unit,
                "ours": c.ours,
                "kind": c.kind,
                "documented": c.documented,
                "correct": c.correct,
                "needs": list(c.needs),
            }
            for c in claims
        ]
        typer.echo(json.dumps({"claims": for_json(rows)}, indent=1, allow_nan=False))
        return
    from workshop.ledger.values import brief

    unit = ""
    for claim in claims:
        if claim.unit != unit:
            unit = claim.unit
            typer.echo(f"{unit}  {ledger.units[unit].title}")
        flags = "".join(
            [
                " (ours)" if claim.ours else "",
                " (pending)" if claim.pending else "",
                f" → {brief(claim.correct, 40)}" if claim.correct is not None else "",
            ]
        )
        typer.echo(f"  {claim.name:<24} {claim.kind:<10} {brief(claim.documented, 60)}{flags}")
    ours = sum(claim.ours for claim in claims)
    typer.echo(f"{len(claims) - ours} claims" + (f", and {ours} of our own" if ours else ""))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="CLAIM_OR_UNIT", help="Id of a claim or a unit.")],
    *,
    mine: Annotated[
        str | None,
        typer.Option(
            metavar="[NAME=]NUMBER", help="Your own number: is it normal? NAME where a claim has several."
        ),
    ] = None,
) -> None:
    """Show a claim or a unit: what it is, its documented value, its rule, its last verdict, its finding."""
    from workshop.reporting.report.asking import NoSuchNumber, mine_rows
    from workshop.reporting.sampling import sample_rows
    from workshop.reporting.showing import describe_claim, describe_unit
    from workshop.verification.environment import this_environment
    from workshop.verification.latest import recall
    from workshop.verification.store import default_store

    ledger, _ = _select([])
    latest = recall(default_store())
    if name in ledger.claims:
        claim = ledger.claims[name]
        try:
            told = [] if mine is None else mine_rows(claim, mine, latest.get(name))
        except NoSuchNumber as error:
            usage(str(error))
        recorded = sample_rows(claim, ledger, this_environment().facts())
        typer.echo(describe_claim(claim, latest.get(name), [*recorded, *told]))
    elif name in ledger.units and mine is not None:
        usage(f"--mine is a number of a claim, and {name} is a unit: see `workshop show {name}`")
    elif name in ledger.units:
        typer.echo(describe_unit(ledger.units[name], latest))
    else:
        no_such("claim or unit", name, [*ledger.units, *ledger.claims], "see `workshop list`")


@app.command()
def verify(
    patterns: Patterns = None,
    *,
    full: Annotated[
        bool, typer.Option("--full", help="Run slow units as documented, not in their short profile.")
    ] = False,
    seed_count: Annotated[
        int | None, typer.Option("--seeds", min=1, help="Draw at least this many seeds of stochastic units.")
    ] = None,
    varied: Annotated[
        int,
        typer.Option(
            "--vary-seed", min=0, metavar="K", help="Draw other seeds than the usual ones, told apart by K."
        ),
    ] = 0,
    processes: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Units that run side by side; as many as cores by default."),
    ] = None,
    timeout: Annotated[
        int | None,
        typer.Option(
            "--timeout",
            min=1,
            metavar="SECONDS",
            help="Stop a unit that runs longer, all its seeds together; its claims fail.",
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
    """Verify claims. Exit code 0: nothing failed and at least one verified; 1 otherwise; 2 wrong usage."""
    from rich.console import Console

    from workshop.reporting.terminal import print_run
    from workshop.training.backend import threads
    from workshop.verification.catalogue import WiringError
    from workshop.verification.engine import Engine
    from workshop.verification.environment import cores
    from workshop.verification.latest import remember
    from workshop.verification.other_python import NoRunner

    try:
        threads()
    except ValueError as error:
        usage(str(error))
    ledger, claims = _select(patterns or [])
    try_targets({"--json": json_file})
    kept, cached = usable_store()
    store = None if no_store else kept

    def engine(listener: Listener | None = None) -> Engine:
        return Engine(
            ledger,
            "full" if full else "default",
            seed_count=seed_count,
            varied=varied,
            processes=processes or cores(),
            store=store,
            services=not offline and python is None,  # the runner reads files alone
            python=_absolute(python),
            timeout=timeout,
            listener=listener,
        )

    try:
        with interruptible(_interrupted(store)):
            if cached and not offline:
                fetch_small(engine().missing_datasets(claims), claims)
            if seed_count is not None:
                _warn_of_days(seed_count, engine().seconds_a_seed(claims), processes or cores())
            with _progress(Console(stderr=True)) as listener:
                run = engine(listener)
                results = run.verify(claims)
    except (WiringError, NoRunner) as error:
        fail(str(error))
    shown = console(json_file)
    try:
        print_run(results, ledger, shown)
    finally:  # the screen may be full, or gone
        if kept is not None:
            with suppress(OSError):  # `workshop show` then knows nothing of this run
                remember(results, kept)
        if json_file is not None:
            write("--json", json_file, results.write)
    if json_file is not None and is_file(json_file):
        for line in (one_line(f"results: {json_file.resolve()}"), report_beside(results, run, json_file)):
            shown.print(line, soft_wrap=True, highlight=False, markup=False)
    raise typer.Exit(0 if results.green else 1)


@app.command()
def calibrate(
    units: Annotated[list[str], typer.Argument(metavar="UNIT…", help="Units, e.g. ch05.ex04.")],
    *,
    count: Annotated[
        int,
        typer.Option(
            "--seeds", min=5, help="Seeds to record: 30 or more up to 10 s each, 10 up to 60 s, else 5."
        ),
    ] = 64,
    python: Python = None,
) -> None:
    """Record the reference samples of units anew, as package data; a killed run continues. Not in CI."""
    from workshop.verification.calibration import NotCalibrated
    from workshop.verification.calibration import calibrate as record
    from workshop.verification.catalogue import WiringError
    from workshop.verification.other_python import NoRunner

    ledger, _ = _select([])
    for unit in units:
        if unit not in ledger.units:
            no_such("unit", unit, ledger.units, "see `workshop list`")
    store = needed_store()
    for unit in units:
        try:
            with interruptible(_interrupted(store)):
                sample = record(
                    ledger, unit, count, store=store, python=_absolute(python), told=_count(unit, count)
                )
        except (NotCalibrated, NoRunner, WiringError) as error:
            fail(str(error))
        mishaps = [run.mishap for run in sample.runs if run.mishap]
        typer.echo(
            f"{unit}: {len(sample.runs)} runs recorded, {sample.seconds:.2f} s a seed, {len(mishaps)} mishaps"
        )


def _absolute(python: Path | None) -> Path | None:
    """Return an interpreter's path from anywhere; a link stays one, because it names an environment."""
    if python is None:
        return None
    command = shutil.which(python) if python.name == str(python) else None
    return Path(command or python).absolute()


def _interrupted(store: Path | None) -> str:
    """Return what is said at Ctrl-C of a run with this store, None for a run without one."""
    if store is None:
        return "interrupted: nothing is kept"
    return "interrupted: what was finished is in the store; the same command continues"


def _count(unit: str, count: int) -> Callable[[int], None]:
    return lambda done: typer.echo(f"{unit}: {done} of {count}", err=True)


def _warn_of_days(seeds: int, seconds_a_seed: float, processes: int) -> None:
    days = seeds * seconds_a_seed / processes / 86400
    if days >= 1:
        say(f"--seeds {seeds}: about {days:,.0f} days of computing: ask for fewer, or let it run")


@contextmanager
def _progress(console: Any) -> Iterator[Listener | None]:
    """Show units done, running and the time left while a run goes on; nothing where nobody watches."""
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


def _select(patterns: list[str]) -> tuple[Ledger, tuple[Claim, ...]]:
    from workshop import ledger as ledger_package

    try:
        ledger = ledger_package.ledger()
    except ledger_package.LedgerError as error:
        fail(str(error))
    for pattern in patterns:
        try:
            ledger.select([pattern])
        except LookupError as error:
            names = [*(chapter.id for chapter in ledger.chapters), *ledger.units, *ledger.claims]
            no_such("claim", pattern, names, str(error.args[0]).partition(": ")[2])
    return ledger, ledger.select(patterns)
