"""Running jobs in this process or in spawned ones: what is needed first, else the longest first."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workshop.execution import noise
from workshop.execution.caching import run_calls
from workshop.execution.calling import Call, Made
from workshop.execution.planner import Job
from workshop.execution.process_pool import Killed, OverTime, Task, Workers
from workshop.execution.processes import killed_twice
from workshop.execution.store import Store


@dataclass(frozen=True)
class Progress:
    """How far one call of `execute` is, in estimated seconds of computing.

    `finished` and `waiting` are of the groups (a part with all its seeds) that are done and not yet begun;
    `running` has the name, the estimate and the time (of `time.monotonic`) at which it began of the others.
    """

    finished: float
    waiting: float
    running: tuple[tuple[str, float, float], ...]
    processes: int

    def share(self, now: float) -> float:
        """Return the share of the work that is done; a group that is over its estimate is never quite."""
        total = self.finished + self.waiting + sum(estimate for _, estimate, _ in self.running)
        done = self.finished + sum(min(now - begun, 0.98 * estimate) for _, estimate, begun in self.running)
        return done / total if total else 1.0

    def seconds_left(self, now: float) -> float:
        """Return the time left: all processes share the work, but none can share one group."""
        left = [max(0.0, estimate - (now - begun)) for _, estimate, begun in self.running]
        return max((self.waiting + sum(left)) / self.processes, *left, 0.0)


Listener = Callable[[Progress], None]

log = logging.getLogger("workshop.execution")

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
    run = _Run(groups, timings, listener)
    processes = max(1, min(workers.count, len(groups)))
    if all(name in timings for name in groups):  # what was never timed may be long
        processes = min(processes, 1 + int(sum(map(run.estimate, groups)) / _SECONDS_WORTH_A_PROCESS))
    run.processes = processes
    run.report()
    if not groups:
        return

    def task(name: str) -> tuple[Sequence[Call], Path | None, Path | None]:
        jobs = groups[name]
        return _calls(jobs, made), None if jobs[0].timed else store, python

    def finish(name: str, outcomes: list[Made], written: str = "") -> None:
        made.update(zip((job.key for job in groups[name]), outcomes, strict=True))
        if any(each.failure is not None for each in outcomes):
            _show(name, written)
        run.finish(name)

    if processes > 1 or workers.limit is not None:
        _execute_in(workers, processes, run, task, finish)
        return
    for name in run.serial_order():
        run.start(name)
        size = noise.mark()
        finish(name, run_calls(*task(name)), noise.since(size))


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
    finish: Callable[[str, list[Made], str], None],
) -> None:
    """Run all groups in so many workers."""
    running: dict[Task, str] = {}
    killed: dict[str, Killed] = {}
    while run.waiting or running:
        for name in run.startable(len(running), processes):
            run.start(name)
            running[workers.submit(run_calls, *task(name))] = name
        for future in workers.wait(running):
            name = running.pop(future)
            try:
                finish(name, future.result(), future.written)
            except OverTime:
                why = f"was stopped at its time limit of {workers.limit:g} s (--timeout)"
                finish(name, _failed(run.groups[name], why), future.written)
            except Killed as again:
                if name in killed:
                    why = killed_twice(killed[name].code, again.code)
                    finish(name, _failed(run.groups[name], why), future.written)
                else:
                    killed[name] = again
                    _show(name, future.written)
                    running[workers.submit(run_calls, *task(name))] = name
            except Exception:
                _show(name, future.written)
                raise


def _show(name: str, written: str) -> None:
    """Show what a group wrote to standard error before it failed."""
    if written.strip():
        log.warning("%s failed; the last lines that it wrote:", name)
        for line in written.splitlines():
            log.warning("  %s", line)


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
        self.running: dict[str, float] = {}  # when each began
        self.finished = 0.0
        self.processes = 1
        self.timings = timings
        known = [timings[name] for name in groups if name in timings]
        self.usual = statistics.median(known or timings.values() or [1.0])
        self.listener = listener
        self.needs = {
            name: {up.group for job in jobs for ups in job.upstream.values() for up in ups} & set(groups)
            for name, jobs in groups.items()
        }

    def estimate(self, name: str) -> float:
        """Return the seconds that a group took last time; an unknown one counts as the median per seed."""
        return self.timings.get(name, self.usual) * len(self.groups[name])

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
        self.running[name] = time.monotonic()
        self.report()

    def finish(self, name: str) -> None:
        del self.running[name]
        self.finished += self.estimate(name)
        self.report()

    def report(self) -> None:
        """Give the listener the present state."""
        if self.listener is None:
            return
        waiting = sum(map(self.estimate, self.waiting))
        running = tuple((name, self.estimate(name), begun) for name, begun in self.running.items())
        self.listener(Progress(self.finished, waiting, running, self.processes))

    def _alone(self, name: str) -> bool:
        return any("clock" in job.part.needs for job in self.groups[name])


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
