"""Runs in the order of their dates: the newest, those before it on the same machine, and what moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workshop.reporting.bench.results import REMEDY, SCHEMA, BenchError, Interval, Measurement, Run, read_run


@dataclass(frozen=True)
class History:
    """The newest run, what came before it, and what is left out.

    Runs of other machines have no place in it: a ratio depends on the machine as well as a time. `elsewhere`
    names them; a report of their files alone shows them.
    """

    newest: Run
    earlier: tuple[Run, ...]  # of the same machine, by date
    elsewhere: tuple[Run, ...]
    damaged: tuple[str, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs of the newest one's machine, by date."""
        return (*self.earlier, self.newest)


# An interval holds what a process would find again, not what another process finds, whose memory lies
# elsewhere: of 3,010 pairs of ratios from five unchanged runs on one machine, beside other work, 92 % of the
# intervals had a ratio in common, and 99 % came within a factor of 1.12 of it.
BETWEEN_RUNS = 1.15


@dataclass(frozen=True)
class Pair:
    """A ratio of the newest run and of the one before."""

    measurement: Measurement
    before: Interval
    now: Interval

    @property
    def moved(self) -> bool:
        """Whether the intervals lie farther apart than those of unchanged runs do."""
        return self.now.apart(self.before) > BETWEEN_RUNS


def read_history(paths: Sequence[Path]) -> History:
    """Read files, and folders with all that is below them.

    A file that is named must be readable; what is damaged in a folder is left out. Raises BenchError.
    """
    runs: dict[Path, Run] = {}
    damaged: list[str] = []
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*.json")):
                try:
                    runs[file.resolve()] = read_run(file)
                except BenchError as error:
                    damaged.append(str(error))
        elif path.exists():
            runs[path.resolve()] = read_run(path)
        else:
            raise BenchError(f"{path}: no such file or folder: {REMEDY}")
    if not runs:
        told = f"; {len(damaged)} damaged or of another kind, first {damaged[0]}" if damaged else ""
        raise BenchError(f"{', '.join(map(str, paths))}: no JSON of {SCHEMA}: {REMEDY}{told}")
    *before, newest = sorted(runs.values(), key=lambda run: run.date)
    return History(
        newest,
        tuple(run for run in before if run.machine == newest.machine),
        tuple(run for run in before if run.machine != newest.machine),
        tuple(damaged),
    )


def agreement(newest: Run, before: Run) -> list[Pair]:
    """Pair the ratios that both runs measured, to the same reference."""
    known = {(m.key, m.reference): m.ratio for m in before.measurements if m.ratio is not None}
    return [
        Pair(m, known[m.key, m.reference], m.ratio)
        for m in newest.measurements
        if m.ratio is not None and (m.key, m.reference) in known
    ]


def differences(newest: Run, before: Run) -> str:
    """Say what differs between the environments of two runs, and between their commits."""
    names = dict.fromkeys([*newest.environment, *before.environment])
    facts = [
        (name, before.environment.get(name, "none"), newest.environment.get(name, "none")) for name in names
    ]
    facts.append(("commit", before.commit or "none", newest.commit or "none"))
    told = [f"{name} {old} → {new}" for name, old, new in facts if old != new]
    return ", ".join(told) or "nothing"
