"""Two nodes store what a local run stores, and what a cluster can do to a run: nothing finished is lost,
nothing counts twice, each is named in a line.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.execution.test_pool import IN_STORE
from workshop.datasets import registry
from workshop.execution.cluster import RayCluster
from workshop.execution.seeds import seeds
from workshop.ledger import ledger

# a training of chapter 2 and one of chapter 5, and what is short
FEW = (
    "ch01.ex0[3-6]",
    "ch01.text0?",
    "ch02.ex05",
    "ch02.text03",
    "ch05.ex0[124]",
    "ch07.text0[12]",
    "ch07.ex0[12]",
)
# without the longest parts of these chapters, for which the other node would wait
MANY = ("ch01", "ch02.act01", "ch02.ex0[!4]", "ch02.text0?", "ch05", "ch07.text0[!478]", "ch07.ex0[12]")
UNITS = """
import signal, sys, time

GATES = Path(os.environ["TOY_TALLY"]).parent

def once(name):
    gate = GATES / name
    try:
        gate.unlink()
    except FileNotFoundError:
        return False
    return True

@unit("ch09.ex01", value="a")
def killed_once() -> int:
    tally("killed_once")
    if once("gate_1"):
        os.kill(os.getpid(), signal.SIGKILL)
    return 1

@unit("ch09.ex03", value="a")
def rays_own() -> int:
    tally("rays_own")
    if once("gate_3"):
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(30)
    return 1

@unit("ch09.ex04", value="a")
def raises() -> int:
    tally("raises")
    raise ValueError("its own")

@unit("ch09.ex05", value="a")
def one_seed_kills(seed) -> int:
    tally(seed)
    if seed == BAD:
        os.kill(os.getpid(), signal.SIGKILL)
    return 1

@unit("ch09.ex06", value="a")
def fine() -> int:
    tally("fine")
    return 1

@unit("ch09.ex09", value="a")
def late() -> int:
    tally("late")
    time.sleep(60)
"""
LONG = """
import time

GATE = Path(os.environ["TOY_TALLY"]).parent / "go_on"

""" + "\n".join(
    f"""
@unit("ch09.ex0{number}", value="a")
def long_{number}() -> int:
    tally("long_{number}")
    while {number} <= GATED and not GATE.exists():
        time.sleep(0.05)
    return 1
"""
    for number in range(1, 5)
)


def claim(number: int, name: str) -> dict[str, str]:
    """Return a claim of a unit, identified by its function's name."""
    return {"id": f"ch09.ex0{number}.{name}", "measure": "a"}


def own_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return our messages with nodes by a letter each."""
    return [re.sub(r"node \S+ \(\w+\)", "node N", record.getMessage()) for record in caplog.records]


def verified(folder: Path, store: str, *arguments: str) -> str:
    """Verify with 4 seeds and a store of its own in a folder; return what was said."""
    answer = subprocess.run(
        [sys.executable, "-m", "workshop", "verify", "--offline", "--seeds", "4", *arguments],
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


@pytest.mark.parametrize(
    "units",
    [FEW, pytest.param(MANY, marks=pytest.mark.nightly)],
    ids=["few", "many"],
)
def test_a_cluster_stores_what_a_local_run_stores(nodes, with_data, tmp_path, units):
    needed = {name for claim in ledger().select(units) for name in claim.needs if name in registry()}
    with_data(*sorted(name for name in needed if not registry()[name].service))
    said = verified(tmp_path, "cluster", *units, "--on", "ray", "--json", "cluster.json")
    there = stored(tmp_path / "cluster")

    verified(tmp_path, "local", *units, "--jobs", "1", "--json", "local.json")

    assert "2 cores for" in said
    assert "was lost" not in said
    assert len(there) > 40
    assert stored(tmp_path / "local") == there
    assert verdicts(tmp_path / "local.json") == verdicts(tmp_path / "cluster.json")


def test_what_a_task_does_costs_it_alone(bench, nodes, verify, caplog):
    before, bad, *_ = map(str, seeds("ch09.ex05", 4))
    bench.units(UNITS.replace("BAD", bad))
    bench.seed_count = 4
    for gate in ("gate_1", "gate_3"):
        (nodes.folder / gate).touch()
    named = {1: "killed_once", 3: "rays_own", 4: "raises", 6: "fine"}
    seeded = {**claim(5, "one_seed_kills"), "rule": {"at_least": {"bound": 0}}}
    bench.claims(*(claim(number, name) for number, name in named.items()), seeded)
    bench.store.mkdir()
    timings = {"ch09.ex05:one_seed_kills": 9.0}  # so that two seeds are one task
    (bench.store / "timings.json").write_text(json.dumps(timings), "utf-8")

    records = verify()

    reasons = {name: record.reason for name, record in records.items() if record.verdict == "failed"}
    assert {*records} - {*reasons} == {"killed_once", "rays_own", "fine"}
    killed = "its process was killed by signal 9 (SIGKILL), 3 times; out of memory?"
    assert reasons["one_seed_kills"] == f"ch09.ex05:one_seed_kills#0: {killed}"
    assert reasons["raises"] == "ch09.ex04:raises raised ValueError: its own"
    lost = [line.split(" was lost")[0] for line in own_lines(caplog) if "was lost" in line]
    again = ("ch09.ex01:killed_once", "ch09.ex03:rays_own", *3 * ["ch09.ex05:one_seed_kills#0 +1"])
    assert Counter(lost) == Counter(again)
    counted = Counter(bench.tally())
    tried = {"killed_once": 2, "rays_own": 2, **dict.fromkeys(["raises", "fine"], 1)}
    assert {name: counted[name] for name in tried} == tried
    assert (counted[before], counted[bad]) == (3, 3)
    assert len([*bench.store.glob("*/*.outcome")]) == 3 + 2


def test_a_task_is_stopped_at_its_time_limit(bench, nodes, verify):
    bench.units(UNITS.replace("BAD", "0"))
    bench.claims(claim(9, "late"))
    bench.store.mkdir()

    late = verify(timeout=12)["late"]

    assert late.reason == "ch09.ex09:late: was stopped at its time limit of 12 s (--timeout)"


def test_what_ran_on_a_node_that_is_gone_runs_elsewhere(bench, nodes, verify, until, caplog):
    node = nodes.add()
    bench.units(LONG.replace("GATED", "3"))
    bench.claims(*(claim(number, f"long_{number}") for number in range(1, 5)))
    gate = nodes.folder / "go_on"

    def remove() -> None:
        until(lambda: {"long_1", "long_2", "long_3"} <= {*bench.tally()})  # one on each node
        nodes.remove(node)
        time.sleep(2)
        gate.touch()

    thread = threading.Thread(target=remove)
    thread.start()
    records = verify()
    thread.join()
    gate.unlink()

    assert {record.verdict for record in records.values()} == {"reproduced"}
    assert len([*bench.store.glob("*/*.outcome")]) == 4
    assert len([line for line in own_lines(caplog) if line.endswith(" was lost with its process")]) == 1


def test_a_node_of_another_environment_is_left_out(nodes, caplog):
    node = nodes.add(OPENBLAS_CORETYPE="Prescott")
    try:
        with closing(RayCluster("ray")) as cluster:
            assert cluster.cores == 2
            assert node not in cluster._nodes
    finally:
        nodes.remove(node)
    (line,) = [line for line in own_lines(caplog) if "left out: another environment" in line]
    assert line.startswith("node N is left out: another environment: cpu ")
    assert "OPENBLAS_CORETYPE=Prescott" in line


def test_a_run_that_ends_early_goes_on(bench, nodes, verify, until):
    bench.units(LONG.replace("GATED", "2"))
    bench.claims(*(claim(number, f"long_{number}") for number in range(1, 5)))
    nodes.take(bench)
    bench.store.mkdir()
    timings = {f"ch09.ex0{number}:long_{number}": 30.0 * number for number in range(1, 5)}
    (bench.store / "timings.json").write_text(json.dumps(timings), "utf-8")
    outcomes = bench.store.glob

    first = bench.command("--on", "ray")
    until(lambda: len([*outcomes("*/*.outcome")]) == 2 and {"long_1", "long_2"} <= {*bench.tally()})
    first.kill()
    first.communicate(timeout=60)

    second = bench.command("--on", "ray")
    until(lambda: sorted(bench.tally()) == ["long_1", "long_1", "long_2", "long_2", "long_3", "long_4"])
    begun = time.monotonic()
    second.send_signal(signal.SIGINT)
    _, err = second.communicate(timeout=60)
    assert (second.returncode, err) == (130, IN_STORE)
    assert time.monotonic() - begun < 5

    gate = nodes.folder / "go_on"
    gate.touch()
    records = verify()
    gate.unlink()
    assert {record.verdict for record in records.values()} == {"reproduced"}
    assert sorted(bench.tally()) == ["long_1", "long_2"]
    assert len([*outcomes("*/*.outcome")]) == 4
    assert not list(bench.store.rglob("*.part"))
