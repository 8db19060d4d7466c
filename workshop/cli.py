"""The command line: `workshop list | show | verify | report | compare | bisect | calibrate | data …`."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from workshop.cli_bench import bench
from workshop.cli_bisect import bisect
from workshop.cli_compare import compare
from workshop.cli_report import report, report_beside
from workshop.interrupts import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workshop.ledger import Claim, Ledger
    from workshop.verification.executor import Listener


class OneLineErrors(TyperGroup):
    """A group of commands that tells wrong usage in one line."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; exit with 2 and one line where an option or argument is wrong."""
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except UsageError as error:
            message = str(error.format_message())
            if "\n" not in message:  # several lines are the help that a command without arguments shows
                command = error.ctx.command_path if error.ctx is not None else "workshop"
                message = f"workshop: {message.rstrip('.?')}: see `{command} --help`"
            typer.echo(message, err=True)
            code = 2
        except typer.Abort:
            code = 130
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; Ctrl-C ends it in one line."""
        with interruptible("interrupted"):
            return super().invoke(ctx)


app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Verify every documented result of The Deep Learning Workshop.",
)
data = typer.Typer(
    no_args_is_help=True, help="The data sets: what is here, where it comes from, getting what is missing."
)
app.add_typer(data, name="data")
app.add_typer(bench, name="bench")
app.command()(report)
app.command()(compare)
app.command()(bisect)

# typer's own base class, which is click's or typer's copy of it, by version
UsageError: Any = typer.BadParameter.__base__

# verify fetches data sets up to this size by itself; larger ones only `workshop data fetch`
FETCHED_BY_ITSELF = 200_000_000

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
    handler.setFormatter(logging.Formatter("workshop: %(message)s"))
    logger = logging.getLogger("workshop")
    logger.handlers[:] = [handler]
    logger.propagate = False


@app.command(name="list")
def list_claims(
    pattern: Annotated[str | None, typer.Argument(help="Chapter, unit, claim or glob.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List claims: id, kind, documented value, what they need."""
    ledger, claims = _select([pattern] if pattern else [])
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
            _usage(str(error))
        recorded = sample_rows(claim, ledger, this_environment().facts())
        typer.echo(describe_claim(claim, latest.get(name), [*recorded, *told]))
    elif name in ledger.units and mine is not None:
        _usage(f"--mine is a number of a claim, and {name} is a unit: see `workshop show {name}`")
    elif name in ledger.units:
        typer.echo(describe_unit(ledger.units[name], latest))
    else:
        _usage(f"no claim or unit is named {name!r}: see `workshop list`")


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
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the results to this file.")] = None,
) -> None:
    """Verify claims. Exit code 0: nothing failed and at least one verified; 1 otherwise; 2 wrong usage."""
    from rich.console import Console

    from workshop.reporting.terminal import print_run
    from workshop.verification.catalogue import WiringError
    from workshop.verification.engine import Engine
    from workshop.verification.environment import cores
    from workshop.verification.latest import remember
    from workshop.verification.other_python import NoRunner
    from workshop.verification.store import default_store

    if json_file is not None and json_file.is_dir():
        _usage(f"--json {json_file} is a folder: name a file")
    ledger, claims = _select(patterns or [])
    console, errors = Console(), Console(stderr=True)
    store = None if no_store else default_store()

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
            if not offline:
                _fetch_small(engine().missing_datasets(claims))
            with _progress(errors) as listener:
                run = engine(listener)
                results = run.verify(claims)
    except (WiringError, NoRunner) as error:
        _fail(str(error))
    if json_file is not None:
        results.write(json_file)
    remember(results, default_store())
    print_run(results, ledger, console)
    if json_file is not None:
        console.print(f"results: {json_file.resolve()}", soft_wrap=True, highlight=False)
        told = report_beside(results, run, json_file)
        console.print(told, soft_wrap=True, highlight=False, markup=False)
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
    from workshop.verification.store import default_store

    ledger, _ = _select([])
    for unit in units:
        if unit not in ledger.units:
            _usage(f"no unit is named {unit!r}: see `workshop list`")
    store = default_store()
    for unit in units:
        try:
            with interruptible(_interrupted(store)):
                sample = record(
                    ledger, unit, count, store=store, python=_absolute(python), told=_count(unit, count)
                )
        except (NotCalibrated, NoRunner, WiringError) as error:
            _fail(str(error))
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


@data.command(name="list")
def data_list() -> None:
    """List the data sets: here or not, where from, size, licence."""
    from workshop import datasets

    _print_statuses(datasets.statuses())


@data.command()
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Data sets; all without a name.")
    ] = None,
) -> None:
    """Fetch data sets from the first provider that has them, verified by checksum."""
    from workshop import datasets

    statuses = datasets.fetch(_known(names), progress=sys.stderr.isatty())
    _print_statuses(statuses)
    raise typer.Exit(0 if all(s.state != "missing" for s in statuses) else 1)


@data.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Data sets; all without a name.")
    ] = None,
) -> None:
    """Check the data sets that are here against their checksums, byte by byte; exit with 1 at damage."""
    from workshop import datasets

    chosen = _known(names)
    damage = _Counter()
    logger = logging.getLogger("workshop.datasets")
    logger.addHandler(damage)
    try:
        statuses = datasets.check(chosen)
    finally:
        logger.removeHandler(damage)
    _print_statuses(statuses)
    raise typer.Exit(1 if damage.count else 0)


class _Counter(logging.Handler):
    """Counts warnings: of a check, each is a damaged file."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def _known(names: list[str] | None) -> list[str]:
    from workshop import datasets

    known = list(datasets.registry())
    for name in names or []:
        if name not in known:
            _usage(f"no data set is named {name!r}: one of {', '.join(known)}")
    return names or known


def _print_statuses(statuses: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("data set", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("from")
    table.add_column("MB", justify="right", no_wrap=True)
    table.add_column("licence")
    for s in statuses:
        table.add_row(s.id, s.state, s.provider or "", _megabytes(s.bytes), s.licence)
    console = Console()
    console.print(table)
    remedies: dict[str, list[str]] = {}
    for s in statuses:
        if s.remedy:
            remedies.setdefault(s.remedy.replace(s.id, "NAME"), []).append(s.id)
    for remedy, names in remedies.items():
        told = remedy.replace("NAME", names[0]) if len(names) == 1 else remedy
        console.print(f"{', '.join(names)}: {told}", soft_wrap=True, highlight=False)


def _megabytes(size: int) -> str:
    return "" if not size else "<0.1" if size < 100_000 else f"{size / 1e6:,.1f}"


def _fetch_small(missing: set[str]) -> None:
    """Fetch what is missing and small enough; what can't be had is told by its claims' verdicts."""
    from workshop import datasets

    registry = datasets.registry()
    small = sorted(
        name for name in missing if not registry[name].service and registry[name].size <= FETCHED_BY_ITSELF
    )
    for status in datasets.fetch(small, progress=sys.stderr.isatty()) if small else ():
        if status.state == "missing":
            typer.echo(f"workshop: {status.id} could not be fetched: {status.reason}", err=True)


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
        _fail(str(error))
    try:
        return ledger, ledger.select(patterns)
    except LookupError as error:
        _usage(str(error.args[0]))


def _usage(message: str) -> NoReturn:
    typer.echo(f"workshop: {message}", err=True)
    raise typer.Exit(2)


def _fail(message: str, code: int = 1) -> NoReturn:
    typer.echo(f"workshop: {message}", err=True)
    raise typer.Exit(code)
