"""How far a run is, and what of it can start: what is needed first, else the longest first."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workshop.execution.planner import Job


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
            name: {
                owners[up.key]
                for job in jobs
                for ups in job.upstream.values()
                for up in ups
                if up.key in owners
            }
            for name, jobs in groups.items()
        }

    def group(self, name: str) -> str:
        """Return the group whose jobs run under a name: all of them, or some."""
        return self.groups[name][0].group

    def split(self, name: str) -> list[str]:
        """Let the jobs under a name that runs go on one by one; return their names."""
        jobs, begun = self.groups[name], self.running.pop(name)
        for job in jobs:
            self.groups[job.key] = [job]
            self.running[job.key] = begun
            self.needs[job.key] = self.needs[name]
        for needs in self.needs.values():
            if name in needs:
                needs |= {job.key for job in jobs}
        return [job.key for job in jobs]

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
        return "clock" in self.groups[name][0].part.needs
