"""What a cluster can do to a run: nothing finished is lost, nothing counts twice, each is named in a line."""

from __future__ import annotations

import json
import re
import signal
import threading
import time
from collections import Counter
from contextlib import closing

import pytest

from tests.execution.test_process_pool import IN_STORE
from workshop.execution.cluster.ray_cluster import RayCluster

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

@unit("ch09.ex02", value="a")
def killed() -> int:
    tally("killed")
    os.kill(os.getpid(), signal.SIGKILL)

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

@unit("ch09.ex07", value="a")
def large() -> int:
    tally("large")
    content = b"a" * 2_400_000_000
    time.sleep(1.5)
    return 1

@unit("ch09.ex08", value="a")
def impossible() -> int:
    tally("impossible")
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


def test_lost_processes_cost_their_own_task_alone(bench, nodes, verify, caplog) -> None:
    """A process of ours and one of Ray's are tried again, what kills three fails, exceptions fail at once."""
    bench.units(UNITS.replace("BAD", "None"))
    for gate in ("gate_1", "gate_3"):
        (nodes.folder / gate).touch()
    names = ["killed_once", "killed", "rays_own", "raises"]
    bench.claims(*(claim(number, name) for number, name in enumerate(names, 1)), claim(6, "fine"))

    records = verify()

    verdicts = {name: record.verdict for name, record in records.items()}
    assert verdicts == {
        "killed_once": "reproduced",
        "killed": "failed",
        "rays_own": "reproduced",
        "raises": "failed",
        "fine": "reproduced",
    }
    killed = "ch09.ex02:killed: its process was killed by signal 9 (SIGKILL), 3 times; out of memory? on node"
    assert records["killed"].reason.startswith(killed)
    assert records["raises"].reason == "ch09.ex04:raises raised ValueError: its own"
    counted = Counter(bench.tally())
    assert counted == {"killed_once": 2, "killed": 3, "rays_own": 2, "raises": 1, "fine": 1}
    lost = [line.split(" was lost")[0] for line in own_lines(caplog) if "was lost" in line]
    assert Counter(lost) == {"ch09.ex01:killed_once": 1, "ch09.ex02:killed": 2, "ch09.ex03:rays_own": 1}


def test_the_seed_that_kills_its_worker_is_named(bench, verify) -> None:
    """The other seeds of its task run by themselves, and none is computed twice for the store."""
    seed = bench_seed(bench, 3)
    bench.units(UNITS.replace("BAD", str(seed)))
    bench.seed_count = 10
    bench.claims({**claim(5, "one_seed_kills"), "rule": {"at_least": {"bound": 0}}})
    (bench.store).mkdir()
    (bench.store / "timings.json").write_text(json.dumps({"ch09.ex05:one_seed_kills": 1.0}), "utf-8")

    reason = verify()["one_seed_kills"].reason

    assert reason.startswith("ch09.ex05:one_seed_kills#3: its process was killed by signal 9")
    assert len([*bench.store.glob("*/*.outcome")]) == 9
    assert Counter(bench.tally())[str(seed)] == 3


def bench_seed(bench, index: int) -> int:
    """Return a seed of the toy unit."""
    from workshop.execution.seeds import seeds

    return seeds("ch09.ex05", index + 1)[index]


def test_memory_and_time_of_a_task_are_limited(bench, verify) -> None:
    """What needs more than any node has is not sent; what uses more than was reserved is stopped, and the
    next run reserves more.
    """
    bench.units(UNITS)
    named = {1: "killed_once", 6: "fine", 7: "large", 8: "impossible", 9: "late"}
    bench.claims(*(claim(number, name) for number, name in named.items()))
    bench.store.mkdir()
    peaks = {"ch09.ex07:large": 300_000_000, "ch09.ex08:impossible": 10**12}
    (bench.store / "peaks.json").write_text(json.dumps(peaks), "utf-8")

    records = verify(timeout=8)

    assert {name: records[name].verdict for name in ("killed_once", "fine")} == {
        "killed_once": "reproduced",
        "fine": "reproduced",
    }
    assert records["impossible"].reason == (
        "ch09.ex08:impossible: it needs 1201.0 GB of memory, and the largest node has 10.0 GB and 0 GPUs"
    )
    over = r"ch09.ex07:large: was stopped: it used [\d.]+ GB of memory, and 2.0 GB were reserved for it"
    assert re.fullmatch(over, records["large"].reason)
    assert records["late"].reason == "ch09.ex09:late: was stopped at its time limit of 8 s (--timeout)"
    assert sorted(bench.tally()) == ["fine", "killed_once", "large", "late"]
    bench.claims(claim(7, "large"))
    assert verify()["large"].verdict == "reproduced"


def test_what_ran_on_a_node_that_is_gone_runs_elsewhere(bench, nodes, verify, until, caplog) -> None:
    """The node is named once; what was finished stays."""
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
    lines = own_lines(caplog)
    assert lines.count("node N is gone: its tasks run elsewhere") == 1
    assert len([line for line in lines if "was lost with its process on node N: it runs again" in line]) == 1


def test_a_node_of_another_environment_is_left_out(nodes, caplog) -> None:
    """With what differs; nothing runs there."""
    node = nodes.add(OPENBLAS_CORETYPE="Prescott")
    try:
        with closing(RayCluster("ray")) as cluster:
            assert cluster.cores == 2
            assert node not in cluster.nodes()
    finally:
        nodes.remove(node)
    (line,) = [line for line in own_lines(caplog) if "left out" in line]
    assert line.startswith("node N is left out: another environment: cpu ")
    assert "OPENBLAS_CORETYPE=Prescott" in line


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_ends_early_goes_on(bench, nodes, until, number: int) -> None:
    """Killed or interrupted, it leaves what it has finished; the next run computes the rest alone."""
    bench.units(LONG.replace("GATED", "2"))
    bench.claims(*(claim(number, f"long_{number}") for number in range(1, 5)))
    nodes.take(bench)
    bench.store.mkdir()
    timings = {f"ch09.ex0{number}:long_{number}": 30.0 * number for number in range(1, 5)}
    (bench.store / "timings.json").write_text(json.dumps(timings), "utf-8")
    gate = nodes.folder / "go_on"
    first = bench.command("--on", "ray")
    until(lambda: len([*bench.store.glob("*/*.outcome")]) == 2 and {"long_1", "long_2"} <= {*bench.tally()})

    begun = time.monotonic()
    first.send_signal(number)
    _, err = first.communicate(timeout=60)

    if number == signal.SIGINT:
        assert (first.returncode, err) == (130, IN_STORE)
        assert time.monotonic() - begun < 5
    gate.touch()
    second = bench.command("--on", "ray")
    second.communicate(timeout=120)
    gate.unlink()
    assert second.returncode == 0
    counted = Counter(bench.tally())
    assert (counted["long_3"], counted["long_4"]) == (1, 1)
    assert len([*bench.store.glob("*/*.outcome")]) == 4
    assert not list(bench.store.rglob("*.part"))
