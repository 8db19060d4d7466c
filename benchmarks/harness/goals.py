"""What ratios are compared with: goals, which are reported, and gates, which fail.

`goals.yaml` lists by path, and there by a pattern of cases' ids, contenders and how many times as fast as
each ours has to be. The contender `floor` is the least time that the machine's limits allow. `recorded.yaml`
lists by class of processor, path and case the ratios of one run. A gate fires only where the whole interval
is below `SLACK` times what was recorded for this class, because a neighbour on the machine can slow one side
of a ratio for a whole contest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from benchmarks.harness.contests import Ratio
from workshop.files import write_atomically

SLACK = 0.8
FLOOR = "floor"
SECONDS = "seconds"  # that a contest took, next to its ratios
HEADER = """\
# By class of processor, path and case: how many times as long as ours each contender took (medians), and the
# seconds of the contest. `nox -s bench` adds what is missing. Take lines out to record them anew.
"""
Ratios = dict[str, float]


@dataclass(frozen=True)
class Goal:
    """How many times as fast as a contender ours is to be, and the ratio below which a gate fires.

    `gate` is None where nothing was recorded for this class of processor.
    """

    against: str
    at_least: float
    gate: float | None

    def check(self, ratio: Ratio) -> dict[str, Any]:
        """Return the goal with what was measured: met, missed, or open if the interval contains it."""
        state = "met" if ratio.median >= self.at_least else "missed" if ratio.high < self.at_least else "open"
        fired = self.gate is not None and ratio.high < self.gate
        return {**asdict(self), "ratio": asdict(ratio), "state": state, "fired": fired}


def goals_of(path: str, case: str, recorded: Mapping[str, float]) -> list[Goal]:
    """Return the goals of a case by its id; what a later pattern says of a contender counts.

    `recorded` : the ratios of the case on this class of processor.
    """
    goals: Ratios = {}
    for pattern, entries in _content().get(path, {}).items():
        if fnmatchcase(case, pattern):
            goals |= entries
    return [
        Goal(contender, float(at_least), SLACK * recorded[contender] if contender in recorded else None)
        for contender, at_least in goals.items()
    ]


@cache
def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(
        Path(__file__).parents[1].joinpath("goals.yaml").read_text("utf-8")
    )
    return content


class Record:
    """What a file has recorded by class of processor, path and case; empty without a file."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        text = file.read_text("utf-8") if file is not None and file.exists() else ""
        self._content: dict[str, dict[str, dict[str, Ratios]]] = yaml.safe_load(text) or {}

    def of(self, machine: str, path: str, case: str) -> Ratios:
        """Return the ratios of a case on a class of processor, with the seconds of the contest."""
        return self._content.get(machine, {}).get(path, {}).get(case, {})

    def seconds(self, machine: str, path: str, case: str) -> float | None:
        """Return the seconds of a contest on a class of processor, else on any, None if it is new."""
        found = (self.of(name, path, case).get(SECONDS) for name in [machine, *self._content])
        return next((seconds for seconds in found if seconds is not None), None)

    def add(self, machine: str, path: str, case: str, measured: Ratios) -> bool:
        """Add what is not there; return whether anything was not."""
        known = self._content.setdefault(machine, {}).setdefault(path, {}).setdefault(case, {})
        new = {name: float(f"{value:.3g}") for name, value in measured.items() if name not in known}
        known |= new
        return bool(new)

    def write(self) -> None:
        """Write the file, if there is one."""
        if self._file is not None:
            text = yaml.safe_dump(self._content, default_flow_style=None, sort_keys=False, width=1000)
            write_atomically(self._file, f"{HEADER}{text}".encode())
