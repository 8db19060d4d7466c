"""Running jobs in this process or in spawned ones: what is needed first, else the longest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from workshop.execution import noise
from workshop.execution.caching import run_calls
from workshop.execution.calling import Made
from workshop.execution.dispatch import Dispatcher, Usage, calls_of, show
from workshop.execution.executor import Executor
from workshop.execution.planner import Job
from workshop.execution.run_state import Listener, RunState
from workshop.execution.store import Store


def execute(
    jobs: Iterable[Job],
    *,
    made: dict[str, Made],
    store: Path | None,
    workers: Executor,
    timings: Mapping[str, float],
    python: Path | None = None,
    listener: Listener | None = None,
    usage: Usage | None = None,
) -> None:
    """Run the jobs that are not in `made` yet, and all that they need; add their outcomes to it by key.

    Functions are called in this interpreter, or in the one at `python`.

    What is in the store is taken from it first; only work left over is worth starting processes for. Blocked
    jobs are left out. A group whose process is killed is tried once more in a new one; a second time, or at
    the time limit of `workers`, its jobs fail and the others go on. On a cluster, seeds of a group run on
    several nodes, this process alone writes the store, and a seed is tried on three nodes. An interrupt ends
    the run; what was finished is in the store. `usage` adds up how the executor was used.
    """
    jobs = list(jobs)
    if store is not None:
        take_stored(jobs, made, store)
    transport = workers.transport(store, python)
    groups = transport.pieces(_grouped(jobs, made), timings)
    run = RunState(groups, timings, listener)
    processes = transport.processes(run)
    run.processes = max(1, processes)
    run.report()
    if not groups:
        return

    def finish(name: str, outcomes: Sequence[Made], written: str = "") -> None:
        made.update(zip((job.key for job in run.groups[name]), outcomes, strict=True))
        if any(each.failure is not None for each in outcomes):
            show(name, written)
        run.finish(name)

    if processes:
        dispatcher = Dispatcher(workers, run, made, transport, finish)
        try:
            dispatcher.execute()
        finally:
            dispatcher.report(usage)
            if store is not None:
                Store(store).write_peaks(dispatcher.peaks)
        return
    for name in run.serial_order():
        run.start(name)
        size = noise.mark()
        calls = calls_of(groups[name], made)
        finish(name, run_calls(calls, store, python), noise.since(size))


def take_stored(jobs: Iterable[Job], made: dict[str, Made], store: Path) -> None:
    """Add to `made` what is in the store of the jobs, and of all that they need."""
    for job in (job for group in _grouped(jobs, made).values() for job in group):
        stored = Store(store).get(job.fingerprint, (job.part.module,))
        if stored is not None:
            made[job.key] = Made(stored.outcome, stored.seconds, stored=True)


def _grouped(jobs: Iterable[Job], made: Mapping[str, Made]) -> dict[str, list[Job]]:
    groups: dict[str, list[Job]] = {}
    seen: set[str] = set()

    def add(job: Job) -> None:
        if job.key in seen or job.key in made or job.blocked is not None:
            return
        seen.add(job.key)
        for upstream in job.upstream.values():
            for other in upstream:
                add(other)
        groups.setdefault(job.group, []).append(job)

    for job in jobs:
        add(job)
    return groups
