"""Running jobs here, in other processes or on a cluster: what is needed first, else the longest first."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from workshop.datasets.model import DataSet
from workshop.execution.calling import Call, Made
from workshop.execution.catalogue import Catalogue
from workshop.execution.environment import Environment, this_environment
from workshop.execution.interpreter import OtherPython, other_python
from workshop.execution.planner import Job, Planner, installed
from workshop.execution.pool import Answer, Cluster, Failed, Here, Pool, Task, Workers, show
from workshop.execution.store import Store, usual_numbers
from workshop.execution.surroundings import neutralise

# a process more imports TensorFlow once more, which costs 5 to 10 seconds of a core
_SECONDS_WORTH_A_PROCESS = 10.0
# what computes for longer keeps much memory, and only another process can be replaced
_SECONDS_IN_THIS_PROCESS = 60.0
# a task on a cluster takes this long, if one seed does not: one import serves it
_SECONDS_OF_A_TASK = 20.0


@dataclass
class Usage:
    """How a pool was used: cores, and seconds.

    `wall` is from the first start to the last end, `busy` the time of all tasks on their workers, `computing`
    what of it the units' functions took, and `longest` that of the longest chain of units that need each
    other, which ends with `last`.
    """

    cores: int = 0
    wall: float = 0.0
    busy: float = 0.0
    computing: float = 0.0
    longest: float = 0.0
    last: str = ""

    @property
    def busy_share(self) -> float:
        """The share of the cores' time in which they had a task."""
        return self.busy / (self.wall * self.cores) if self.wall and self.cores else 0.0

    @property
    def lost(self) -> float:
        """The seconds that tasks took for other things: starting workers, imports, data."""
        return max(0.0, self.busy - self.computing)


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


class RunState:
    """The state of one run over groups of jobs."""

    def __init__(
        self,
        groups: Mapping[str, list[Job]],
        timings: Mapping[str, float],
        listener: Listener | None,
    ) -> None:
        self.groups = dict(groups)
        self.seconds: dict[str, float] = {}  # that finished ones took, with what their workers did for them
        self.waiting = dict.fromkeys(groups)
        self.running: dict[str, float] = {}  # when each began
        self.finished = 0.0
        self.processes = 1
        self.timings = timings
        known = [timings[self.group(name)] for name in groups if self.group(name) in timings]
        self.usual = statistics.median(known or timings.values() or [1.0])
        self.listener = listener
        owners = {job.key: name for name, jobs in groups.items() for job in jobs}
        self.needs = {
            name: {owners[up.key] for job in jobs for up in job.with_upstream[1:] if up.key in owners}
            for name, jobs in groups.items()
        }

    def group(self, name: str) -> str:
        """Return the group whose jobs run under a name: all of them, or some."""
        return self.groups[name][0].group

    def longest_chain(self) -> tuple[str, float]:
        """Return the last name of the longest chain of what needs each other, and its seconds."""
        ends: dict[str, float] = {}
        for name in self.seconds:  # in the order in which they finished
            before = max((ends.get(each, 0.0) for each in self.needs[name]), default=0.0)
            ends[name] = before + self.seconds[name]
        return max(ends.items(), key=lambda item: item[1], default=("", 0.0))

    def estimate(self, name: str) -> float:
        """Return the seconds that a group took last time; an unknown one counts as the median per seed."""
        return self.timings.get(self.group(name), self.usual) * len(self.groups[name])

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
        return "clock" in self.groups[name][0].part.needs


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
    timeout: float | None = None
    listener: Listener | None = None
    usage: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        neutralise()
        os.environ["WORKSHOP_THREADS"] = "1"

    @cached_property
    def environment(self) -> Environment:
        """The environment in which functions run."""
        place = self._place
        return this_environment() if place is None else place.environment()

    @property
    def installed(self) -> Callable[[str], bool]:
        """Whether functions can import a library of a name where they run."""
        place = self._place
        return installed if place is None else place.installed

    @property
    def _place(self) -> Cluster | OtherPython | None:
        """Where functions run if not in this interpreter."""
        if self.cluster is not None or self.python is None:
            return self.cluster
        there = other_python(self.python)
        there.limit = min(there.limit, self.timeout or there.limit)
        return there

    def planner_of(self, units: Catalogue, data_sets: Mapping[str, DataSet], **options: Any) -> Planner:
        """Return what plans jobs of some units; `options` are a Planner's."""
        environment = self.environment.digest_text()
        return Planner(units, data_sets, environment, installed=self.installed, **options)

    def workers(self) -> Pool:
        """Return what runs tasks in other processes; a cluster outlasts a run."""
        return self.cluster or Workers(self.processes, self.timeout)

    def execute(
        self,
        jobs: Iterable[Job],
        made: dict[str, Made],
        store: Path | None,
        workers: Pool | None = None,
        *,
        keeps: bool = True,
    ) -> None:
        """Run the jobs that are not in `made` yet, and all that they need; add their outcomes to it by key.

        What is in the store is taken from it first; only work left over is worth starting processes for.
        `keeps` : whether new outcomes are stored.
        Blocked jobs are left out. A group whose process is killed is tried once more in a new one; a second
        time, or at the time limit of `workers`, by default of its own, its jobs fail and the others go on.
        On a cluster, seeds of a group run on several nodes, each is tried three times, and this process alone
        writes the store. An interrupt ends the run; what was finished is in the store.
        """
        jobs = list(jobs)
        if store is not None:
            for group in _grouped(jobs, made).values():
                for job in group:
                    stored = Store(store).get(job.fingerprint, (job.part.module,))
                    if stored is not None:
                        made[job.key] = stored
        store = store if keeps else None
        pool = workers or self.workers()
        timings = usual_numbers("seconds") if store is None else Store(store).read_timings()
        groups = _grouped(jobs, made)
        run = RunState(groups if self.cluster is None else _pieces(groups, timings), timings, self.listener)
        processes = pool.cores if self.cluster is not None else _processes(run, pool)
        run.processes = max(1, processes)
        run.report()
        if run.groups:
            self._run_in(pool if processes else Here(1), run, made, store)

    def _run_in(self, pool: Pool, run: RunState, made: dict[str, Made], store: Path | None) -> None:
        """Run all groups in a pool, the longest first, as soon as what they need is there."""
        before = usual_numbers("peaks") | ({} if store is None else Store(store).read_peaks())
        peaks: dict[str, int] = {}
        running: dict[Future[Answer], str] = {}
        begun = time.monotonic()
        try:
            while run.waiting or running:
                for name in run.startable(len(running), run.processes):
                    run.start(name)
                    part, calls = run.groups[name][0].part, calls_of(run.groups[name], made)
                    peak = before.get(run.group(name), 0)
                    task = Task(name, calls, store, self.python, peak, "tensorflow" in part.uses)
                    running[pool.submit(task)] = name
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name = running.pop(future)
                    try:
                        answer = future.result()
                    except Failed as failed:
                        failures = [
                            Made(None, 0.0, failure=f"{job.key}: {failed.why}") for job in run.groups[name]
                        ]
                        _finish(run, name, made, failures, failed.written)
                        continue
                    pool.peak = max(pool.peak, answer.peak)
                    peaks[run.group(name)] = max(peaks.get(run.group(name), 0), answer.peak)
                    run.seconds[name] = answer.seconds
                    self.usage.busy += answer.seconds
                    self.usage.computing += sum(each.seconds for each in answer.value if not each.stored)
                    _finish(run, name, made, answer.value, answer.written)
        finally:
            self.usage.cores = max(self.usage.cores, run.processes)
            self.usage.wall += time.monotonic() - begun
            name, seconds = run.longest_chain()
            self.usage.longest, self.usage.last = max((self.usage.longest, self.usage.last), (seconds, name))
            if store is not None:
                Store(store).write_peaks(peaks)


def _processes(run: RunState, pool: Pool) -> int:
    """Return how many processes of this machine a run gets; 0 if this process computes it."""
    processes = min(pool.cores, len(run.groups))
    if all(run.group(name) in run.timings for name in run.groups):  # what was never timed may be long
        processes = min(processes, 1 + int(sum(map(run.estimate, run.groups)) / _SECONDS_WORTH_A_PROCESS))
    known = sum(run.estimate(name) for name in run.groups if run.group(name) in run.timings)
    short = processes == 1 and known <= _SECONDS_IN_THIS_PROCESS
    return 0 if short and pool.limit is None else processes


def _finish(run: RunState, name: str, made: dict[str, Made], outcomes: Sequence[Made], written: str) -> None:
    """Add the outcomes of a group; show what was written to standard error before one failed."""
    made.update(zip((job.key for job in run.groups[name]), outcomes, strict=True))
    if any(each.failure is not None for each in outcomes):
        show(name, written)
    run.finish(name)


def _pieces(groups: Mapping[str, list[Job]], timings: Mapping[str, float]) -> dict[str, list[Job]]:
    """Split groups into pieces for several nodes, by the seconds of a seed; if unknown, a seed each."""
    pieces: dict[str, list[Job]] = {}
    for group, jobs in groups.items():
        size = max(1, int(_SECONDS_OF_A_TASK / max(timings.get(group, _SECONDS_OF_A_TASK), 1e-3)))
        for start in range(0, len(jobs), size):
            piece = jobs[start : start + size]
            pieces[piece[0].key + (f" +{len(piece) - 1}" if len(piece) > 1 else "")] = piece
    return pieces


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


def calls_of(jobs: Sequence[Job], made: Mapping[str, Made]) -> list[Call]:
    """Return the calls that run a group of jobs: one for all if the function takes `seeds`, else one each."""
    calls = []
    for together in [jobs] if jobs[0].part.batched else [[job] for job in jobs]:
        first = together[0]
        taken = {
            unit: tuple(made[job.key].outcome for job in needed) for unit, needed in first.upstream.items()
        }
        call = Call(
            module=first.part.module,
            function=first.part.name,
            keys=tuple(job.key for job in together),
            seeds=tuple(job.seed for job in together),
            fingerprints=tuple(job.fingerprint for job in together),
            settings=dict(first.settings),
            data=dict(first.data),
            outcomes={u: several for u, several in taken.items() if all(o is not None for o in several)},
            first_steps=first.first_steps,
        )
        calls.append(call)
    return calls
