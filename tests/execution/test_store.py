"""The store: whole or not at all; damage is reported and repaired, kills and parallel runs lose nothing."""

import dataclasses
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from unittest.mock import ANY

import pytest

from workshop import files
from workshop.execution import store as stores
from workshop.execution.run import Runner
from workshop.execution.seeds import seeds
from workshop.execution.store import Store, kept, usual_numbers
from workshop.files import write_atomically
from workshop.verification import results
from workshop.verification.results import Record, Results, recall, remember

STEPS = """
@dataclass(frozen=True)
class Old:
    x: int

@unit("ch09.ex01", value="a")
def steps(seed) -> float:
    import time
    tally(f"begin:{seed}")
    gate = Path(os.environ["TOY_TALLY"]).with_name("gate")
    if seed == SEED:
        while gate.exists():
            time.sleep(0.05)
    tally(f"end:{seed}")
    return float(seed)
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
    steps(bench)
    first, second = bench.verify(store=bench.store)["a"], bench.verify(store=bench.store)["a"]
    assert len(bench.tally()) == 10
    assert second == first


def test_no_store_neither_reads_nor_writes(bench):
    steps(bench)
    bench.verify(store=bench.store)
    bench.verify(store=None)
    assert len(bench.tally()) == 20


UNWRITABLE = {
    "": "can't be written (not a directory)",
    "locks": "can't be written (file exists)",
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_a_store_that_cannot_be_written_costs_one_line(bench, caplog, name):
    steps(bench)
    if name:
        bench.store.mkdir()
    (bench.store / name).touch()
    assert bench.verify(store=bench.store)["a"].verdict == "reproduced"
    assert len(bench.tally()) == 10
    (line,) = caplog.messages
    assert line.startswith("store: ")
    assert UNWRITABLE[name] in line
    assert line.endswith("not everything is stored: name another folder in WORKSHOP_STORE")


def test_where_no_checkpoint_can_be_kept_a_unit_runs_without(bench, caplog):
    bench.units(DOORS)
    bench.claims({"id": "ch09.ex01.a", "documented": 0})
    bench.store.mkdir()
    (bench.store / "checkpoints").touch()
    assert bench.verify(store=bench.store)["a"].verdict == "reproduced"
    assert len(caplog.messages) == len(entries(bench)) == 1


def test_checkpoints_and_temporary_files_of_killed_runs_are_swept(bench):
    steps(bench)
    bench.verify(store=bench.store)
    (entry, *_), store = entries(bench), Store(bench.store)
    kept, dropped = store.checkpoint_folder("0" * 40), store.checkpoint_folder(entry.stem)
    part = entry.with_name(f".{entry.name}.0123456789ab.part")
    own = kept / "state.npz.part"  # of a training, which a neighbour may be writing
    for path in (part, own):
        path.touch()
        os.utime(path, (0, 0))
    (store.folder / "locks" / "broken.lock").mkdir()
    bench.verify(store=bench.store)
    assert (own.exists(), dropped.exists(), part.exists(), entry.exists()) == (True, False, False, True)


TURNS = """
import os, sys
from pathlib import Path
from workshop.execution.store import Store

store, inside = Store(Path(sys.argv[1])), Path(sys.argv[1], "inside")
for _ in range(60):
    with store.lock("key", "it"):
        os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
        inside.unlink()
    store.sweep()
"""


def test_a_lock_that_is_removed_has_one_owner_at_a_time(tmp_path):
    """Three processes take turns while each removes locks; a second owner would find the file inside."""
    command = [sys.executable, "-c", TURNS, str(tmp_path)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    message = [process.communicate(timeout=300)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], message


def test_an_entry_with_other_fields_is_computed_again(bench, caplog):
    """An entry that is whole, but of a class that has changed since, counts as damaged."""
    steps(bench)
    bench.verify(store=bench.store)
    toy, path = sys.modules[bench.module], entries(bench)[0]
    Store(bench.store).put(path.stem, toy.Old(1), seconds=1.0)
    toy.Old = dataclasses.make_dataclass("Old", ["y"], frozen=True, namespace={"__module__": bench.module})
    assert bench.verify(store=bench.store)["a"].verdict == "reproduced"
    (line,) = caplog.messages
    assert f"is damaged ({bench.module}:Old has other fields in this code)" in line
    assert len(bench.tally()) == 12


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
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
    message = (line + err_1 + err_2).splitlines()
    assert len(message) == len(
        {text.split(":")[2] for text in message}
    )  # later seeds may meet again, each reported once


PIDS = """
@unit("ch09.ex01", value="a")
def one() -> int:
    import time
    tally(os.getpid())
    time.sleep(120)

@unit("ch09.ex02", value="a")
def two() -> int:
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
@unit("ch09.ex01", value="a")
def paint(workdir, checkpoint) -> int:
    (workdir / "file").write_text("x")
    tally(workdir)
    step = checkpoint / "step"
    done = int(step.read_text()) if step.exists() else 0
    if done == 0:
        step.write_text("1")
        if Path(os.environ["TOY_TALLY"]).with_name("gate").exists():
            os.kill(os.getpid(), 9)
    return done
"""


@pytest.mark.parametrize("stored", [True, False])
def test_a_workdir_is_removed_and_so_are_checkpoints_of_finished_work(bench, stored):
    bench.units(DOORS)
    bench.claims({"id": "ch09.ex01.a", "documented": 0})
    assert bench.verify(store=bench.store if stored else None)["a"].verdict == "reproduced"
    (workdir,) = bench.tally()
    assert not Path(workdir).exists()
    assert not list(bench.store.glob("checkpoints/*"))


def test_a_checkpoint_survives_a_kill(bench):
    bench.units(DOORS)
    bench.claims({"id": "ch09.ex01.a", "documented": 1})
    gate = bench.folder / "gate"
    gate.touch()
    process = bench.run()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    gate.unlink()
    out, _ = finish(bench.run())  # a process like the first: its surroundings are in the fingerprint
    assert '"reproduced"' in out


def test_first_steps_leave_and_find_no_checkpoint(bench):
    source = "def paint(workdir, checkpoint) -> A:\n"
    bench.units(
        DOORS.replace('value="a")', 'value="a", first_steps=True)').replace(
            source, source.replace("paint(", "paint(seed, ") + "    tally(checkpoint)\n"
        )
    )
    bench.claims({"id": "ch09.ex01.a", "documented": 0})
    planner = bench.engine()._planner(bench.ledger.claims.values())
    (part,) = (each for each in bench.catalogue.parts["ch09.ex01"] if each.first_steps)
    job = planner.job(part, 0, "default", "reference")
    Runner().execute([job], {}, bench.store)
    folder = Path(bench.tally()[0])
    assert bench.store not in folder.parents
    assert not folder.exists()


def test_timings_are_kept_and_a_damaged_file_of_them_costs_nothing(bench):
    steps(bench)
    bench.verify(store=bench.store)
    assert Store(bench.store).read_timings() == {**usual_numbers("seconds"), "ch09.ex01:steps": ANY}
    (bench.store / "timings.json").write_text("[", "utf-8")
    assert bench.verify(store=bench.store)["a"].verdict == "reproduced"


def test_the_last_verdicts_are_remembered_beside_the_store(tmp_path):
    def record(name: str, verdict: str) -> Record:
        return Record(name, "ch09.ex01", False, verdict, 1, 1, {}, "equal", None, (), 0.0, "")

    assert recall(tmp_path) == {}
    a, b = "ch09.ex01.a", "ch09.ex01.b"
    remember(Results({"python": "3", "cpu": "x"}, (record(a, "failed"), record(b, "failed"))), tmp_path)
    remember(Results({"python": "4"}, (record(b, "reproduced"),)), tmp_path)
    latest = recall(tmp_path)
    assert {name: r.verdict for name, r in latest.items()} == {a: "failed", b: "reproduced"}
    assert [latest[name].environment for name in (a, b)] == [{"python": "3"}, {"python": "4"}]


def test_the_last_records_are_read_once(tmp_path, monkeypatch):
    """Later commands take what was built of the file, or each would parse a megabyte again."""
    last = Record("ch09.ex01.a", "ch09.ex01", False, "failed", 1, 1, {}, "equal", None, (), 0.0, "")
    remember(Results({"python": "3"}, (last,)), tmp_path)
    first = recall(tmp_path)
    monkeypatch.setattr(results, "parse_json", lambda _: {})

    assert recall(tmp_path) == first != {}


@pytest.fixture
def making(tmp_path):
    """Return a function that keeps a value of some content, and the list of what was made."""
    made: list[str] = []

    def value(*content: str, store: Path | None = tmp_path, kind: str = "numbers") -> object:
        return kept(store, kind, content, lambda: made.append("".join(content)) or {"of": content})

    return value, made


def test_what_is_made_of_content_is_made_once(making):
    value, made = making
    first, again = value("a", "b"), value("a", "b")
    assert first == again == {"of": ["a", "b"]}
    assert made == ["ab"]
    value("ab"), value("a", "b", kind="words"), value("a", "c")
    assert made == ["ab", "ab", "ab", "ac"]
    assert value("a", "b", store=None) == first
    assert len(made) == 5


def test_another_package_makes_anew(making, monkeypatch):
    value, made = making
    value("a")
    monkeypatch.setattr(stores, "package_digest", lambda: "of another version")
    value("a")
    assert made == ["a", "a"]


def test_the_digest_of_the_package_is_of_all_that_it_has(monkeypatch, tmp_path):
    monkeypatch.setattr(files, "__file__", str(tmp_path / "package" / "files.py"))

    def digest(name: str, content: str) -> str:
        (path := tmp_path / "package" / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return files.package_digest.__wrapped__()

    first = digest("ledger.yaml", "a")
    assert digest("__pycache__/ledger.pyc", "b") == first
    assert len({first, digest("runs.json", "a"), digest("runs.json", "b"), digest("ledger.yaml", "b")}) == 4
    known = files.package_digest.__wrapped__()
    monkeypatch.setattr(files.metadata, "version", lambda name: "999")
    assert files.package_digest.__wrapped__() != known


def test_the_digest_of_the_package_is_kept_while_no_file_changes(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "__file__", str(tmp_path / "package" / "files.py"))
    (file := tmp_path / "package" / "ledger.yaml").parent.mkdir()
    file.write_text("a")
    digest, kept_in = files.package_digest.__wrapped__, tmp_path / "cache" / "built" / "package"
    first = digest()
    assert not kept_in.exists()
    monkeypatch.setattr(files, "_CLOCK", -10.0)
    assert digest() == first
    assert kept_in.exists()
    before = file.stat()
    with monkeypatch.context() as context:
        context.setattr(Path, "read_bytes", None)
        assert digest() == first
    file.write_text("b")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert digest() != first
    kept_in.write_bytes(b"\xff")
    file.write_text("a")
    assert digest() == first


@pytest.mark.parametrize("damage", [b"", b"{}", b"0\n{}", "other"])
def test_what_is_damaged_is_made_again(making, tmp_path, damage):
    value, made = making
    first = value("a")
    (file,) = tmp_path.glob("kept/numbers/*.json")
    file.write_bytes(file.read_bytes().replace(b"a", b"b", 1) if damage == "other" else damage)
    assert value("a") == first
    assert made == ["a", "a"]


def test_nothing_is_kept_of_what_fails(making, tmp_path):
    with pytest.raises(ZeroDivisionError):
        kept(tmp_path, "numbers", "a", lambda: 1 / 0)
    assert kept(tmp_path, "numbers", "a", lambda: None) is None
    assert not list(tmp_path.rglob("*.json"))
    value, made = making
    (tmp_path / "file").touch()
    value("a", store=tmp_path / "file"), value("a", store=tmp_path / "file")
    assert made == ["a", "a"]


def test_the_oldest_make_room(making, monkeypatch, tmp_path):
    value, _ = making
    value("a")
    size = sum(path.stat().st_size for path in tmp_path.rglob("*.json"))
    for age in range(1, 9):
        value(str(age))
        newest = max(tmp_path.rglob("*.json"), key=lambda path: path.stat().st_ctime_ns)
        os.utime(newest, (age, age))
    monkeypatch.setattr(stores, "_MOST_KEPT", 6 * size)
    stores._make_room.cache_clear()
    value("b")
    assert len(list(tmp_path.rglob("*.json"))) == 3
    ages = sorted(path.stat().st_mtime for path in tmp_path.rglob("*.json"))
    assert ages[0] == 8


def test_what_is_too_large_to_be_kept_goes_itself(making, monkeypatch, tmp_path):
    """Though it is the newest."""
    value, _ = making
    monkeypatch.setattr(stores, "_MOST_KEPT", 5)
    stores._make_room.cache_clear()
    assert value("a") == {"of": ["a"]}
    assert not list(tmp_path.rglob("*.json"))
