"""`workshop upgrade`: what other versions of libraries change, compared with the last run."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer

from workshop.bisect.upgrade import (
    EXAMPLE,
    NIGHTLY,
    describe_age,
    find_nightly,
    make_environment,
    read_versions,
)
from workshop.cli.common import for_readers, say, select
from workshop.cli.interrupts import interruptible
from workshop.cli.report import RESULTS
from workshop.cli.targets import RESULTS_FILE, console, try_targets
from workshop.errors import UsageError, WorkshopError
from workshop.matrix.table import table
from workshop.reporting.compare.agreement import by_group
from workshop.reporting.compare.model import compare_files, read_files
from workshop.reporting.compare.terminal import print_comparison
from workshop.untrusted import run_module
from workshop.verification.results import read_results

FOLDER = Path("results/upgrade")


def upgrade(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LIBRARY==VERSION... [PATTERNS]",
            help="Versions, then what to verify: tensorflow==2.21.0 ch02. Without patterns, everything.",
        ),
    ] = None,
    *,
    nightly: Annotated[
        bool, typer.Option("--nightly", help="Use tomorrow's builds (tf-nightly, keras-nightly).")
    ] = False,
    against: Annotated[
        Path, typer.Option("--against", metavar="FILE", help="Results of the run to compare with.")
    ] = RESULTS,
) -> None:
    """Verify with other versions of libraries.

    It shows what they change since the last run.

    The environment is built with uv, or found again. Everything else is as in the last run, where the
    versions allow it. Exit code 0: nothing failed, and each change has a known reason; 1: otherwise; 2: wrong
    usage.
    """
    patterns = [word for word in words or () if not re.search("[=<>~]", word)]
    versions = read_versions([word for word in words or () if word not in patterns], table())
    if not versions and not nightly:
        raise UsageError(f"no version is named: write one like {EXAMPLE}, or --nightly")
    if nightly and {"tensorflow", "keras"} & {*versions}:
        raise UsageError("--nightly has its own TensorFlow and Keras: leave out theirs")
    book, _ = select(patterns)
    if not against.exists():
        raise UsageError(f"{against}: there is no earlier run: workshop verify --json {against}")
    earlier = read_results(against)
    if nightly:
        builds = find_nightly(earlier.environment, table())
        for name, version in builds.items():
            if age := describe_age(name, version, datetime.now(timezone.utc).date()):
                say(age)
        versions |= builds
    named = [f"{name}-{its}" for name, its in versions.items() if name != NIGHTLY["keras"]]
    results = FOLDER / f"{'+'.join(named)}.json"
    if results.exists() and results.samefile(against):
        raise UsageError(f"{against} is where this run goes: copy it, and name the copy with --against")
    try_targets({"": (results, RESULTS_FILE)})
    results.unlink(missing_ok=True)  # that of an earlier call
    with interruptible("interrupted: finished environments and outcomes stay; the same command continues"):
        say(f"environment with {', '.join(f'{name} {version}' for name, version in versions.items())} …")
        python = make_environment(versions, earlier.environment, table())
        command = (sys.executable, *run_module("workshop"), "verify", *patterns)
        code = subprocess.run(  # noqa: S603 - our own command line
            [*command, "--python", str(python), "--json", str(results)], check=False
        ).returncode
    if code not in {0, 1} or not results.exists():
        raise WorkshopError(f"the run with {python} ended with exit code {code}: see the lines above")
    before, after = read_files([against, results])
    names = {record.id for record in after.results.claims}
    claims = tuple(record for record in before.results.claims if record.id in names)
    same = replace(before, results=replace(before.results, claims=claims))
    comparison = compare_files((same, after), for_readers(book))
    print_comparison(comparison, console(width=100))
    failed = any(record.verdict == "failed" for record in after.results.claims)
    raise typer.Exit(1 if failed or by_group(comparison)["unexplained"] else 0)
