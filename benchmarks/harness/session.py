"""One session of benchmarks: its processes, the machine's limits, and its contests."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from benchmarks.contenders import OURS, PATHS
from benchmarks.harness.cases import Case, start_of
from benchmarks.harness.contests import (
    FEWEST,
    MOST,
    Ratio,
    Times,
    median_ratio,
    relative_difference,
    take_turns,
)
from benchmarks.harness.goals import FLOOR, SECONDS, Record, goals_of
from benchmarks.harness.jobs import Copy, Product
from benchmarks.harness.work import Limits
from benchmarks.harness.workers import ContenderError, Worker, computes_on, missing
from workshop.execution.environment import Environment, this_environment

SIDE, COPIED = 2048, 256 * 2**20
MEASURES = {
    library: (f"machine.{library}_product", f"machine.{library}_copy")
    for library in ("numpy", "tensorflow", "jax")
}


@dataclass(frozen=True)
class Contest:
    """The result: the times, who did not compete and why, and the seconds of all of it."""

    case: Case
    times: Times
    left_out: Mapping[str, str]
    seconds: float


class Session:
    """Processes, limits and contests of one session, each made when first asked for.

    `record` is what earlier runs have recorded, to which this one adds what is new. A contest in which a gate
    fires is run again in fresh processes, which alone count. `whole`: no contest ends early, and contenders
    compete against which there is no goal.
    """

    def __init__(self, threads: int, record: Record | None = None, *, whole: bool = False) -> None:
        self.threads = threads
        self.record = record or Record(None)
        self.whole = whole
        self.left_out: dict[str, str] = {}
        self.new: dict[str, int] = {}  # contests that no earlier run has recorded in whole, by machine
        self._workers: dict[tuple[str, str], Worker | str] = {}
        self._limits: dict[str, Limits] = {}
        self._contests: dict[tuple[str, str, str], Contest] = {}
        self._facts: dict[str, str] = {}  # of processes that have ended

    @property
    def began(self) -> bool:
        """Whether there was a contest."""
        return bool(self._contests)

    def limits(self, device: str) -> Limits:
        """Return what the machine reaches on a device, measured when first asked for."""
        if device not in self._limits:
            self._limits[device] = self._measured(device)
        return self._limits[device]

    def contest(self, case: Case, device: str) -> Contest:
        """Run a contest once: compare results, then let the contenders take turns.

        Raises
        ------
        AssertionError
            If a contender's results differ from those of the reference.
        """
        key = case.path, case.id, device
        if key not in self._contests:
            self.limits(device)  # before anything else runs
            contest = self._run(case, device)
            if any(goal["fired"] for goal in self.goals(contest, device)):
                self.close()
                contest = self._run(case, device)
            self._contests[key] = contest
        return self._contests[key]

    def contenders(self, case: Case, device: str) -> list[str]:
        """Return who competes: ours and those with a goal, all where there is no goal."""
        names, goals = case.contenders(device), {goal.against for goal in goals_of(case.path, case.id, {})}
        chosen = [name for name in names if name == OURS or name in goals]
        return names if self.whole or len(chosen) < 2 else chosen

    def goals(self, contest: Contest, device: str) -> list[dict[str, Any]]:
        """Return the goals of our code with what was measured; none without ours."""
        case, times = contest.case, contest.times
        if OURS not in times.seconds:
            return []
        ratios = {name: times.ratio(name) for name in times.seconds}
        if case.work is not None:
            ratios[FLOOR] = median_ratio(case.work.floor(self.limits(device)) / times.seconds[OURS])
        recorded = self.record.of(self.machine(device), case.path, case.id)
        return [
            goal.check(ratios[goal.against])
            for goal in goals_of(case.path, case.id, recorded)
            if goal.against in ratios
        ]

    def recorded_seconds(self, path: str, case: str, device: str) -> float | None:
        """Return the seconds of a contest when it was recorded, None if it is new."""
        return self.record.seconds(self.machine(device), path, case)

    def keep(self) -> None:
        """Add to the record what is new in it."""
        for (path, case, device), contest in self._contests.items():
            times, machine = contest.times, self.machine(device)
            ratios = {name: times.ratio(name).median for name in times.seconds if name != times.reference}
            if self.record.add(machine, path, case, {SECONDS: contest.seconds, **ratios}):
                self.new[machine] = self.new.get(machine, 0) + 1
        if self.new:
            self.record.write()

    def against_itself(self, case: Case, device: str) -> Ratio:
        """Return the ratio of our code to itself, in two fresh processes."""
        library, function = PATHS[case.path][OURS]
        workers = {OURS: Worker(library, device=device, threads=self.threads)}
        workers["again"] = Worker(library, device=device, threads=self.threads)
        try:
            for worker in workers.values():
                worker.prepare(function, case.job())
            turns = {name: partial(worker.seconds, function) for name, worker in workers.items()}
            return take_turns(turns, OURS).ratio("again")
        finally:
            for worker in workers.values():
                worker.close()

    def entry(self, contest: Contest, contender: str, device: str) -> dict[str, Any]:
        """Return what is recorded of a contender next to its times, the `extra_info` of its benchmark."""
        case, times = contest.case, contest.times
        floor = None if case.work is None else case.work.floor(self.limits(device))
        median = float(np.median(times.seconds[contender]))
        return {
            "path": case.path,
            "case": case.name,
            "size": dict(case.size),
            "contender": contender,
            "per": case.per,
            "ratio": None if contender == times.reference else asdict(times.ratio(contender)),
            "fraction": None if floor is None else floor / median,
            "goals": self.goals(contest, device) if contender == OURS else [],
        }

    def content(self) -> dict[str, Any]:
        """Return what the session's JSON says apart from the benchmarks."""
        device = next(iter(self._limits), "cpu")
        environment = self.environment(device)
        facts = {**environment.facts(), **self._facts}
        for worker in self._workers.values():
            facts |= worker.facts if isinstance(worker, Worker) else {}
        return {
            "machine": self.machine(device),
            "environment": facts,
            "limits": asdict(self.limits(device)),
            "left_out": [{"contender": name, "reason": why} for name, why in sorted(self.left_out.items())],
        }

    def environment(self, device: str) -> Environment:
        """Return the environment of contests on a device."""
        return replace(this_environment(), threads=self.threads, device=device)

    def close(self) -> None:
        """End all processes; the next contest starts its own."""
        for worker in self._workers.values():
            if isinstance(worker, Worker):
                worker.close()
                self._facts |= worker.facts
        self._workers.clear()

    def machine(self, device: str) -> str:
        """Return the class of this machine: its processor's name, NumPy's vector sets, device and threads.

        Variables that choose instructions are part of it: not all contenders follow them.
        """
        environment = self.environment(device)
        name, sets = environment.cpu.split(" (")[0], environment.instructions.replace("none", "no avx2")
        chosen = [each for each in [environment.cpu.partition("), ")[2]] if each]
        return ", ".join([name, sets, *chosen, device, f"{self.threads} thread(s)"])

    def worker(self, library: str, device: str) -> Worker | str:
        """Return the process of a library, started when first asked for, or why there is none."""
        key = library, device
        if key not in self._workers:
            self._workers[key] = missing(library) or self._started(library, device)
        return self._workers[key]

    def _started(self, library: str, device: str) -> Worker | str:
        try:
            return Worker(library, device=device, threads=self.threads)
        except ContenderError as error:
            return str(error).strip().splitlines()[-1]

    def _run(self, case: Case, device: str) -> Contest:
        workers: dict[str, tuple[Worker, str]] = {}
        left_out: dict[str, str] = {}
        for name in self.contenders(case, device):
            library, function = PATHS[case.path][name]
            worker = self.worker(library, device)
            if isinstance(worker, str):
                left_out[name] = worker
            else:
                workers[name] = worker, function
        self.left_out |= left_out
        if not workers:
            raise ContenderError("; ".join(sorted(set(left_out.values()))))
        start = time.monotonic()  # processes start once
        job = case.job()
        self._compare(case, workers)
        for worker, function in workers.values():
            worker.prepare(function, job)
        turns = {
            name: lambda worker=worker, function=function: worker.seconds(function)
            for name, (worker, function) in workers.items()
        }
        times = take_turns(turns, next(iter(workers)), fewest=MOST if self.whole else FEWEST)
        for worker, function in workers.values():
            worker.release(function)
        return Contest(case, times, left_out, time.monotonic() - start)

    def _compare(self, case: Case, workers: Mapping[str, tuple[Worker, str]]) -> None:
        job = (case.check or case.job)()
        results = {name: worker.result(function, job) for name, (worker, function) in workers.items()}
        reference, *others = results
        for name in others:
            apart = relative_difference(results[name], results[reference], start_of(job))
            if not apart <= case.tolerance:
                raise AssertionError(
                    f"{case.path}, {case.id}: results of {name} differ from those of {reference} by "
                    f"{apart:.2g} of it, more than {case.tolerance:g}: they don't compute the same"
                )

    def _measured(self, device: str) -> Limits:
        reached: dict[str, tuple[float, float]] = {}
        for library, (product, copy) in MEASURES.items():
            worker = self.worker(library, device) if computes_on(library, device) else ""
            if isinstance(worker, str):
                continue
            fastest = []
            for function, job in ((product, Product(SIDE)), (copy, Copy(COPIED))):
                worker.prepare(function, job)
                fastest.append(min(worker.seconds(function) for _ in range(10)))
                worker.release(function)
            reached[library] = 2 * SIDE**3 / fastest[0], 2 * COPIED / fastest[1]
        if not reached:
            raise ContenderError(f"nothing measures the {device}: install TensorFlow or JAX")
        by = [max(reached, key=lambda library: reached[library][number]) for number in range(2)]
        note = (
            f"fastest of 10, {self.threads} thread(s): float32 product of {SIDE}² matrices by {by[0]}; "
            f"copy of {COPIED // 2**20} MiB by {by[1]}, bytes read and written"
        )
        return Limits(reached[by[0]][0], reached[by[1]][1], note)
