"""A small rehearsal of a first run is clean, and one planted fault of each kind is noticed."""

import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.contact.internet import Internet
from tests.attacks.contact.rehearsal import main, rehearse
from tests.attacks.contact.session import (
    LONGER,
    Contact,
    Step,
    cpu_seconds,
    crashes,
    fetch,
    newcomer,
    unlike_others,
    unlike_table,
    wrong,
)
from tests.attacks.lab import Lab

# of photographs what needs no network: loading TensorFlow takes half of the time
PHOTOGRAPHS = ("ch03.ex03.total_train", "ch03.ex03.total_val", "ch03.ex03.classes", "ch03.ex03.epoch1")
CORE_SECONDS = 60.0  # that the small cut may take

pytestmark = [
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl"),
    pytest.mark.skipif(sys.platform != "linux", reason="needs processes as Linux has them"),
]


@pytest.fixture
def lab() -> Lab:
    """Give a folder for runs, and end what they leave."""
    with Lab(1) as running:
        yield running


def test_a_small_cut_is_clean(lab, monkeypatch, tmp_path):
    before = cpu_seconds() + time.process_time()
    monkeypatch.setattr("tests.attacks.contact.rehearsal.ROOT", tmp_path)
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    done = rehearse(lab, ["fetch", "newcomer"], 0.001, sets=["cats_and_dogs_filtered"], units=PHOTOGRAPHS)
    assert {step.name: step.faults for step in done} == {"fetch": [], "newcomer": [], "second run": []}
    claims = json.loads((tmp_path / "results/contact/0.001/verify.json").read_text("utf-8"))["claims"]
    assert {claim["unit"] for claim in claims} == {"ch03.ex03"}
    # the data were read, and what was recorded on other data is open
    assert any(claim["first_contact"] for claim in claims)
    assert any("rest on a substitute" in claim["reason"] for claim in claims)
    assert cpu_seconds() + time.process_time() - before <= CORE_SECONDS


@pytest.mark.parametrize(
    ("code", "limit", "fault"),
    [
        ("raise ValueError('made up')", 60.0, "exit code 1: ValueError: made up"),
        ("print('workshop: x can\\'t be read (<_io.BytesIO object at 0x7f>)')", 60.0, "<_io.BytesIO object"),
        ("import time; time.sleep(600)", 0.1, "exit code -9"),
        (
            "b = bytearray(300_000_000); b[::4096] = b'x' * len(b[::4096]); import time; time.sleep(1)",
            60.0,
            "a process had 0.3 GB",
        ),
    ],
)
def test_a_bad_run_is_noticed(code, limit, fault, lab, monkeypatch):
    """A traceback, a raw object in a message, a run that hangs, too much memory."""
    monkeypatch.setattr("tests.attacks.contact.session.MEMORY", 2e8)
    monkeypatch.setattr("tests.attacks.contact.session.LIMIT", limit)
    step = Step("made up")
    Contact(lab, lab.place(), None).run(step, program=("-c", code))
    assert any(fault in each for each in step.faults), step.faults
    assert step.row().endswith("NOT CLEAN")


RESTS = "the recorded runs rest on a substitute (x: y), today's on the documented data: workshop record"


def claim(name: str, verdict: str = "undecided", reason: str = "", first_contact: str = "") -> dict[str, Any]:
    """Return a claim as a run's JSON has it."""
    unit, blank = name.rpartition(".")[0], {"ours": False, "first_contact": first_contact}
    return {"id": name, "unit": unit, "verdict": verdict, "reason": reason, **blank}


def written(file: Path, *claims: dict[str, Any]) -> Path:
    """Write a run's JSON."""
    file.write_text(json.dumps({"claims": claims}))
    return file


def test_what_is_wrong_in_results_is_noticed(tmp_path):
    """A unit that raises, a result that is decided otherwise than the table says, wrong words."""
    raised = "ch03.ex03:exercise_3_03 raised DataError: x is not a picture"
    file = written(
        tmp_path / "r.json",
        claim("ch03.ex03.total_train", "failed", raised),
        claim("ch03.ex03.epoch1", "failed", "value is 1", "disagrees"),
        claim("ch03.ex03.setup", "undecided", RESTS),
        claim("ch01.ex01.audio_file", "unavailable"),
        claim("ch02.ex05.accuracy", "failed", "value is 3"),
    )

    assert crashes(file) == [f"ch03.ex03: {raised}"]
    assert crashes(tmp_path / "none.json") == ["none.json is missing"]
    assert unlike_table(file) == [
        f"ch03.ex03.total_train: failed ({raised}), and not at once",
        "ch03.ex03.epoch1: at once, and not after recording",
        "ch03.ex03.setup: after recording, and not in full",
    ]
    assert wrong("a\nworkshop: x raised KeyError: 'y'\nx raised DataError: gone\n") == [
        "workshop: x raised KeyError: 'y'"
    ]
    # documented data can't change a result that needs none of them
    names = ("ch02.act01.eval_loss", "ch04.text17.money")
    files = [
        written(tmp_path / f"{verdict}.json", *(claim(name, verdict) for name in names))
        for verdict in ("failed", "reproduced")
    ]
    assert unlike_others(*files, ["glove_6b_100d"]) == [
        "ch02.act01.eval_loss: failed, and reproduced on substitutes"
    ]


class Given(Contact):
    """A session whose runs print what is given, and use this much CPU time."""

    text = ""
    cpu: tuple[float, ...] = ()

    def run(self, step: Step, *words: str, codes: Sequence[int] = (0,), program: Sequence[str] = ()) -> str:
        step.cpu, *left = self.cpu or (0.0,)
        Given.cpu = tuple(left)
        written(self.place.root / "results" / "verify.json")
        return self.text


def test_downloads_that_nobody_names_are_noticed(lab, tmp_path):
    """And one that is slow and does not say how long it takes, or does not continue."""
    large = tmp_path / "large.zip"
    large.write_bytes(bytes(6_000_000))
    internet = Internet({"https://made-up.invalid/large.zip": large}, tmp_path)
    internet.close()
    internet.asked.append(("https://made-up.invalid/large.zip", 0))
    session = Given(lab, lab.place(), internet)
    (step,) = fetch(session)
    assert step.faults[:3] == [
        "https://made-up.invalid/large.zip broke off and was not continued",
        "nothing says that https://made-up.invalid/large.zip is downloaded",
        "nothing says how long https://made-up.invalid/large.zip takes",
    ]
    internet.asked.append(("https://made-up.invalid/large.zip", 2_000_000))
    session.text = "downloading large.zip, 6 MB\ndownloading large.zip: 2 of 6 MB, 1 min left\nall sound"
    (step,) = fetch(session)
    assert step.faults == []


def test_a_run_that_takes_longer_than_on_substitutes_is_noticed(lab, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))
    internet = Internet({}, tmp_path)
    internet.close()
    for longer, faults in ((LONGER + 0.1, 1), (LONGER - 0.1, 0)):
        monkeypatch.setattr(Given, "cpu", (longer * 100, 1.0, 100.0))
        *_, step = newcomer(Given(lab, lab.place(), internet))
        assert (step.name, len(step.faults)) == ("on substitutes", faults), step.faults


def test_a_machine_without_internet_gets_one_line(capsys, monkeypatch, tmp_path):
    """The real hosts are asked, and nothing else is run."""
    monkeypatch.setattr("tests.attacks.contact.rehearsal.ROOT", tmp_path)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    assert main(["--real"]) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.endswith("; run this on a machine with internet\n")
