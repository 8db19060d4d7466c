"""Chapters on two nodes: the store gets the same keys and the same outcomes as that of a local run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

# without the longest parts of these chapters, for which the other node would wait
CHAPTERS = ("ch01", "ch02.act01", "ch02.ex0[!4]", "ch02.text0?", "ch05", "ch07.text0[!478]", "ch07.ex0[12]")
# a local run leaves out most trainings of chapter 2
QUICK = ("ch01", "ch02.ex05", "ch02.text0[!6]", "ch05", "ch07.text0[!478]", "ch07.ex0[12]")


def verify(folder: Path, store: str, *arguments: str) -> str:
    """Verify with 10 seeds and a store of its own in a folder; return what was said."""
    answer = subprocess.run(
        [sys.executable, "-m", "workshop", "verify", "--offline", "--seeds", "10", *arguments],
        env={**os.environ, "WORKSHOP_STORE": str(folder / store)},
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stderr


def stored(folder: Path) -> dict[str, bytes]:
    """Return the outcomes of a store as bytes, without their seconds, by key."""
    return {path.stem: path.read_bytes().split(b"\n", 2)[2] for path in folder.glob("*/*.outcome")}


def verdicts(file: Path) -> dict[str, tuple[str, str]]:
    """Return what each claim of a run measured, and its verdict."""
    claims = json.loads(file.read_text("utf-8"))["claims"]
    return {claim["id"]: (claim["verdict"], repr(claim["measured"])) for claim in claims}


def test_a_cluster_stores_what_a_local_run_stores(nodes, tmp_path: Path) -> None:
    """A local run finds all that it needs in the cluster's store, and its own outcomes are the same bytes."""
    said = verify(tmp_path, "cluster", *CHAPTERS, "--on", "ray", "--json", "cluster.json")
    there = stored(tmp_path / "cluster")

    verify(tmp_path, "cluster", *CHAPTERS, "--jobs", "1", "--json", "again.json")
    verify(tmp_path, "local", *QUICK, "--jobs", "2")
    here = stored(tmp_path / "local")

    assert "2 cores for" in said
    assert "was lost" not in said
    assert said.count("has no mnist") <= 1  # it is too large to travel
    assert stored(tmp_path / "cluster") == there
    assert verdicts(tmp_path / "again.json") == verdicts(tmp_path / "cluster.json")
    assert len(here) > 100
    assert here.items() <= there.items()
