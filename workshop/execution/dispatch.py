"""Sending groups of jobs to an executor, again where a process was lost, and taking their outcomes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from workshop.execution.calling import Call, Made
from workshop.execution.executor import Executor, Impossible, Killed, OverMemory, OverTime, Task, Transport
from workshop.execution.planner import Job
from workshop.execution.processes import killed_each_time
from workshop.execution.run_state import RunState

log = logging.getLogger("workshop.execution")


@dataclass
class Usage:
    """How an executor was used: cores, and seconds.

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


@dataclass
class Dispatcher:
    """Runs all groups in an executor."""

    workers: Executor
    run: RunState
    made: Mapping[str, Made]
    transport: Transport
    finish: Callable[..., None]
    peaks: dict[str, int] = field(default_factory=dict)
    _running: dict[Task, str] = field(default_factory=dict)
    _losses: dict[str, list[Killed]] = field(default_factory=dict)  # by fingerprint
    _busy: float = 0.0
    _computing: float = 0.0
    _begun: float = field(default_factory=time.monotonic)

    def execute(self) -> None:
        """Run them, the longest first, as soon as what they need is there."""
        while self.run.waiting or self._running:
            for name in self.run.startable(len(self._running), self.transport.room(self.run)):
                self.run.start(name)
                self._send(name)
            for task in self.workers.wait(self._running):
                self._receive(task, self._running.pop(task))

    def report(self, usage: Usage) -> None:
        """Add up how the executor was used."""
        usage.cores = max(usage.cores, self.run.processes)
        usage.wall += time.monotonic() - self._begun
        usage.busy += self._busy
        usage.computing += self._computing
        name, seconds = self.run.longest_chain()
        usage.longest, usage.last = max((usage.longest, usage.last), (seconds, name))

    def _send(self, name: str) -> None:
        jobs = self.run.groups[name]
        avoid = frozenset(each.node for job in jobs for each in self._losses.get(job.fingerprint, ()))
        self._running[self.transport.send(jobs, calls_of(jobs, self.made), avoid - {""})] = name

    def _receive(self, task: Task, name: str) -> None:
        jobs = self.run.groups[name]
        group = jobs[0].group
        self.peaks[group] = max(self.peaks.get(group, 0), task.peak)
        self._busy += task.seconds
        try:
            outcomes = self.transport.receive(task, jobs)
        except OverTime:
            why = f"was stopped at its time limit of {self.workers.limit:g} s (--timeout)"
            self.finish(name, _failed(jobs, why), task.written)
        except OverMemory as over:
            used, reserved = over.args
            most = f"{used / 1e9:.1f} GB of memory, and {reserved / 1e9:.1f} GB were reserved for it"
            why = f"was stopped: it used {most}"
            self.peaks[group] = max(self.peaks[group], used) * 2  # the next run reserves more
            self.finish(name, _failed(jobs, why), task.written)
        except Impossible as error:
            self.finish(name, _failed(jobs, str(error)))
        except Killed as lost:
            self._lose(name, lost, task.written)
        except Exception:
            show(name, task.written)
            raise
        else:
            if outcomes is None:
                self._send(name)
                return
            self._computing += sum(each.seconds for each in outcomes if not each.stored)
            self.run.seconds[name] = task.seconds
            self.finish(name, outcomes, task.written)

    def _lose(self, name: str, lost: Killed, written: str) -> None:
        """Send a group again whose process was killed, its seeds one by one, or let it fail."""
        jobs = self.run.groups[name]
        for job in jobs:
            self._losses.setdefault(job.fingerprint, []).append(lost)
        losses = self._losses[jobs[0].fingerprint]
        if len(losses) == self.workers.tries:
            why = killed_each_time([each.code for each in losses])
            nodes = list(dict.fromkeys(each.node for each in losses if each.node))
            where = f" on {' and '.join(map(self.workers.name_of, nodes))}" if nodes else ""
            self.finish(name, _failed(jobs, f"{why}{where}"), written)
            return
        show(name, written, "was killed, and is tried again")
        for each in self.transport.again(self.run, name, lost):
            self._send(each)


def show(name: str, written: str, what: str = "failed") -> None:
    """Show what a group wrote to standard error before it failed, or something else became of it."""
    if written.strip():
        log.warning("%s %s; the last lines that it wrote:", name, what)
        for line in written.splitlines():
            log.warning("  %s", line)


def _failed(jobs: Sequence[Job], why: str) -> list[Made]:
    return [Made(None, 0.0, failure=f"{job.key}: {why}") for job in jobs]


def calls_of(jobs: Sequence[Job], made: Mapping[str, Made]) -> list[Call]:
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
