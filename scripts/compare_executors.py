"""Compare the throughput of a cluster with that of local processes: `compare_executors.py SEEDS [PATTERN …]`.

The same claims are verified in turns by processes of this machine and by a Ray cluster on the same cores,
each time from an empty result store. Time counts from the start of the first task to the end of the last one.
It needs a quiet machine. docs/cluster.md has its results.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import closing, nullcontext
from pathlib import Path

from workshop.book import package_book
from workshop.execution.cluster import RayCluster
from workshop.execution.environment import cores
from workshop.verification.engine import Engine

TURNS = 2
CHAPTERS = ("ch01", "ch02", "ch05", "ch07.text0[1-6]", "ch07.ex01", "ch07.ex02")


def seconds(seeds: int, patterns: list[str], *, remote: bool) -> tuple[float, float, int]:
    """Verify once; return the seconds, those that the units computed, and the number of outcomes."""
    claims = package_book().ledger.select(patterns)
    place = closing(RayCluster("ray")) if remote else nullcontext()
    with tempfile.TemporaryDirectory() as folder, place as cluster:
        engine = Engine(
            package_book(), seed_count=seeds, processes=cores(), store=Path(folder), cluster=cluster
        )
        results = engine.verify(claims)
        failed = [record.id for record in results.claims if record.verdict == "failed"]
        if failed:
            sys.exit(f"{len(failed)} claims failed, so that nothing is compared, first {failed[0]}")
        return engine.usage.wall, engine.usage.computing, len(list(Path(folder).glob("*/*.outcome")))


def main() -> None:
    """Print a line for each turn."""
    seeds, patterns = int(sys.argv[1]), sys.argv[2:] or list(CHAPTERS)
    for turn in range(TURNS):
        walls = {}
        for remote in (False, True) if turn % 2 == 0 else (True, False):
            walls[remote], computing, outcomes = seconds(seeds, patterns, remote=remote)
            name = "cluster" if remote else "local"
            say(f"{name}: {walls[remote]:.0f} s for {outcomes} outcomes, {computing:.0f} s computed")
        say(f"throughput of the cluster: {walls[False] / walls[True]:.3f} of the local one")


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
