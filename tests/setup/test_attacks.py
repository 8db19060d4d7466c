"""The suite of faults judges rightly: one planted fault of each kind is counted, and nothing else."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.attacks.__main__ import PAGE
from tests.attacks.damage import DAMAGES, ODD, _use
from tests.attacks.judging import (
    COLUMNS,
    Tally,
    answer_of_reference,
    answer_of_results,
    differing,
    lost,
    outcomes,
)
from tests.attacks.lab import Lab, Place
from tests.attacks.living import JSON, TARGETS


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_changes_the_entry(name, tmp_path):
    for entry in ("aa", "bb"):
        (tmp_path / f"{entry}.outcome").write_bytes(entry.encode() * 50)
    before = outcomes(tmp_path)
    DAMAGES[name](tmp_path / "aa.outcome", tmp_path / "bb.outcome")

    assert "aa.outcome" in lost(before, outcomes(tmp_path))


SAID = ["workshop: store: entry aa.outcome is damaged (it is not a file): it is computed again"]
# what the run says, its exit code, the file that it removes (-) or leaves, and what is counted
FAULTS: dict[str, tuple[list[str], int | None, str, str]] = {
    "as it should": (SAID, 0, "", ""),
    "a sound entry is gone": (SAID, 0, "-store/bb.outcome", "lost"),
    "a traceback": ([*SAID, "Traceback (most recent call last)", "OSError: full"], 0, "", "tracebacks"),
    "no line for the odd one": ([], 0, "", "wrong"),
    "exit code 1": (SAID, 1, "", "wrong"),
    "it waits for ever": (SAID, None, "", "wrong"),
    "no results": (SAID, 0, "-results/r.json", "wrong"),
    "what it names is imported": (SAID, 0, "ran", "wrong"),
    "a part is left": (SAID, 0, "store/.bb.part", "leaks"),
    "a download is left": (SAID, 0, "cache/incoming/x", "leaks"),
    "a temporary file is left": (SAID, 0, "tmp/x", "leaks"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_planted_fault_is_counted(case, monkeypatch):
    """The usual answer, one line for the odd entry, all sound entries, and nothing else."""
    said, code, file, counted = FAULTS[case]

    def start(lab: Lab, place: Place, words: tuple[str, ...], wrap: object = ()) -> SimpleNamespace:
        _results(place.root / JSON)
        if file.startswith("-"):
            (place.root / file[1:]).unlink()
        elif file:
            (place.root / file).parent.mkdir(exist_ok=True)
            (place.root / file).touch()
        return SimpleNamespace(text="\n".join(said), end=lambda limit: code)

    monkeypatch.setattr(Lab, "start", start)
    tally = Tally("shared")
    with Lab(seed=1) as lab:
        place = lab.place()
        (place.store / "bb.outcome").write_bytes(b"b")
        usual = answer_of_results(_results(lab.root / "usual.json"))
        _use(lab, tally, place, usual, outcomes(place.store), 1)

    kinds = ("lost", "tracebacks", "orphans", "leaks", "wrong")
    assert [name for name in kinds if getattr(tally, name)] == counted.split()
    assert tally.clean == (not counted)


def _results(path: Path, **changed: object) -> Path:
    claim = {"id": "ch01.ex01.a", "verdict": "reproduced", "documented": 1, "measured": 1, "beside": {}}
    claim = {**claim, "margin": None, "seeds": [], "seconds": 0.5, "reason": "", **changed}
    path.write_text(json.dumps({"claims": [claim]}), "utf-8")
    return path


def test_answers_differ_by_values_and_not_by_time(tmp_path):
    """Seconds and reasons may differ; a killed run may have less, a finished one must have all."""
    usual = answer_of_results(_results(tmp_path / "a.json"))
    slower = answer_of_results(_results(tmp_path / "b.json", seconds=9.0, reason="from the store"))
    other = answer_of_results(_results(tmp_path / "c.json", measured=2))

    assert differing(usual, slower, finished=True) == []
    assert differing(usual, other, finished=True) == ["ch01.ex01.a"]
    assert [differing(usual, {}, finished=finished) for finished in (True, False)] == [["ch01.ex01.a"], []]

    reference = tmp_path / "ch02.ex05.json"
    runs = [{"seed": seed, "mishap": "", "values": [seed], "seconds": 0.1} for seed in (1, 3)]
    reference.write_text(json.dumps({"runs": runs}), "utf-8")
    recorded = answer_of_reference(reference)
    reference.write_text(json.dumps({"runs": [{**runs[0], "seconds": 2.0}]}), "utf-8")
    assert differing(recorded, answer_of_reference(reference), finished=True) == ["3"]


def test_the_documentation_has_the_clean_sums_of_each_attack():
    expected = {
        *(f"kill: {target.name}" for target in TARGETS),
        *("kill one worker", "SIGINT", "SIGTERM"),
        *(f"{count} at once{more}" for count in (2, 4) for more in ("", ", TensorFlow")),
        *(f"{kind} disk" for kind in ("full", "read-only", "foreign")),
        *(f"entry: {name}" for name in DAMAGES),
        *(f"shared: {name}" for name in ODD),
        *(f"former store, mode {mode}" for mode in ("0644", "0600")),
        "store of another user, mode 0600",
    }
    clean = ", ".join(f"0 {name}" for name in COLUMNS[3:8])
    shown = re.search(r"^(\d+) attacks, \d+ tries, (.*); the slowest", PAGE.read_text("utf-8"), re.MULTILINE)
    assert shown
    assert shown.groups() == (str(len(expected)), clean)


def test_what_outlives_a_run_is_ended_and_nothing_stays():
    """A process that carries the mark of the runs is an orphan; folders and handlers of signals go."""
    handler = signal.getsignal(signal.SIGTERM)
    command = [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"]
    with Lab(seed=1) as lab:
        lab.place()
        environment = {"WORKSHOP_FAULTS": lab.token}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as child:
            child.stdout.read(1)
            assert lab.kill_orphans(patience=0) == [f"process {child.pid}"]
            assert child.wait(60) == -signal.SIGKILL
        assert lab.kill_orphans() == []

    assert not lab.root.exists()
    assert signal.getsignal(signal.SIGTERM) == handler
