"""The cluster that a run starts itself: who can reach it, and what its death costs; a silent address."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toy.bench import Bench
from workshop.errors import WorkshopError
from workshop.execution import cluster
from workshop.execution.cluster import RayCluster
from workshop.execution.processes import descendants

pytest.importorskip("ray", reason='Ray is not installed: pip install "workshop[cluster]"')
pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc")

UNITS = """
import time

@unit("ch09.ex01", value="a")
def quick() -> int:
    tally("quick")
    return 1

@unit("ch09.ex02", value="a")
def long() -> int:
    tally("long")
    time.sleep(300)
    return 1
"""
CLAIMS = ({"id": "ch09.ex01.quick", "measure": "a"}, {"id": "ch09.ex02.long", "measure": "a"})
SECONDS = 30  # in which a run ends without its head


def start(bench: Bench, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start `workshop verify --on …` on the bench's units, on no cluster that is there."""
    inherited = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    return bench.command("--json", "r.json", *arguments, env={**inherited, **variables})


def end(process: subprocess.Popen[str]) -> None:
    """Kill a run and all that it started."""
    for each in reversed(descendants(process.pid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    process.communicate()


def named(process: int, name: str) -> list[int]:
    """Return the processes that a run started and whose program has a name."""
    found = []
    for each in descendants(process):
        words = Path(f"/proc/{each}/cmdline").read_bytes().split(b"\0")
        found += [each] if Path(os.fsdecode(words[0])).name == name else []
    return found


def addresses(processes: list[int]) -> Iterator[str]:
    """Yield the addresses on which processes listen, in the kernel's own hexadecimal digits."""
    sockets = set()
    for each in processes:
        for handle in Path(f"/proc/{each}/fd").glob("*"):
            with contextlib.suppress(OSError):
                sockets |= {*re.findall(r"socket:\[(\d+)\]", str(handle.readlink()))}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text("ascii").splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and columns[9] in sockets:
                yield columns[1].partition(":")[0]


LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def test_the_own_cluster_is_closed_to_others_and_its_head_may_die(bench, until):
    bench.units(UNITS)
    bench.claims(*CLAIMS)
    folder = tempfile.mkdtemp(prefix="w")  # short, because it has Ray's sockets
    process = start(bench, "--on", "ray", TMPDIR=folder)
    try:
        for _ in range(3):  # a busy machine needs minutes to start Ray
            try:
                until(lambda: "long" in bench.tally() and len([*bench.store.glob("*/*.outcome")]) == 1)
                break
            except pytest.fail.Exception:
                continue
        listening = list(addresses(descendants(process.pid)))
        (head,) = named(process.pid, "gcs_server")
        family = descendants(process.pid)

        os.kill(head, signal.SIGKILL)
        killed = time.monotonic()
        out, err = process.communicate(timeout=120)
        seconds = time.monotonic() - killed
    finally:
        end(process)

    assert len(listening) >= 4
    assert {*listening} <= LOOPBACK
    assert seconds < SECONDS, err
    assert process.returncode == 1, out + err
    assert "Traceback" not in err
    assert err.count("the head of the cluster has not answered for") == 1
    claims = {each["id"]: each for each in json.loads((bench.folder / "r.json").read_text("utf-8"))["claims"]}
    assert claims["ch09.ex01.quick"]["verdict"] == "reproduced"
    assert claims["ch09.ex02.long"]["verdict"] == "failed"
    assert "the head of the cluster" in claims["ch09.ex02.long"]["reason"]
    assert (bench.folder / "r.html").exists()
    assert not [*Path(folder).iterdir()]
    Path(folder).rmdir()
    until(lambda: not [each for each in family if Path(f"/proc/{each}/exe").exists()])


@pytest.fixture
def silent() -> Iterator[int]:
    """Return a port at which something accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_silent_address_is_one_line(silent, bench):
    """Within half a minute; Ray itself would wait for minutes."""
    bench.units(UNITS)
    bench.claims(*CLAIMS)
    begun = time.monotonic()
    process = start(bench, "--on", "ray", RAY_ADDRESS=f"127.0.0.1:{silent}")
    _, err = process.communicate(timeout=120)

    assert time.monotonic() - begun < SECONDS
    assert process.returncode == 1
    (line,) = err.splitlines()
    assert "no Ray cluster answers there (it is silent for" in line


def test_so_is_one_for_rays_client(silent, monkeypatch):
    monkeypatch.setattr(cluster, "_SECONDS_TO_GREET", 0.5)
    with pytest.raises(
        WorkshopError, match=r"^ray://\S+: no Ray cluster answers there \(it is silent for 0.5 s"
    ):
        RayCluster(f"ray://127.0.0.1:{silent}")
