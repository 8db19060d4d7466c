"""How long runs take on 1 to 1,000 nodes, from recorded costs: `python scripts/simulate_cluster.py`.

A node has two cores. Tasks are started as the engine starts them, the longest first, in pieces of 20 seconds
or one seed. A core's first task also starts a worker, and the one driver sends each task and writes each
outcome. What units need of each other is left out. Nothing is measured here: the costs are those of recorded
runs, and the constants say where they come from.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from workshop.book import SAMPLES
from workshop.execution.store import usual_seconds
from workshop.samples.model import read_reference

NODES = (1, 10, 100, 1000)
CORES = 2  # of a node
PIECE = 20.0  # seconds of a task, as in workshop.execution.run
START = 10.0  # seconds for a core's first task: a worker and TensorFlow's import (5 to 10 s, measured)
DATA = 5.0  # seconds in which a core reads its data sets once; assumed
SEND = 0.0006  # seconds of the driver for a task (0.61 ms, measured)
STORE = 0.005  # seconds of the driver for an outcome: decode, checksum, write and sync; assumed
BETWEEN_LOSSES = 3600.0  # mean seconds until a preemptible node is lost; assumed
CHECKPOINT = 60.0  # seconds between checkpoints where they are handed over; assumed


@dataclass(frozen=True)
class Simulated:
    """Seconds from the first start to the last end, and the share of the cores' time that computed."""

    seconds: float
    busy: float


def simulate(
    seeds: Mapping[str, tuple[int, float]],
    nodes: int,
    *,
    losses: bool = False,
    handed_over: bool = False,
) -> Simulated:
    """Schedule the seeds of units, by their number and the seconds of one.

    With `losses`, nodes are lost as if they were preempted: a task begins again, or at its last checkpoint if
    checkpoints are `handed_over`.
    """
    rng = np.random.default_rng(0)
    tasks = sorted(pieces(seeds.values()), reverse=True)
    cores = [(0.0, number) for number in range(nodes * CORES)]
    driver = end = 0.0
    started: set[int] = set()
    for seconds, outcomes in tasks:
        free, core = heapq.heappop(cores)
        driver = max(driver, free) + SEND + outcomes * STORE
        begun = driver + (0.0 if core in started else START + DATA)
        started.add(core)
        finished = begun + (with_losses(seconds, rng, handed_over) if losses else seconds)
        end = max(end, finished)
        heapq.heappush(cores, (finished, core))
    work = sum(seconds for seconds, _ in tasks)
    return Simulated(end, work / (end * nodes * CORES))


def pieces(seeds: Iterable[tuple[int, float]]) -> list[tuple[float, int]]:
    """Return tasks as their seconds and number of outcomes."""
    tasks = []
    for count, seconds in seeds:
        size = max(1, int(PIECE / max(seconds, 1e-3)))
        whole, rest = divmod(count, size)
        tasks += [(size * seconds, size)] * whole + [(rest * seconds, rest)] * bool(rest)
    return tasks


def with_losses(seconds: float, rng: np.random.Generator, handed_over: bool) -> float:
    """Return how long a task takes with the tries that were lost with their node."""
    spent, left = 0.0, seconds
    while (survived := rng.exponential(BETWEEN_LOSSES)) < left:
        spent += survived + START
        if handed_over:
            left -= survived // CHECKPOINT * CHECKPOINT
    return spent + left


def workloads() -> dict[str, dict[str, tuple[int, float]]]:
    """Return what is simulated: seeds and seconds of one, by part or unit."""
    usual = usual_seconds()
    full = {name: (1, seconds) for name, seconds in usual.items() if "@" not in name}
    samples = [read_reference(path, "") for path in sorted((SAMPLES / "references").glob("*.json"))]
    recorded = {sample.unit: (128, sample.seconds) for sample in samples}
    return {
        "`verify --full`, a seed of each part": full,
        "`record`, 128 seeds of each unit with recorded runs": recorded,
        "the same with 1,280 seeds": {unit: (1280, seconds) for unit, (_, seconds) in recorded.items()},
    }


def scaling() -> str:
    """Return the tables as Markdown."""
    lines = []
    for title, seeds in workloads().items():
        work = sum(count * seconds for count, seconds in seeds.values())
        longest, (_, most) = max(seeds.items(), key=lambda item: item[1][1])
        begin = f"{title[0].upper()}{title[1:]}: {work / 3600:,.1f} hours of one core."
        lines += [
            f"{begin} The longest seed is one of `{longest}`, {most / 60:,.1f} minutes.",
            "",
            "| nodes | time | cores computing | with lost nodes | and checkpoints handed over |",
            "| ---: | ---: | ---: | ---: | ---: |",
        ]
        for nodes in NODES:
            usual = simulate(seeds, nodes)
            lost = [simulate(seeds, nodes, losses=True, handed_over=over).seconds for over in (False, True)]
            cells = (
                f"{nodes:,}",
                minutes(usual.seconds),
                f"{usual.busy:.0%}".replace("%", " %"),
                *map(minutes, lost),
            )
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def minutes(seconds: float) -> str:
    """Write a time in minutes."""
    return f"{seconds / 60:,.1f} min"


if __name__ == "__main__":
    print(scaling())  # noqa: T201 - its purpose
