"""The store: whole or not at all; damage is told and mended, kills and simultaneous runs lose nothing."""

from __future__ import annotations

import dataclasses
import logging
import os
import signal
import subprocess
from collections import Counter
from pathlib import Path
from unittest.mock import ANY

import pytest

from workshop.files import write_atomically
from workshop.verification.results import Record, Results
from workshop.verification.seeds import seeds
from workshop.verification.store import Store, usual_seconds

STEPS = """
@dataclass(frozen=True)
class Old:
    x: int

@dataclass(frozen=True)
class A:
    a: float

@unit("ch09.ex01")
def steps(seed) -> A:
    import time
    tally(f"begin:{seed}")
    gate = Path(os.environ["TOY_TALLY"]).with_name("gate")
    if seed == SEED:
        while gate.exists():
            time.sleep(0.05)
    tally(f"end:{seed}")
    return A(float(seed))
"""
FIVE = seeds("ch09.ex01", 5)
RULE = {"at_least": {"bound": 0}}


def steps(bench, held: int = 0) -> None:
    """Five seeds, of which the one at place `held` waits for as long as there is a gate."""
    bench.units(STEPS.replace("SEED", str(FIVE[held])))
    bench.claims({"id": "ch09.ex01.a", "rule": RULE})
    bench.seed_count = 5


def entries(bench) -> list[Path]:
    """Return the files of the stored outcomes."""
    return sorted(bench.store.glob("*/*.outcome"))


def test_unchanged_work_is_not_repeated(bench):
    """A second run finds the outcomes, and the seconds that they took."""
    steps(bench)
    first, second = bench.verify(store=bench.store)["a"], bench.verify(store=bench.store)["a"]
    assert len(bench.tally()) == 10
    assert second == first


def test_no_store_neither_reads_nor_writes(bench):
    """Without a store every run computes."""
    steps(bench)
    bench.verify(store=bench.store)
    bench.verify(store=None)
    assert len(bench.tally()) == 20


DAMAGES = {
    "last byte deleted": lambda data: data[:-1],
    "empty": lambda data: b"",
    "no newline": lambda data: b"{}",
    "head without checksum": lambda data: b"{}\n" + data.split(b"\n", 1)[1],
    "a bit turned over": lambda data: data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_computed_again_and_said_so_in_one_line(bench, caplog, damage: str):
    """The verdict is as before, one seed is computed again, the log has one line."""
    steps(bench)
    before = bench.verify(store=bench.store)["a"]
    path = entries(bench)[0]
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with caplog.at_level(logging.WARNING, "workshop.store"):
        after = bench.verify(store=bench.store)["a"]
    assert (after.verdict, after.measured) == (before.verdict, before.measured)
    assert len(bench.tally()) == 12
    (line,) = caplog.messages
    assert line.startswith(f"store: entry {path.name} is damaged (")
    assert line.endswith("): it is computed again")
    assert "\n" not in line


def test_an_entry_with_other_fields_is_computed_again(bench, caplog):
    """An entry that is whole, but of a class that has changed since, counts as damaged."""
    import sys

    steps(bench)
    bench.verify(store=bench.store)
    toy, path = sys.modules[bench.module], entries(bench)[0]
    Store(bench.store).put(path.stem, toy.Old(1), seconds=1.0)
    toy.Old = dataclasses.make_dataclass("Old", ["y"], frozen=True)
    assert bench.verify(store=bench.store)["a"].verdict == "reproduced"
    (line,) = caplog.messages
    assert f"is damaged ({bench.module}:Old has other fields in this code)" in line
    assert len(bench.tally()) == 12


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What goes wrong on the way leaves the old file and nothing beside it."""
    path = tmp_path / "file"
    write_atomically(path, b"old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Wait for a run and return what it printed."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out, err


def test_a_run_killed_in_the_middle_continues_where_it_was(bench, until):
    """Finished seeds are not computed again, the rest is."""
    steps(bench, held=2)
    gate = bench.folder / "gate"
    gate.touch()
    process = bench.run()
    until(lambda: f"begin:{FIVE[2]}" in bench.tally())
    process.kill()
    process.communicate()
    gate.unlink()
    out, _ = finish(bench.run())
    assert '"reproduced"' in out
    counts = Counter(bench.tally())
    assert [counts[f"begin:{seed}"] for seed in FIVE] == [1, 1, 2, 1, 1]
    assert [counts[f"end:{seed}"] for seed in FIVE] == [1, 1, 1, 1, 1]


def test_two_runs_at_once_compute_each_outcome_once(bench, until):
    """The second run waits for the first where they meet, and says so in one line."""
    steps(bench)
    gate = bench.folder / "gate"
    gate.touch()
    first = bench.run()
    until(lambda: f"begin:{FIVE[0]}" in bench.tally())
    second = bench.run()
    line = second.stderr.readline()
    gate.unlink()
    (out_1, err_1), (out_2, err_2) = finish(first), finish(second)
    assert line.startswith("store: another run computes ch09.ex01:steps#0: waiting for it")
    assert out_1 == out_2
    assert Counter(bench.tally()) == Counter([f"{w}:{s}" for s in FIVE for w in ("begin", "end")])
    told = (line + err_1 + err_2).splitlines()
    assert len(told) == len(
        {text.split(":")[2] for text in told}
    )  # later seeds may meet again, each told once


PIDS = """
@dataclass(frozen=True)
class A:
    a: int

@unit("ch09.ex01")
def one() -> A:
    import time
    tally(os.getpid())
    time.sleep(120)

@unit("ch09.ex02")
def two() -> A:
    import time
    tally(os.getpid())
    time.sleep(120)
"""


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie that nobody has collected does not)."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_a_killed_run_leaves_no_worker_behind(bench, until):
    """With several processes, workers end when the run that started them is gone."""
    bench.units(PIDS)
    bench.claims(*({"id": f"ch09.ex0{i}.a"} for i in (1, 2)))
    process = bench.run(processes=2)
    until(lambda: len(bench.tally()) == 2)
    workers = [int(pid) for pid in bench.tally()]
    assert all(map(alive, workers))
    process.send_signal(signal.SIGKILL)
    process.wait()
    try:
        until(lambda: not any(map(alive, workers)))
    finally:
        for pid in filter(alive, workers):
            os.kill(pid, signal.SIGKILL)
        process.communicate()


DOORS = """
@dataclass(frozen=True)
class A:
    a: int

@unit("ch09.ex01")
def paint(workdir, checkpoint) -> A:
    (workdir / "file").write_text("x")
    tally(workdir)
    step = checkpoint / "step"
    done = int(step.read_text()) if step.exists() else 0
    if done == 0:
        step.write_text("1")
        if Path(os.environ["TOY_TALLY"]).with_name("gate").exists():
            os.kill(os.getpid(), 9)
    return A(done)
"""


@pytest.mark.parametrize("stored", [True, False])
def test_a_workdir_is_removed_and_so_are_checkpoints_of_finished_work(bench, stored: bool):
    """What a unit writes through its doors does not pile up."""
    bench.units(DOORS)
    bench.claims({"id": "ch09.ex01.a", "documented": 0})
    assert bench.verify(store=bench.store if stored else None)["a"].verdict == "reproduced"
    (workdir,) = bench.tally()
    assert not Path(workdir).exists()
    assert not list(bench.store.glob("checkpoints/*"))


def test_a_checkpoint_survives_a_kill(bench):
    """The run after a kill finds what the killed one had saved."""
    bench.units(DOORS)
    bench.claims({"id": "ch09.ex01.a", "documented": 1})
    gate = bench.folder / "gate"
    gate.touch()
    process = bench.run()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    gate.unlink()
    assert bench.verify(store=bench.store)["a"].verdict == "reproduced"


def test_timings_are_kept_and_a_damaged_file_of_them_costs_nothing(bench):
    """The seconds of parts order the next run; they are a hint only."""
    steps(bench)
    bench.verify(store=bench.store)
    assert Store(bench.store).read_timings() == {**usual_seconds(), "ch09.ex01:steps": ANY}
    (bench.store / "timings.json").write_text("[", "utf-8")
    assert Store(bench.store).read_timings() == usual_seconds()
    assert bench.verify(store=bench.store)["a"].verdict == "reproduced"


def test_the_last_verdicts_are_remembered_beside_the_store(tmp_path: Path):
    """A later verdict replaces the claim's earlier one and leaves the others."""
    from workshop.verification.latest import recall, remember

    def record(name: str, verdict: str) -> Record:
        return Record(name, "ch09.ex01", False, verdict, 1, 1, {}, "equal", None, (), 0.0, "")

    assert recall(tmp_path) == {}
    remember(Results({"python": "3", "cpu": "x"}, (record("a", "failed"), record("b", "failed"))), tmp_path)
    remember(Results({"python": "4"}, (record("b", "reproduced"),)), tmp_path)
    latest = recall(tmp_path)
    assert {name: r["verdict"] for name, r in latest.items()} == {"a": "failed", "b": "reproduced"}
    assert [latest[name]["environment"] for name in "ab"] == [{"python": "3"}, {"python": "4"}]
    (tmp_path / "latest.json").write_text("{", "utf-8")
    assert recall(tmp_path) == {}
