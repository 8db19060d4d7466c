"""Recording a unit's mistakes over many seeds, for `workshop check`: `python -m tests.mutants --simulate`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from tests.mutants.claims import Bench, Task, put_in_front
from tests.mutants.rows import Mutant, Rows
from workshop.book import SAMPLES, package_book
from workshop.checking.mistake_runs import (
    LONGEST,
    Mistake,
    MistakeRuns,
    as_row,
    as_rows,
    by_quantity,
    mistakes_folder,
    numbers_of_claims,
    read_mistakes,
    unchanged_numbers,
    write_mistakes,
)
from workshop.execution.calling import Made
from workshop.execution.environment import this_environment
from workshop.execution.planner import Job
from workshop.execution.seeds import seeds
from workshop.execution.surroundings import neutralise
from workshop.ledger import Ledger
from workshop.ledger.values import plain
from workshop.paths import Measure, follow
from workshop.samples.model import (
    DamagedReference,
    ReferenceSample,
    quantities_of,
    quantity,
    reference_sample,
)
from workshop.samples.recording import Site, _agrees, _pieces
from workshop.statistics.scales import Numbers

SEEDS = 64
# runs are alike if each number is within this share in nearly all of them
_ALIKE, _NEARLY_ALL = 1e-3, 0.95


def quick_samples(ledger: Ledger) -> dict[str, ReferenceSample]:
    """Return the reference samples of the units that are quick enough, the quickest first."""
    found = {unit: reference_sample(unit, {}, SAMPLES) for unit in ledger.units}
    quick = [sample for sample in found.values() if sample is not None and sample.seconds <= LONGEST]
    return {sample.unit: sample for sample in sorted(quick, key=lambda sample: sample.seconds)}


def simulate(ledger: Ledger, rows: Rows, bench: Bench, patterns: Sequence[str], end: float) -> int:
    """Record the mistakes of the chosen units that are not recorded yet, and return 1 if one could not be.

    The file of a unit is written after each mistake, so that a killed run goes on where it stopped.
    """
    neutralise()
    os.environ["WORKSHOP_THREADS"] = "1"
    samples = {u: s for u, s in quick_samples(ledger).items() if u.startswith(tuple(patterns) or "")}
    facts = bench.describe([*samples])
    recorded = {unit: _recorded(ledger, rows, sample) for unit, sample in samples.items()}
    for unit, runs in recorded.items():
        if runs.mistakes:  # the catalogue may have other words for them
            write_mistakes(runs, mistakes_folder() / f"{unit}.json")
    tasks = [task for unit in samples for task in _missing(unit, rows, facts[unit]["code"], recorded[unit])]
    print(f"{len(tasks)} runs of {SEEDS} seeds in {len({task.unit for task in tasks})} units", flush=True)
    if not tasks:
        return 0
    used = [facts[unit] for unit in dict.fromkeys(task.unit for task in tasks)]
    bench.warm({n for each in used for n in each["libraries"]}, {n for each in used for n in each["data"]})
    by_key = {task.key: task for task in tasks}
    agrees: dict[str, bool] = {}

    def done(result: dict[str, Any]) -> None:
        task = by_key[result["key"]]
        unit = task.unit
        if task.mutant is None:
            agrees[unit] = result["agrees"]
        elif agrees.get(unit):
            unchanged = as_rows(unchanged_numbers(ledger, samples[unit]), recorded[unit].quantities)
            mistake = _mistake(task.mutant, result, recorded[unit].quantities, unchanged, facts[unit]["code"])
            environment = this_environment().arithmetic(facts[unit]["libraries"])
            recorded[unit] = with_one(recorded[unit], mistake, environment)
            write_mistakes(recorded[unit], mistakes_folder() / f"{unit}.json")
        print(f"{result['seconds']:6.1f} s  {task.name[:100]}  {result['crash'][:60]}", flush=True)

    bench.run(tasks, done, end=end, work=lambda task: _run(task, ledger, bench.root))
    for unit in (unit for unit, yes in agrees.items() if not yes):
        print(f"{unit} as it is does not repeat its recorded seeds: workshop record {unit}")
    return 0 if all(agrees.values()) else 1


def _recorded(ledger: Ledger, rows: Rows, sample: ReferenceSample) -> MistakeRuns:
    """Return what is recorded of the mistakes of a unit that are in the catalogue, in its words.

    That is nothing where the file is missing, or is of other numbers or seeds.
    """
    numbers: dict[str, None] = {}
    for run in unchanged_numbers(ledger, sample):
        numbers |= dict.fromkeys(by_quantity(run))
    blank = MistakeRuns(sample.unit, (), tuple(numbers), seeds(sample.unit, SEEDS, stream="reference"), ())
    try:
        found = read_mistakes(mistakes_folder() / f"{sample.unit}.json")
    except DamagedReference:
        return blank
    if (found.quantities, found.seeds) != (blank.quantities, blank.seeds):
        return blank
    names = {_row(mutant): mutant.name for mutant in rows.of([sample.unit])}
    kept = (replace(each, what=names[each.row]) for each in found.mistakes if each.row in names)
    return replace(found, mistakes=tuple(kept))


def with_one(runs: MistakeRuns, mistake: Mistake, environment: Mapping[str, str]) -> MistakeRuns:
    """Return the runs with one more mistake, in the place of earlier ones of its row."""
    known = environment in runs.environments
    environments = runs.environments if known else (*runs.environments, environment)
    added = replace(mistake, environment=environments.index(environment))
    others = (each for each in runs.mistakes if each.row != mistake.row)
    return replace(runs, environments=environments, mistakes=(*others, added))


def _missing(unit: str, rows: Rows, code: str, recorded: MistakeRuns) -> list[Task]:
    """Return the tasks of a unit that is not all recorded, the first one for the unit as it is."""
    done = {(each.row, each.code) for each in recorded.mistakes}
    tasks = [Task(unit, m, f"{unit} {_row(m)}") for m in rows.of([unit]) if (_row(m), code) not in done]
    return [Task(unit, None, unit), *tasks] if tasks else []


def _row(mutant: Mutant) -> str:
    return hashlib.sha256(repr(mutant.edits).encode()).hexdigest()[:16]


def _run(task: Task, ledger: Ledger, root: Path) -> dict[str, Any]:
    """Make the runs of a mistake in this process, which is not fit for anything else afterwards.

    Of the unit as it is, only ask whether it repeats its recorded seeds.
    """
    unit = task.unit
    numbers: list[dict[str, float]] = []
    failures: list[str] = []
    seconds = 0.0
    try:
        with tempfile.TemporaryDirectory() as folder:
            if task.mutant is not None:
                put_in_front(task.mutant.texts(root), Path(folder))
            site = Site(package_book(), unit)
            if task.mutant is None:
                agrees = _agrees(site)
                return {"agrees": agrees, "crash": "" if agrees else "it is not as recorded"}
            for piece in _pieces(site.planner, unit, quantities_of(ledger, unit), SEEDS):
                made: dict[str, Made] = {}
                jobs = [job for place in piece for job in place.values()]
                site.execute(jobs, made, None)
                failures += [failure for each in made.values() if (failure := each.failure)]
                seconds += sum(each.seconds for each in made.values())
                values = [_values(place, made) for place in piece]
                numbers += map(by_quantity, numbers_of_claims(ledger, unit, values))
    except Exception as error:  # whatever a mistake does
        failures = [f"{type(error).__name__}: {error}"]
    crash = failures[0].split(" raised ")[-1][:200] if failures else ""
    return {"agrees": False, "numbers": numbers, "crash": crash, "seed_seconds": round(seconds / SEEDS, 3)}


def _mistake(
    mutant: Mutant, result: Mapping[str, Any], quantities: Sequence[str], unchanged: Numbers, code: str
) -> Mistake:
    """Return the runs of a mistake as they are recorded; `unchanged` are those without it."""
    rows = tuple(as_row(numbers, quantities) for numbers in result["numbers"])
    why = _why_left_out(mutant, np.array(rows, dtype=np.float64), unchanged, result["crash"])
    date = datetime.now(timezone.utc).date().isoformat()
    kept = () if why else rows
    return Mistake(mutant.name, _row(mutant), code, 0, date, result["seed_seconds"], why, kept)


def _alike(runs: Numbers, others: Numbers) -> bool:
    """Whether runs of the same seeds (runs, quantities) have the same numbers, but for rounding."""
    both = min(len(runs), len(others))
    close = np.isclose(runs[:both], others[:both], rtol=_ALIKE, equal_nan=True)
    return bool(close.mean(axis=0).min() >= _NEARLY_ALL)


def _why_left_out(mutant: Mutant, runs: Numbers, unchanged: Numbers, crash: str) -> str:
    """Return why the runs of a mistake say nothing of a reader's numbers; "" if they do."""
    if not np.isfinite(runs).any():
        return f"it crashes: {crash}"
    if _alike(runs, unchanged):
        return "it changes none of the numbers"
    return "one seed for all runs changes no single run" if mutant.kind == "seed reused" else ""


def _values(place: Mapping[Measure, Job], made: Mapping[str, Made]) -> dict[str, Any]:
    """Return a run's quantities, less those that the mistake has removed."""
    found = {}
    for measure, job in place.items():
        with contextlib.suppress(LookupError, ValueError):
            outcome = getattr(made[job.key].outcome, measure.field, None)
            found[quantity(measure)] = plain(follow(outcome, measure.steps))
    return found
