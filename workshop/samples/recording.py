"""Recording a reference sample: a unit's outcomes for the seeds of its reference stream, piece by piece."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

from workshop.book import Book
from workshop.errors import WorkshopError
from workshop.execution.calling import Made
from workshop.execution.planner import Job, Planner, blocked_by
from workshop.execution.run import Listener, Runner
from workshop.execution.store import Store
from workshop.files import check_writable
from workshop.ledger import Ledger
from workshop.paths import Measure, follow, parse_measure
from workshop.samples.model import (
    OUTCOME_LIBRARIES,
    DamagedReference,
    ReferenceSample,
    Run,
    own_folder,
    quantities_of,
    read_reference,
    recorded_values,
    reference_path,
    write_reference,
)
from workshop.samples.repeats import SEEDS, compare, entries, unit_repeats
from workshop.statistics.sizes import SIZES, planned_size
from workshop.units import Part
from workshop.values import is_number, named_leaves, plain

# a killed run loses at most these seeds of a quick unit, which one call computes; the store keeps the others
_PIECE = 32


class NotRecorded(WorkshopError):
    """A unit can't be recorded; the message says why, and the remedy."""


@dataclass
class Site(Runner):
    """Where the runs of one unit of a book are made, and what is recorded of them depends on."""

    book: Book
    unit: str

    @cached_property
    def planner(self) -> Planner:
        """The planner of the unit's jobs."""
        return self.planner_of(self.book.catalogue([self.unit[:4]]), self.book.data_sets())

    @property
    def libraries(self) -> set[str]:
        """The libraries that the unit uses."""
        return self.planner.catalogue.libraries(self.unit)

    @property
    def arithmetic(self) -> dict[str, str]:
        """What of the environment the unit's numbers may depend on."""
        return self.environment.arithmetic(self.libraries)

    @property
    def folder(self) -> str:
        """The folder of the device or era, "" for the package's own."""
        return own_folder(self.environment.facts(), self.libraries)

    def repeated_job(self, part: Part, index: int) -> Job:
        """Return the job of a part with one of its recorded seeds, as a default run computes it."""
        return self.planner.job(part, index, "default", "reference")

    def refuse_blocked(self, jobs: Iterable[Job]) -> None:
        """Raise NotRecorded if one of the jobs can't run here."""
        if blocked := blocked_by(jobs):
            raise NotRecorded(f"{self.unit}: {blocked}")

    def repeat(self, parts: Iterable[Part], *, count: int = SEEDS) -> dict[str, list[Made]]:
        """Return the outcomes of the first recorded seeds of parts by name. Raises NotRecorded."""
        jobs = {part.name: [self.repeated_job(part, index) for index in range(count)] for part in parts}
        every = [job for own in jobs.values() for job in own]
        self.refuse_blocked(every)
        made: dict[str, Made] = {}
        self.execute(every, made, None)
        failure = next((made[job.key].failure for job in every if made[job.key].failure), None)
        if failure:
            raise NotRecorded(failure)
        return {name: [made[job.key] for job in own] for name, own in jobs.items()}


def refuse_ci(what: str) -> None:
    """Raise NotRecorded in CI: people record and review."""
    if os.environ.get("CI"):
        raise NotRecorded(f"{what} are recorded and reviewed by hand, never in CI: unset CI to record")


def record_sample(
    site: Site,
    count: int | None,
    *,
    store: Path,
    on_progress: Callable[[int, int], None] | None = None,
    listener: Listener | None = None,
) -> ReferenceSample:
    """Record the outcomes of a unit's first `count` reference seeds, and return the sample.

    None stands for the planned size, by the seconds that a seed took when it was recorded, else by those of
    the first few. The file in the book's samples, in the folder of the environment's runs, is written after
    each piece; outcomes come from the result store if this code has made them before, so that a killed run
    continues. Where the unit's repeated seeds agree with the recorded ones, the procedure is the recorded
    one: earlier runs with the same libraries stay, of whichever processor, and only missing seeds are made.
    Else all are made, and a run that gave the recorded values again stays as it was recorded, so that a diff
    shows what changed. `on_progress` is called with the number of runs recorded and that of all. On a cluster
    all missing seeds run at once; `listener` takes its progress. Raises NotRecorded, OSError.
    """
    refuse_ci("references")
    book, unit, cluster = site.book, site.unit, site.cluster
    quantities = quantities_of(book.ledger, unit)
    if not quantities:
        raise NotRecorded(f"{unit}: no claim is decided on its reference sample: there is nothing to record")
    path = reference_path(unit, site.folder, book.samples)
    recorded = _read(path, site)
    if count is None:
        recorded = recorded or record_sample(site, SIZES[0], store=store)
        count = planned_size(recorded.seconds)
    measures = [parse_measure(quantity, home=unit) for quantity in quantities]
    seeds = site.planner.sample(measures, unit, "full", range(count), "reference")
    if not any(job.seeds for job in seeds[0].values()):
        raise NotRecorded(f"{unit} draws no random numbers: decide its claims on one outcome")
    site.refuse_blocked(job for jobs in seeds for job in jobs.values())
    substitutes = {line for jobs in seeds for job in jobs.values() for line in job.substitutes}
    blank = ReferenceSample(unit, (site.arithmetic,), tuple(sorted(substitutes)), quantities, ())
    check_writable(path)
    before: dict[str, Run] = {}  # of this environment and these quantities, by what they gave
    done: dict[int, Run] = {}
    if recorded is not None and replace(recorded, runs=()) == blank:
        before = {_content(run): run for run in recorded.runs}
    if recorded is not None and _of_same_libraries(recorded, blank) and _agrees(site):
        here = () if site.arithmetic in recorded.environments else (site.arithmetic,)
        blank = replace(blank, environments=(*recorded.environments, *here))
        done = {run.seed: run for run in recorded.runs}
    missing = [jobs for jobs in seeds if _seed(jobs) not in done]
    if recorded is not None and not missing:
        if on_progress is not None:
            on_progress(len(done), len(done))
        return recorded  # nothing is computed, so nothing changes
    number = blank.environments.index(site.arithmetic)
    runner, made = replace(site, listener=listener), dict[str, Made]()
    size = count if cluster is not None else _PIECE if any(j.part.batched for j in seeds[0].values()) else 1
    for start in range(0, len(missing), size):
        piece = missing[start : start + size]
        jobs = [job for own in piece for job in own.values()]
        runner.execute(jobs, made, store)
        Store(store).write_timings({job.group: made[job.key].seconds for job in jobs})
        for own in piece:
            run = _run(own, made)
            done[run.seed] = before.get(_content(run), replace(run, environment=number))
        sample = replace(blank, runs=tuple(done.values()))
        _check_numbers(book.ledger, sample)
        write_reference(sample, path)
        if on_progress is not None:
            on_progress(len(done), max(count, len(done)))
    return sample


def _read(path: Path, site: Site) -> ReferenceSample | None:
    """Return the recorded sample; None without one, or if it is damaged: then it is written anew."""
    try:
        return read_reference(path, site.folder)
    except DamagedReference:
        return None


def _of_same_libraries(sample: ReferenceSample, blank: ReferenceSample) -> bool:
    """Whether a recorded sample has the same libraries, device, data and quantities."""
    here = blank.environments[0]
    same = all(
        environment.get(name) == here.get(name)
        for environment in sample.environments
        for name in (*OUTCOME_LIBRARIES, "device", "threads")
    )
    return same and (sample.substitutes, sample.quantities) == (blank.substitutes, blank.quantities)


def _agrees(site: Site) -> bool:
    """Whether a repeated seed of each of a unit's parts agrees with the recorded one; False without any."""
    facts = site.environment.facts()
    repeats = unit_repeats(site.unit, facts, site.book.samples)
    if repeats is None or not repeats.alike(facts):
        return False
    parts = [part for part in site.planner.catalogue.parts[site.unit] if part.name in repeats.parts]
    try:
        made = site.repeat(parts, count=1)
    except NotRecorded:
        return False
    compared = [
        compare(
            repeats.parts[part.name],
            site.repeated_job(part, 0).seeds[0],
            entries(made[part.name][0].outcome),
            exact=repeats.exact(facts),
            other_versions=False,
        )
        for part in parts
    ]
    return bool(compared) and not any(each.differences for each in compared)


def _seed(jobs: Mapping[Measure, Job]) -> int:
    return next(seed for job in jobs.values() for seed in job.seeds)


def _check_numbers(ledger: Ledger, sample: ReferenceSample) -> None:
    """Raise NotRecorded if a claim of the unit alone measures what has no numbers to test."""
    for claim in ledger.claims.values():
        if claim.rule.needs_sample and {m.unit for m in claim.measures().values()} == {sample.unit}:
            values = recorded_values(claim, {sample.unit: sample})
            for run, value in zip(sample.runs, values, strict=True):
                try:
                    if value is not None:
                        claim.sampled_rule.numbers(value, claim.documented)
                except (ValueError, LookupError, TypeError) as error:
                    raise NotRecorded(
                        f"seed {run.seed}: {claim.id}: {error.args[0]}: mend `measure`"
                    ) from None


def _content(run: Run) -> str:
    """Write what a seed gave, bit for bit; NaN is like NaN."""
    return repr((run.seed, run.mishap, run.values))


def _run(place: Mapping[Measure, Job], made: Mapping[str, Made]) -> Run:
    jobs = {job.key: job for job in place.values()}
    seed = _seed(place)
    failure = next((made[key].failure for key in jobs if made[key].failure), None)
    values: tuple[Any, ...] = ()
    mishap = f"crashed: {failure}" if failure else ""
    if not failure:
        named = (getattr(made[key].outcome, "mishap", "") for key in jobs)
        try:
            measured = {
                measure: plain(follow(getattr(made[job.key].outcome, measure.field), measure.steps))
                for measure, job in place.items()
            }
            values = tuple(measured.values())
            mishap = next((text for text in named if text), _diverged(measured))
        except (LookupError, ValueError) as error:
            raise NotRecorded(f"seed {seed}: {error.args[0]}: mend `measure`") from None
    every = {each.key for job in place.values() for each in job.with_upstream}  # what the seed costs
    seconds = round(sum(made[key].seconds for key in every), 3)
    return Run(seed, 0, today(), seconds, mishap, values)


def today() -> str:
    """Return the date in UTC, as ISO 8601 writes it."""
    return datetime.now(timezone.utc).date().isoformat()


def _diverged(measured: Mapping[Measure, Any]) -> str:
    found = (
        f"diverged: {path} is {leaf}"
        for path, leaf in named_leaves(measured)
        if is_number(leaf) and not math.isfinite(leaf)
    )
    return next(found, "")
