"""The machine that reads pickles, under hostile and mutated ones, in a process that must not die."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.hostile import pickle_streams
from tests.hostile.pickle_streams import HOSTILE, ODD, VALID

ROOT = Path(__file__).parents[2]
MUTATIONS = 60
# runs the module's main, and says how far the memory grew on the way
_CHILD = """
import resource, sys
from tests.hostile.pickle_streams import main
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
main()
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def child() -> subprocess.CompletedProcess[str]:
    """Give the process that has read every stream."""
    return subprocess.run(
        [sys.executable, "-c", _CHILD, str(MUTATIONS)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows(child) -> list[dict[str, str]]:
    """Give what came of each stream, after it is clear that none ended the process."""
    read = [json.loads(line) for line in child.stdout.splitlines()]
    assert child.returncode == 0, f"died after {read[-1:]}: {child.stderr[-2000:]}"
    assert len(read) == len(VALID) * (1 + MUTATIONS) + len(HOSTILE) + len(ODD)
    return read


def test_valid_pickles_are_read(rows):
    """Valid streams give their values, so that refusing everything would fail."""
    found = {row["name"]: (row["outcome"], row["what"]) for row in rows[: len(VALID)]}
    eight = repr(bytes(range(8)))
    assert {name for name, (outcome, _) in found.items() if outcome != "value"} == set()
    assert found["bytes"][1] == f"|u1(2, 4){eight}"
    assert found["columns"][1] == f"|u1(2, 4){bytes((0, 2, 4, 6, 1, 3, 5, 7))!r}"
    assert found["big numbers"][1] == f">i8(1,){eight}"
    assert "list['1', '512']" in found["lists"][1].replace("\\", "")
    assert "|u1(1, 8)" in found["batch"][1]
    assert "<f4(2, 2)" in found["attributes"][1]


def test_hostile_pickles_are_refused(rows):
    hostile = rows[len(VALID) : len(VALID) + len(HOSTILE)]
    assert [row["name"] for row in hostile if row["outcome"] != "refused"] == []
    remedies = ("; don't use this file", "; run: workshop data check")
    assert [row for row in hostile if not row["what"].startswith("hostile")] == []
    assert [row for row in hostile if not row["what"].endswith(remedies)] == []


def test_mutated_pickles_are_refused_or_read(rows):
    outcomes = Counter(row["outcome"] for row in rows[len(VALID) + len(HOSTILE) :])
    assert set(outcomes) == {"refused", "value"}, [row for row in rows if row["outcome"] == "error"]
    assert outcomes["value"] >= 5


def test_no_pickle_fills_the_memory(rows, child):
    assert rows
    assert int(child.stderr.split()[-1]) < 200


def test_mutations_are_the_same_each_time():
    first, second = ([*pickle_streams.streams(2)] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)
