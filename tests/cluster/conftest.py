"""A Ray cluster of two nodes on this machine, with a core each; skipped where Ray is not installed."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.data import places
from tests.toy.bench import Bench
from workshop.execution.cluster import VARIABLES, RayCluster
from workshop.verification.results import Record

SIZES = {"num_cpus": 1, "memory": 10_000_000_000, "object_store_memory": 80_000_000}
# Ray's cluster and its client disturb each other in one process
PROGRAM = """
import json, os, sys
from ray.cluster_utils import Cluster

cluster, nodes = Cluster(), {}
for line in sys.stdin:
    settings, variables, gone = json.loads(line)
    if gone:
        cluster.remove_node(nodes.pop(gone), allow_graceful=False)
    else:
        before = dict(os.environ)
        os.environ.update(variables)
        node = cluster.add_node(**settings)
        os.environ.clear()
        os.environ.update(before)
        nodes[node.node_id] = node
        gone = node.node_id
    print(json.dumps([cluster.address, gone]), flush=True)
cluster.shutdown()
"""


class Nodes:
    """The cluster, in a process of its own, and a folder in which its nodes find modules.

    The first node has the reader's mirror, the others have none; their caches are empty.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tally = folder / "tally.txt"
        path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
        own = {
            "PYTHONPATH": path,
            "WORKSHOP_CACHE": str(folder / "cache"),
            "RAY_prestart_worker_first_driver": "0",  # those have no code of a run
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env={**{k: v for k, v in os.environ.items() if k != "WORKSHOP_MIRROR"}, **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        mirror = places()["WORKSHOP_MIRROR"]
        first = {"WORKSHOP_CACHE": str(folder / "first"), **({"WORKSHOP_MIRROR": mirror} if mirror else {})}
        head = {"include_dashboard": False, "include_log_monitor": False, "no_monitor": True}
        self.address, _ = self._order({**SIZES, **head}, first, "")
        self.add()

    def add(self, **variables: str) -> str:
        """Start another node with these environment variables, and return its id."""
        return self._order(SIZES, variables, "")[1]

    def remove(self, node: str) -> None:
        """Kill a node."""
        self._order({}, {}, node)

    def _order(self, *order: Any) -> tuple[str, str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(order)}\n")
        self.process.stdin.flush()
        address, node = json.loads(self.process.stdout.readline())
        return address, node

    def take(self, bench: Bench) -> None:
        """Let the nodes find the bench's units, and count what they leave in the tally."""
        shutil.copy(bench.folder / f"{bench.module}.py", self.folder)
        self.tally.write_text("", "utf-8")
        bench.tallies = self.tally


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """Return the cluster; RAY_ADDRESS names it."""
    pytest.importorskip("ray", reason='Ray is not installed: pip install "workshop[cluster]"')
    with tempfile.TemporaryDirectory(prefix="workshop-ray-") as folder, pytest.MonkeyPatch.context() as patch:
        for name, value in {**VARIABLES, "RAY_TMPDIR": folder, "TOY_TALLY": f"{folder}/tally.txt"}.items():
            patch.setenv(name, value)
        Path(folder, "ray").mkdir()
        made = Nodes(Path(folder))
        patch.setenv("RAY_ADDRESS", made.address)
        try:
            yield made
        finally:
            made.process.communicate()


@pytest.fixture
def verify(bench, nodes) -> Callable[..., dict[str, Record]]:
    """Return a function that verifies the bench's claims on the cluster, like `bench.verify`."""

    def run(**options: Any) -> dict[str, Record]:
        nodes.take(bench)
        limit = options.pop("timeout", None)
        with closing(RayCluster("ray", limit)) as cluster:
            return bench.verify(store=bench.store, cluster=cluster, **options)

    return run
