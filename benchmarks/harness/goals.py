"""What ratios are compared with: goals, which are reported, and gates, which fail.

`goals.yaml` lists by path, and there by a pattern of cases' ids, contenders and how many times as fast as
each ours has to be. A gate fires only if the whole interval is below it. It is `SLACK` times the goal,
because a neighbour on the machine can slow one side of a ratio for a whole contest. If a goal is not reached,
the file sets a gate of its own, with the reason.
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

SLACK = 0.8


@dataclass(frozen=True)
class Goal:
    """How many times as fast as a contender ours is to be, and the ratio below which a gate fires."""

    against: str
    at_least: float
    gate: float

    def check(self, ratio: Ratio) -> dict[str, Any]:
        """Return the goal with what was measured: met, missed, or open if the interval contains it."""
        state = "met" if ratio.median >= self.at_least else "missed" if ratio.high < self.at_least else "open"
        return {**asdict(self), "ratio": asdict(ratio), "state": state, "fired": ratio.high < self.gate}


def goals_of(path: str, case: str) -> list[Goal]:
    """Return the goals of a case by its id; what a later pattern says of a contender counts."""
    goals: dict[str, Goal] = {}
    for pattern, entries in _content().get(path, {}).items():
        if fnmatchcase(case, pattern):
            goals.update((contender, _goal(contender, entry)) for contender, entry in entries.items())
    return list(goals.values())


def _goal(contender: str, entry: float | Mapping[str, Any]) -> Goal:
    if isinstance(entry, Mapping):
        return Goal(contender, float(entry["goal"]), float(entry["gate"]))
    return Goal(contender, float(entry), SLACK * float(entry))


@cache
def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(
        Path(__file__).parents[1].joinpath("goals.yaml").read_text("utf-8")
    )
    return content
