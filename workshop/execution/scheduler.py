"""Running jobs in this process or in spawned ones: what is needed first, else the longest first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from workshop.execution.caching import run_calls
from workshop.execution.calling import Call, Made
from workshop.execution.planner import Job
from workshop.execution.process_pool import Killed, OverTime, Workers
from workshop.execution.processes import killed_twice
from workshop.execution.store import Store


@dataclass(frozen=True)
class Progress:
    """How far a run is: groups (a part with all its seeds) done and running, estimated seconds left."""

    done: int
    total: int
    running: tuple[str, ...]
    seconds_left: float | None


Listener = Callable[[Progress], None]

# a process more imports TensorFlow once more, which costs 5 to 10 seconds of a core
_SECONDS_WORTH_A_PROCESS = 10.0


def execute(
    jobs: Iterable[Job],
    *,
    made: dict[str, Made],
    store: Path | None,
    workers: Workers,
    timings: Mapping[str, float],
    python: Path | None = None,
    listener: Listener | None = None,
) -> None:
    """Run the jobs that are not in `made` yet, and all that they need; add their outcomes to it by key.

    Functions are called in this interpreter, or in the one at `python`.

    What is in the store is taken from it first; only work left over is worth starting processes for. Blocked
    jobs are left out. A group whose process is killed is tried once more in a new one; a second time, or at
    the time limit of `workers`, its jobs fail and the others go on. An interrupt ends the run; what was
    finished is in the store.
    """
    jobs = list(jobs)
    if store is not None:
        take_stored(jobs, made, store)
    groups = _grouped(jobs, made)
    if not groups:
        return
    run = _Run(groups, timings, listener)

    def task(name: str) -> tuple[Sequence[Call], Path | None, Path | None]:
        jobs = groups[name]
        return _calls(jobs, made), None if jobs[0].timed else store, python

    def finish(name: str, outcomes: list[Made]) -> None:
        made.update(zip((job.key for job in groups[name]), outcomes, strict=True))
        run.finish(name)

    processes = min(workers.count, len(groups))
    if all(name in timings for name in groups):  # what was never timed may be long
        processes = min(processes, 1 + int(sum(map(run.estimate, groups)) / _SECONDS_WORTH_A_PROCESS))
    if processes > 1 or workers.limit is not None:
        _execute_in(workers, processes, run, task, finish)
        return
    for name in run.serial_order():
        run.start(name)
        finish(name, run_calls(*task(name)))


def take_stored(jobs: Iterable[Job], made: dict[str, Made], store: Path) -> None:
    """Add to `made` what is in the store of the jobs, and of all that they need."""
    for job in (job for group in _grouped(jobs, made).values() for job in group):
        stored = None if job.timed else Store(store).get(job.fingerprint)
        if stored is not None:
            made[job.key] = Made(stored.outcome, stored.seconds, stored=True)


def _execute_in(
    workers: Workers,
    processes: int,
    run: _Run,
    task: Callable[[str], tuple[Sequence[Call], Path | None, Path | None]],
    finish: Callable[[str, list[Made]], None],
) -> None:
    """Run all groups in so many workers."""
    running: dict[Future[list[Made]], str] = {}
    killed: dict[str, Killed] = {}
    while run.waiting or running:
        for name in run.startable(len(running), processes):
            run.start(name)
            running[workers.submit(run_calls, *task(name))] = name
        for future in workers.wait(running):
            name = running.pop(future)
            try:
                finish(name, future.result())
            except OverTime:
                why = f"was stopped at its time limit of {workers.limit:g} s (--timeout)"
                finish(name, _failed(run.groups[name], why))
            except Killed as again:
                if name in killed:
                    why = killed_twice(killed[name].code, again.code)
                    finish(name, _failed(run.groups[name], why))
                else:
                    killed[name] = again
                    running[workers.submit(run_calls, *task(name))] = name


def _failed(jobs: Sequence[Job], why: str) -> list[Made]:
    return [Made(None, 0.0, failure=f"{job.key}: {why}") for job in jobs]


class _Run:
    """The state of one run over groups of jobs."""

    def __init__(
        self,
        groups: Mapping[str, list[Job]],
        timings: Mapping[str, float],
        listener: Listener | None,
    ) -> None:
        self.groups = groups
        self.waiting = dict.fromkeys(groups)
        self.running: dict[str, None] = {}
        self.done = 0
        self.timings = timings
        self.listener = listener
        self.needs = {
            name: {up.group for job in jobs for ups in job.upstream.values() for up in ups} & set(groups)
            for name, jobs in groups.items()
        }
        self.begun: dict[str, float] = {}

    def estimate(self, name: str) -> float:
        """Return the seconds that a group took last time, per seed; unknown groups count as a second."""
        return self.timings.get(name, 1.0) * len(self.groups[name])

    def startable(self, running: int, processes: int) -> list[str]:
        """Return the groups that can start now, longest first; one with the clock runs alone."""
        free = processes - running
        if any(self._alone(name) for name in self.running):
            return []
        ready = [n for n in self.waiting if not self.needs[n] & (set(self.waiting) | set(self.running))]
        ready.sort(key=self.estimate, reverse=True)
        together = [n for n in ready if not self._alone(n)][:free]
        if together or running:
            return together
        return ready[:1]

    def serial_order(self) -> list[str]:
        """Return all groups in an order in which what is needed comes first, else longest first."""
        order: list[str] = []
        left = dict.fromkeys(self.groups)
        while left:
            ready = [n for n in left if not self.needs[n] & set(left)]
            best = max(ready, key=self.estimate)
            order.append(best)
            del left[best]
        return order

    def start(self, name: str) -> None:
        del self.waiting[name]
        self.running[name] = None
        self.begun[name] = time.perf_counter()
        self._tell()

    def finish(self, name: str) -> None:
        del self.running[name]
        self.done += 1
        self._tell()

    def _alone(self, name: str) -> bool:
        return any("clock" in job.part.needs for job in self.groups[name])

    def _tell(self) -> None:
        if self.listener is None:
            return
        known = all(name in self.timings for name in self.waiting)
        left = sum(self.estimate(name) for name in self.waiting)
        for name in self.running:
            left += max(0.0, self.estimate(name) - (time.perf_counter() - self.begun[name]))
        self.listener(Progress(self.done, len(self.groups), tuple(self.running), left if known else None))


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


def _calls(jobs: Sequence[Job], made: Mapping[str, Made]) -> list[Call]:
    """Return the calls that run a group of jobs: one for all if the function takes `seeds`, else one each."""
    together = [jobs] if jobs[0].part.batched else [[job] for job in jobs]
    return [_call(several, made) for several in together]


def _call(jobs: Sequence[Job], made: Mapping[str, Made]) -> Call:
    first = jobs[0]
    upstream = {
        unit: tuple(made[job.key].outcome for job in needed) for unit, needed in first.upstream.items()
    }
    return Call(
        module=first.part.module,
        function=first.part.name,
        keys=tuple(job.key for job in jobs),
        seeds=tuple(job.seed for job in jobs),
        fingerprints=tuple(job.fingerprint for job in jobs),
        settings=dict(first.settings),
        data=dict(first.data),
        outcomes={u: several for u, several in upstream.items() if all(o is not None for o in several)},
        first_steps=first.first_steps,
    )
