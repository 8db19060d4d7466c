"""Running jobs in this process or in spawned ones: what is needed first, else the longest first."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from workshop.verification.calling import Made
from workshop.verification.jobs import Job
from workshop.verification.making import Task, make_all
from workshop.verification.store import Store


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
    processes: int,
    timings: Mapping[str, float],
    python: Path | None = None,
    listener: Listener | None = None,
) -> None:
    """Run the jobs that `made` does not hold yet, and all that they need; add their outcomes to it by key.

    Functions are called in this interpreter, or in the one at `python`.

    What the store holds is taken from it first; only work left over is worth starting processes for. Blocked
    jobs are left out. An interrupt ends the run; what was finished is in the store.
    """
    jobs = list(jobs)
    if store is not None:
        for job in (job for group in _grouped(jobs, made).values() for job in group):
            stored = None if job.timed else Store(store).get(job.fingerprint)
            if stored is not None:
                made[job.key] = Made(stored.outcome, stored.seconds, stored=True)
    groups = _grouped(jobs, made)
    if not groups:
        return
    run = _Run(groups, timings, listener)
    processes = min(processes, len(groups))
    if all(name in timings for name in groups):  # what was never timed may be long
        processes = min(processes, 1 + int(sum(map(run.estimate, groups)) / _SECONDS_WORTH_A_PROCESS))
    if processes <= 1:
        for name in run.serial_order():
            run.start(name)
            tasks = [_task(job, made, store, python) for job in groups[name]]
            made.update(zip((task.key for task in tasks), make_all(tasks), strict=True))
            run.finish(name)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_die_with, initargs=(os.getpid(),)
    ) as pool:
        running: dict[Future[list[Made]], str] = {}
        try:
            while run.waiting or running:
                for name in run.startable(len(running), processes):
                    run.start(name)
                    running[
                        pool.submit(make_all, [_task(job, made, store, python) for job in groups[name]])
                    ] = name
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    name = running.pop(future)
                    made.update(zip((job.key for job in groups[name]), future.result(), strict=True))
                    run.finish(name)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


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


def _task(job: Job, made: Mapping[str, Made], store: Path | None, python: Path | None) -> Task:
    outcomes = {
        unit: tuple(made[j.key].outcome for j in jobs)
        for unit, jobs in job.upstream.items()
        if _all_there(jobs, made)
    }
    return Task(
        key=job.key,
        module=job.part.module,
        function=job.part.name,
        seed=job.seed,
        settings=job.settings,
        data=job.data,
        outcomes=outcomes,
        fingerprint=job.fingerprint,
        store=None if job.timed else store,
        python=python,
    )


def _all_there(jobs: Sequence[Job], made: Mapping[str, Made]) -> bool:
    return all(made[j.key].outcome is not None for j in jobs)


def _die_with(parent: int) -> None:
    """End this worker when the run that started it is gone, so that a killed run leaves no process behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
