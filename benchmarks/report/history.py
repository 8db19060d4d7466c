"""Runs in the order of their dates: the newest, those before it on the same machine, and what moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report.results import REMEDY, SCHEMA, Interval, Measurement, Run, read_run
from benchmarks.report.trends import falls, noise, slope
from workshop.errors import UsageError


@dataclass(frozen=True)
class History:
    """The newest run, those before it, and what is left out.

    Runs of other classes of machines are `elsewhere`, because ratios depend on them, as times do. A report of
    their files alone shows them.
    """

    newest: Run
    earlier: tuple[Run, ...]  # of the same class of machine, by date
    elsewhere: tuple[Run, ...]
    damaged: tuple[str, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs of the newest one's machine, by date."""
        return (*self.earlier, self.newest)


# An interval covers what the same process would measure again; another process, whose memory is laid out
# differently, varies more. Of 3,010 pairs of ratios from five unchanged runs on one busy machine, 92 % of the
# intervals overlapped, and 99 % were within a factor of 1.12.
BETWEEN_RUNS = 1.15
# the least standard deviation of a ratio's logarithm from run to run: 99 % of those pairs were within 1.12
NOISE = math.log(1.12) / 2.576 / math.sqrt(2)
# a history of unchanged runs is said to creep with at most this probability, over all its ratios and runs
FALSE_CREEP = 0.01


@dataclass(frozen=True)
class Pair:
    """A ratio in the newest run and in the one before."""

    measurement: Measurement
    before: Interval
    now: Interval

    @property
    def moved(self) -> bool:
        """Whether the intervals are farther apart than those of unchanged runs."""
        return self.now.distance(self.before) > BETWEEN_RUNS


@dataclass(frozen=True)
class Creep:
    """A ratio that falls from run to run, as our code becomes slower, by a `factor` below 1 at each."""

    measurement: Measurement
    medians: tuple[float, ...]  # of the runs, the oldest first
    factor: float


def find_creeps(history: History) -> list[Creep]:
    """Return the ratios of the newest run that fall over all runs of its machine, the fastest first."""
    series = {
        (m.key, m.reference): (m, [math.log(ratio) for ratio in _medians(m, history.runs)])
        for m in history.newest.measurements
        if m.ratio is not None
    }
    spread = max(NOISE, noise(values for _, values in series.values()))
    level = FALSE_CREEP / max(1, len(series) * len(history.runs))
    found = [
        Creep(m, tuple(map(math.exp, values)), math.exp(slope(values)))
        for m, values in series.values()
        if falls(values, spread, level)
    ]
    return sorted(found, key=lambda creep: creep.factor)


def _medians(measurement: Measurement, runs: Sequence[Run]) -> list[float]:
    """Return a ratio in all runs that measured it to the same reference."""
    wanted = measurement.key, measurement.reference
    same = (m for run in runs for m in run.measurements if (m.key, m.reference) == wanted)
    return [m.ratio.median for m in same if m.ratio is not None]


def read_history(paths: Sequence[Path]) -> History:
    """Read files, and all JSON files in folders and below.

    A file that is named must be readable; damaged files in a folder are left out. Raises UsageError.
    """
    runs: dict[Path, Run] = {}
    damaged: list[str] = []
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*.json")):
                try:
                    runs[file.resolve()] = read_run(file)
                except UsageError as error:
                    damaged.append(str(error))
        elif path.exists():
            runs[path.resolve()] = read_run(path)
        else:
            raise UsageError(f"{path}: no such file or folder: {REMEDY}")
    if not runs:
        others = f"; {len(damaged)} damaged or of another kind, first {damaged[0]}" if damaged else ""
        raise UsageError(f"{', '.join(map(str, paths))}: no JSON of {SCHEMA}: {REMEDY}{others}")
    *before, newest = sorted(runs.values(), key=lambda run: run.date)
    return History(
        newest,
        tuple(run for run in before if run.machine == newest.machine),
        tuple(run for run in before if run.machine != newest.machine),
        tuple(damaged),
    )


def pair_ratios(newest: Run, before: Run) -> list[Pair]:
    """Pair the ratios that both runs measured, to the same reference."""
    known = {(m.key, m.reference): m.ratio for m in before.measurements if m.ratio is not None}
    return [
        Pair(m, known[m.key, m.reference], m.ratio)
        for m in newest.measurements
        if m.ratio is not None and (m.key, m.reference) in known
    ]


def describe_changes(newest: Run, before: Run) -> str:
    """Write what differs between the environments and the commits of two runs."""
    was, now = ({**run.environment, "commit": run.commit or "none"} for run in (before, newest))
    facts = {name: (was.get(name, "none"), now.get(name, "none")) for name in [*newest.environment, *was]}
    changes = [f"{name} {old} → {new}" for name, (old, new) in facts.items() if old != new]
    return ", ".join(changes) or "nothing"
