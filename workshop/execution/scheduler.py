"""Running jobs here, in other processes or on a cluster: what is needed first, else the longest first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from workshop.datasets.model import DataSet
from workshop.execution import noise
from workshop.execution.caching import run_calls
from workshop.execution.calling import Made
from workshop.execution.catalogue import Catalogue
from workshop.execution.dispatch import Dispatcher, Usage, calls_of, show
from workshop.execution.environment import Environment, this_environment
from workshop.execution.executor import Cluster, Executor, Place
from workshop.execution.interpreter import other_python
from workshop.execution.planner import Job, Planner, installed
from workshop.execution.process_pool import Workers
from workshop.execution.run_state import Listener, RunState
from workshop.execution.store import Store, usual_seconds
from workshop.execution.surroundings import neutralise


@dataclass(kw_only=True)
class Runner:
    """Where functions run: in this interpreter, in the one at `python`, or on a `cluster`.

    The environment is that of the interpreter or cluster. `processes` run in parallel, and `timeout` is the
    number of seconds after which a part with all its seeds is stopped; a cluster has its own, and its own
    `python`. `listener` takes the progress, and `usage` adds up how workers were used.

    A process computes with one thread, so that outcomes depend neither on how many run in parallel nor on the
    machine's cores, and every run shares one store.

    Making one neutralises the surroundings of this process and of those that it starts: see `surroundings`.
    """

    python: Path | None = None
    cluster: Cluster | None = None
    processes: int = 1
    threads: int = 1
    timeout: float | None = None
    listener: Listener | None = None
    usage: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        neutralise()
        os.environ["WORKSHOP_THREADS"] = str(self.threads)

    @cached_property
    def environment(self) -> Environment:
        """The environment in which functions run."""
        place = self._place
        return this_environment(self.threads) if place is None else place.environment(self.threads)

    @property
    def _place(self) -> Place | None:
        """Where functions run if not in this interpreter."""
        if self.cluster is not None or self.python is None:
            return self.cluster
        there = other_python(self.python)
        there.limit = min(there.limit, self.timeout or there.limit)
        return there

    def planner_of(self, units: Catalogue, data_sets: Mapping[str, DataSet], **options: Any) -> Planner:
        """Return what plans jobs of some units; `options` are a Planner's."""
        there = installed if self._place is None else self._place.installed
        return Planner(units, data_sets, self.environment.digest_text(), installed=there, **options)

    def workers(self) -> Executor:
        """Return what runs tasks; a cluster outlasts a run."""
        return self.cluster or Workers(self.processes, self.timeout)

    def execute(
        self,
        jobs: Iterable[Job],
        made: dict[str, Made],
        store: Path | None,
        workers: Executor | None = None,
        *,
        keeps: bool = True,
    ) -> None:
        """Run the jobs that are not in `made` yet, and all that they need; add their outcomes to it by key.

        What is in the store is taken from it first; only work left over is worth starting processes for. It
        `keeps` what is made.
        Blocked jobs are left out. A group whose process is killed is tried once more in a new one; a second
        time, or at the time limit of `workers`, by default of its own, its jobs fail and the others go on. On
        a cluster, seeds of a group run on several nodes, this process alone writes the store, and a seed is
        tried on three nodes. An interrupt ends the run; what was finished is in the store.
        """
        jobs = list(jobs)
        if store is not None:
            _take_stored(jobs, made, store)
        store = store if keeps else None
        workers = workers or self.workers()
        timings = usual_seconds() if store is None else Store(store).read_timings()
        transport = workers.transport(store, self.python)
        groups = transport.pieces(_grouped(jobs, made), timings)
        run = RunState(groups, timings, self.listener)
        processes = transport.processes(run)
        run.processes = max(1, processes)
        run.report()

        def finish(name: str, outcomes: Sequence[Made], written: str = "") -> None:
            made.update(zip((job.key for job in run.groups[name]), outcomes, strict=True))
            if any(each.failure is not None for each in outcomes):
                show(name, written)
            run.finish(name)

        if groups and processes:
            dispatcher = Dispatcher(workers, run, made, transport, finish)
            try:
                dispatcher.execute()
            finally:
                dispatcher.report(self.usage)
                if store is not None:
                    Store(store).write_peaks(dispatcher.peaks)
            return
        for name in run.serial_order():
            run.start(name)
            size = noise.mark()
            calls = calls_of(groups[name], made)
            finish(name, run_calls(calls, store, self.python), noise.since(size))


def _take_stored(jobs: Iterable[Job], made: dict[str, Made], store: Path) -> None:
    """Add to `made` what is in the store of the jobs, and of all that they need."""
    for job in (job for group in _grouped(jobs, made).values() for job in group):
        stored = Store(store).get(job.fingerprint, (job.part.module,))
        if stored is not None:
            made[job.key] = Made(stored.outcome, stored.seconds, stored=True)


def _grouped(jobs: Iterable[Job], made: Mapping[str, Made]) -> dict[str, list[Job]]:
    groups: dict[str, list[Job]] = {}
    seen: set[str] = set()

    def add(job: Job) -> None:
        if job.key in seen or job.key in made or job.blocked:
            return
        seen.add(job.key)
        for upstream in job.upstream.values():
            for other in upstream:
                add(other)
        groups.setdefault(job.group, []).append(job)

    for job in jobs:
        add(job)
    return groups
