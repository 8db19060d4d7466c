import json
import os
import re
import subprocess
import sys
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.conftest import Timing
from benchmarks.contenders import LIBRARIES, OURS, PATHS
from benchmarks.harness import cases, goals, workers
from benchmarks.harness import session as sessions
from benchmarks.harness.cases import ERRANDS, TRAININGS, Case
from benchmarks.harness.contests import Ratio, Times
from benchmarks.harness.goals import Goal, Record
from benchmarks.harness.jobs import Errand
from benchmarks.harness.session import Contest, Session
from benchmarks.harness.work import Limits
from benchmarks.harness.workers import ContenderError, Worker, missing
from benchmarks.report import write_page
from tests.benchmarks.conftest import ROOT, Run
from workshop.execution.environment import this_environment

PERCEPTRON = TRAININGS[0]
# a session started from a test is not part of the session that runs the test
ALONE = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}


def test_benchmarks_refuse_company(benchmarks):
    answer = benchmarks("benchmarks", "-n", "2")

    assert answer.ret == pytest.ExitCode.USAGE_ERROR
    assert "benchmarks need the machine for themselves: leave -n out" in answer.stderr.str()


def test_a_gpu_that_is_not_seen_is_a_reason(benchmarks):
    answer = benchmarks("benchmarks", "-m", "gpu", "-k", "perceptron")

    assert answer.ret == pytest.ExitCode.OK
    assert "run it on a machine that has one" in answer.stdout.str()
    assert " passed" not in answer.stdout.str()


@pytest.mark.parametrize(
    "options", [("--benchmark-skip",), ("--benchmark-only", "-k", "named_nowhere"), ("--benchmark-compare",)]
)
def test_where_nothing_is_measured_pytest_ends_as_usual(benchmarks, options, tmp_path):
    storage = f"--benchmark-storage=file://{tmp_path}"
    chosen = ("-k", "perceptron and gpu", storage, f"--benchmark-json={tmp_path / 'bench.json'}")

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("default")
        answer = benchmarks("benchmarks", *chosen, *options)
    printed = "\n".join([answer.stdout.str(), answer.stderr.str(), *(str(each.message) for each in said)])

    assert answer.ret in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}, printed
    assert "INTERNALERROR" not in printed
    assert "Traceback" not in answer.stderr.str()
    assert "Not saving anything, no benchmarks have been run!" in printed


def test_collecting_starts_nothing():
    code = (
        "import sys, pytest\n"
        "assert pytest.main(['benchmarks', '--collect-only', '-q', '-p', 'no:cacheprovider']) == 0\n"
        "sys.exit([m for m in ('tensorflow', 'torch', 'jax', 'onnxruntime') if m in sys.modules] or 0)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=ALONE, capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "[cpu-training step: perceptron batch=21-ours]" in answer.stdout
    assert "[gpu-convolution: one channel batch=1 side=224 channels=1-tf.nn.conv2d]" in answer.stdout
    assert "[gpu-convolution: one channel batch=1 side=224 channels=1-ours]" not in answer.stdout


def read(file: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return a file's part on the session, and what it says of each contender."""
    content = json.loads(file.read_text("utf-8"))
    infos = [{**each["extra_info"], "seconds": each["stats"]["median"]} for each in content["benchmarks"]]
    return content["workshop"], {info["contender"]: info for info in infos}


@pytest.mark.nightly
def test_a_contest_of_all_libraries(benchmarks, tmp_path):
    pytest.importorskip("tensorflow")
    file = tmp_path / "bench.json"
    chosen = ("benchmarks", "-m", "cpu", "-k", "perceptron", "--benchmark-only", "--all")
    answer = benchmarks(*chosen, f"--benchmark-json={file}")

    assert "error" not in answer.stdout.str().lower(), answer.stdout  # a gate may fire on a busy machine
    run, measured = read(file)
    here = [name for name, (library, _) in PATHS[PERCEPTRON.path].items() if missing(library) is None]
    assert [*measured] == here
    assert {out["contender"] for out in run["left_out"]} == set(PATHS[PERCEPTRON.path]) - set(here)
    assert all("pip install --group peers" in out["reason"] for out in run["left_out"])
    ours = measured[OURS]
    assert {goal["against"] for goal in ours["goals"]} >= {"tf.function loop", "Keras fit"}
    assert 0 < ours["fraction"] < 1
    assert measured["Keras fit"]["ratio"]["median"] > 10


# a contest of NumPy alone, and a library that is not there
TOY = replace(cases._convolution("toy", (2, 8, 8, 3), 4, loop=True), names=(OURS, "Python loop", "PyTorch"))
TESTS = """
from benchmarks.test_contests import contests
from tests.benchmarks.test_session import TOY

@contests([TOY])
def test_toy(compete, device, case, contender):
    compete(device, case, contender)
"""


@pytest.fixture
def toy(benchmarks, pytester, monkeypatch) -> Run:
    """Return a function that runs the toy contest, with limits of small arrays."""
    monkeypatch.chdir(pytester.path)
    monkeypatch.setitem(LIBRARIES, "torch", (("no_such_module",), {}))
    monkeypatch.setattr(sessions, "MEASURES", {"numpy": sessions.MEASURES["numpy"]})
    monkeypatch.setattr(sessions, "SIDE", 256)
    monkeypatch.setattr(sessions, "COPIED", 2**22)
    monkeypatch.setattr(sessions, "goals_of", lambda *_: [Goal("Python loop", 2.0, 1.0)])
    pytester.makeini("[pytest]\nworkshop_suite = true")
    pytester.makepyfile(TESTS)
    return partial(benchmarks, "-p", "benchmarks.conftest", "-m", "cpu")


def test_a_contest_ends_in_a_json_that_is_reported_and_compared(toy, tmp_path):
    storage = f"--benchmark-storage=file://{tmp_path / 'saved'}"
    files = f"--benchmark-json={tmp_path / 'bench.json'}", f"--record={tmp_path / 'recorded.yaml'}"
    answer = toy("--all", "--benchmark-only", *files, "--benchmark-autosave", storage)
    again = toy(storage, "--benchmark-compare=0001").stdout.str()

    printed = answer.stdout.str()
    assert answer.ret == pytest.ExitCode.OK, printed
    said = re.findall(r"^\.*convolution: toy .*?  (.+?) [\d.,]+ [mµ]?s(.*)", printed, re.MULTILINE)
    assert [name for name, _ in said] == [OURS, "Python loop"]
    # the only contest is done, and the same one on a GPU is not chosen
    assert re.fullmatch(r", ✔ Python loop ×.* \(goal 2\)", said[0][1])
    assert "left out: PyTorch: no_such_module is not installed: pip install --group peers" in printed
    assert "PyTorch" not in again  # there is no goal against it, so it competes by --all
    assert re.search(r"\[cpu-convolution: toy .*-ours\] \(NOW\)", again)
    assert re.search(r"\[cpu-convolution: toy .*-ours\] \(0001_", again)
    run, measured = read(tmp_path / "bench.json")
    assert f"recorded for the first time, so checked by no gate: {run['machine']}" in printed
    assert [*measured] == [OURS, "Python loop"]
    ours, loop = measured.values()
    recorded = Record(tmp_path / "recorded.yaml").of(run["machine"], TOY.path, TOY.id)
    assert recorded["Python loop"] == pytest.approx(loop["ratio"]["median"], rel=0.01)
    assert [out["contender"] for out in run["left_out"]] == ["PyTorch"]
    assert [(goal["against"], goal["state"]) for goal in ours["goals"]] == [("Python loop", "met")]
    limits = Limits(**run["limits"])
    assert 0 < ours["fraction"] < 1
    assert ours["fraction"] == pytest.approx(TOY.work.floor(limits) / ours["seconds"])
    assert limits.flops > 1e9
    assert run["environment"]["device"] == "cpu"
    assert loop["ratio"]["median"] == pytest.approx(loop["seconds"] / ours["seconds"], rel=0.5)
    write_page(json.loads((tmp_path / "bench.json").read_text("utf-8")), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert all(
        text in page for text in ("<svg", "Python loop", "2.00: met", "no_such_module is not installed")
    )
    assert not re.search(r"<script|<link|<img|src=|href=", page)


STORE_HIT = ERRANDS[-1]


def made_up_contest(factor: float) -> Contest:
    """Return the contest of a store hit in which the other contender takes n times as long as ours."""
    noise = np.random.default_rng(1).uniform(0.99, 1.01, 20)
    return Contest(STORE_HIT, Times({OURS: np.ones(20), "pickle": factor * noise}, OURS), {}, 3.0)


@pytest.fixture
def session(monkeypatch, tmp_path) -> Session:
    """Return a session with a goal, and a record of 2.00 times as long as ours on this class of processor."""
    record = Record(tmp_path / "recorded.yaml")
    made = Session(1, record)
    record.add(made.machine("cpu"), STORE_HIT.path, STORE_HIT.id, {"pickle": 2.0})
    monkeypatch.setattr(goals, "_content", lambda: {STORE_HIT.path: {STORE_HIT.id: {"pickle": 4.0}}})
    monkeypatch.setattr(made, "limits", lambda device: Limits(1e9, 1e9, ""))
    return made


@pytest.mark.parametrize(
    ("measured", "runs"), [([2.1], 1), ([1.5, 2.0], 2), ([1.5, 1.4], 2), ([2.6], 1), ([1.7], 1)]
)
def test_a_gate_that_fires_is_confirmed_in_fresh_processes(session, monkeypatch, measured, runs):
    made, closed = iter(map(made_up_contest, measured)), []
    monkeypatch.setattr(session, "_run", lambda case, device: next(made))
    monkeypatch.setattr(session, "close", lambda: closed.append(True))

    contest = session.contest(STORE_HIT, "cpu")

    assert contest.times.ratio("pickle").median == pytest.approx(measured[-1], rel=0.02)
    assert len(closed) == runs - 1
    assert next(made, None) is None
    (goal,) = session.goals(contest, "cpu")
    assert (goal["state"], goal["fired"]) == ("missed", measured[-1] < 1.6)


def test_a_class_of_processors_that_is_new_is_recorded(session, monkeypatch):
    monkeypatch.setattr(session, "_run", lambda case, device: made_up_contest(0.5))
    monkeypatch.setattr(session, "machine", lambda device: "another class")

    (before,) = session.goals(session.contest(STORE_HIT, "cpu"), "cpu")
    session.keep()
    (after,) = session.goals(session.contest(STORE_HIT, "cpu"), "cpu")

    assert (before["gate"], before["fired"]) == (None, False)
    assert after["gate"] == pytest.approx(0.8 * 0.5, rel=0.02)
    assert session.new == {"another class": 1}
    assert session.recorded_seconds(STORE_HIT.path, STORE_HIT.id, "cpu") == 3.0


@pytest.mark.parametrize("chosen", ["", ", ONEDNN_MAX_CPU_ISA=AVX2, OPENBLAS_CORETYPE=Haswell"])
def test_a_class_is_one_short_name_with_the_instructions_that_were_chosen(chosen, monkeypatch):
    cpu = f"AMD EPYC (family 25, avx, avx2, fma){chosen}"
    here = replace(this_environment(), threads=2, cpu=cpu, instructions="avx2")
    monkeypatch.setattr(sessions, "this_environment", lambda: here)

    assert Session(2).machine("gpu") == f"AMD EPYC, avx2{chosen}, gpu, 2 thread(s)"


def test_the_time_left_follows_the_record():
    short, long, new = (("engine", name, "cpu") for name in ("ledger", "import", "report"))
    timing = Timing({short: 1.0, long: 9.0, new: None})

    timing.taken[short] = 2.0
    assert timing.left == pytest.approx(2 * (9 + 5))
    timing.taken |= {long: 18.0, new: 10.0}
    assert timing.left == 0


@pytest.mark.parametrize(
    ("high", "ends", "said"),
    [
        (0.9, pytest.ExitCode.OK, "0 are beyond 1.15, 0 would fire a gate of 0.8"),
        (0.7, pytest.ExitCode.TESTS_FAILED, "1 are beyond 1.15, 1 would fire a gate of 0.8"),
    ],
)
def test_our_code_competes_with_itself(toy, monkeypatch, high, ends, said):
    """An A/A run says how many intervals miss 1 and how many would alarm, and leaves no benchmark."""
    measured: list[Ratio] = []

    def judged(session: Session, case: Case, device: str) -> Ratio:
        measured.append(against_itself(session, case, device))
        return Ratio(high, high - 0.1, high)  # what is measured depends on the machine

    against_itself = Session.against_itself
    monkeypatch.setattr(Session, "against_itself", judged)

    answer = toy("--self-test")

    printed = answer.stdout.str()
    assert answer.ret == ends, printed
    assert "self-test: of 1 intervals of our code against itself 1 do not contain 1 (stated: 1%)" in printed
    assert said in printed
    assert "benchmark: " not in printed.split("self-test")[1]
    (ratio,) = measured
    assert 0 < ratio.low <= ratio.median <= ratio.high


def test_contenders_that_differ_do_not_race(monkeypatch):
    monkeypatch.setitem(PATHS["engine"], "pickle", ("numpy", "engine.bare_python_and_allowance"))
    session = Session(1)
    monkeypatch.setattr(session, "limits", lambda device: None)

    try:
        with pytest.raises(AssertionError, match="pickle differ from those of ours by inf"):
            session.contest(STORE_HIT, "cpu")
    finally:
        session.close()


def test_a_contender_that_fails_says_where():
    worker = Worker("numpy", device="cpu", threads=1)
    try:
        with pytest.raises(ContenderError, match="KeyError: 'no such errand'"):
            worker.prepare("engine.ours", Errand("no such errand"))
        worker.prepare("engine.pickled", Errand("store hit"))
        assert worker.seconds("engine.pickled") > 0
    finally:
        worker.close()


def test_a_process_that_dies_is_reported():
    worker = Worker("numpy", device="cpu", threads=1)
    worker._process.kill()

    with pytest.raises(ContenderError, match="the process of numpy died"):
        worker.prepare("engine.ours", Errand("import"))
    worker.close()


def test_short_calls_are_timed_together(monkeypatch):
    from benchmarks.harness.jobs import Prepared

    calls = []
    prepared = Prepared(lambda: calls.append(1), units=10)
    monkeypatch.setattr(workers, "_prepared", lambda function, job: prepared)
    ready: dict = {}

    workers._prepare(ready, "any", None)
    calls.clear()
    seconds = workers._seconds(ready, "any")

    assert len(calls) == workers.MOST_CALLS + 1  # one before warms the caches
    assert 0 < seconds * 10 < 1e-4
