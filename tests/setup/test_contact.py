"""The rehearsal of a first run: a small cut of it is clean, and what is wrong in a run is noticed."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from contact.__main__ import main, rehearse
from contact.decided import when_decided
from contact.internet import Internet
from contact.made_up import COMMON, MAKERS, frequencies, words
from contact.registering import copy_package
from contact.session import (
    LONGER,
    Contact,
    Step,
    count,
    cpu_seconds,
    crashes,
    fetch,
    newcomer,
    unlike_others,
    unlike_table,
    wrong,
)
from contact.session import (
    SETS as ALL_SETS,
)
from faults.running import ROOT, Lab
from workshop.book import package_book
from workshop.datasets.model import REGISTRY_FILE, read_registry, registry
from workshop.datasets.readers.folders import read_image_zip
from workshop.datasets.status import SMALL as FETCHED
from workshop.ledger import ledger
from workshop.strict_yaml import read_yaml

SMALL = 0.001
SETS = (
    "cats_and_dogs_filtered",
    "fruits360",
    "amazon_reviews",
    "text8",
    "glove_6b_100d",
    "glove_6b_100d_whole",
)
# of photographs and reviews what needs no network: loading TensorFlow takes half of the time
PHOTOGRAPHS = ("ch03.ex03.total_train", "ch03.ex03.total_val", "ch03.ex03.classes", "ch03.ex03.epoch1")
CHOSEN = (
    *PHOTOGRAPHS,
    *("ch04.text12", "ch04.text17"),
    *("ch06.act01.head", "ch06.act01.test_class_counts", "ch06.act01.test_acc"),
)
CORE_SECONDS = 60.0  # that the small cut may take
TESTED = ("contact", "faults", "workshop/cli", "workshop/datasets", "workshop/verification")

pytestmark = [
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl"),
    pytest.mark.skipif(sys.platform != "linux", reason="needs processes as Linux has them"),
]


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Give a folder for runs, and end what they leave."""
    with Lab(1) as running:
        yield running


@pytest.mark.parametrize(
    ("steps", "sets", "units", "least"),
    [
        (["fetch", "newcomer"], ["cats_and_dogs_filtered"], PHOTOGRAPHS, 1),
        pytest.param(
            ["fetch", "sizes", "changed", "newcomer", "check"],
            SETS,
            CHOSEN,
            6,
            marks=pytest.mark.nightly(*TESTED),
        ),
    ],
    ids=["photographs", "all sets"],
)
def test_a_small_cut_is_clean(
    lab: Lab,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    steps: Sequence[str],
    sets: Sequence[str],
    units: Sequence[str],
    least: int,
) -> None:
    """Fetching, data that have changed, the newcomer's command and checks, in few core-seconds."""
    before = cpu_seconds() + time.process_time()
    monkeypatch.setattr("contact.__main__.ROOT", tmp_path)
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    done = rehearse(lab, steps, SMALL, sets=sets, units=units)
    assert [step.faults for step in done] == [[]] * len(done)
    names = {"sizes": "whole sets", "changed": "changed at the source"}
    assert {names.get(step, step) for step in steps} | {"second run"} == {step.name for step in done}
    claims = json.loads((tmp_path / "results/contact/0.001/verify.json").read_text("utf-8"))["claims"]
    assert {claim["unit"] for claim in claims} == {".".join(unit.split(".")[:2]) for unit in units}
    # the data were read, and what was recorded on other data is open
    assert sum(bool(claim["first_contact"]) for claim in claims) >= least
    assert sum("rest on a substitute" in claim["reason"] for claim in claims) >= least
    assert cpu_seconds() + time.process_time() - before <= CORE_SECONDS


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("raise ValueError('made up')", "exit code 1: ValueError: made up"),
        ("print('workshop: x can\\'t be read (<_io.BytesIO object at 0x7f>)')", "<_io.BytesIO object"),
        ("import sys; sys.exit(2)", "exit code 2"),
        ("import time; time.sleep(600)", "exit code -9"),
        (
            "b = bytearray(300_000_000); b[::4096] = b'x' * len(b[::4096]); import time; time.sleep(2)",
            "a process had 0.3 GB",
        ),
    ],
)
def test_a_bad_run_is_noticed(code: str, fault: str, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback, a raw object in a message, an exit code, too much memory."""
    monkeypatch.setattr("contact.session.MEMORY", 2e8)
    monkeypatch.setattr("contact.session.LIMIT", 5.0)
    step = Step("made up")
    Contact(lab, lab.place(), None).run(step, program=("-c", code))
    assert any(fault in each for each in step.faults), step.faults
    assert step.row().endswith("NOT CLEAN")


def test_a_unit_that_raises_is_noticed(tmp_path: Path) -> None:
    """Disagreement is none: made-up data are not the book's."""
    claims = [
        {"unit": "ch03.ex03", "reason": "ch03.ex03:exercise_3_03 raised DataError: x is not a picture"},
        {"unit": "ch03.act02", "reason": "value is 3, not 120"},
        {"unit": "ch04.text17", "reason": None},
    ]
    file = tmp_path / "r.json"
    file.write_text(json.dumps({"claims": claims}))
    assert crashes(file) == ["ch03.ex03: ch03.ex03:exercise_3_03 raised DataError: x is not a picture"]
    assert crashes(tmp_path / "none.json") == ["none.json is missing"]
    assert wrong("a\nworkshop: x raised KeyError: 'y'\nx raised DataError: gone\n") == [
        "workshop: x raised KeyError: 'y'"
    ]


def test_a_result_that_is_decided_otherwise_than_the_table_says_is_noticed(tmp_path: Path) -> None:
    """And a message that blames rounding where the data are others."""
    open_ = "the recorded runs rest on a substitute (x: y), today's on the documented data: workshop record"
    blank = {"verdict": "undecided", "reason": "", "first_contact": ""}
    claims = [
        {**blank, "id": "ch03.ex03.total_train", "first_contact": "disagrees"},
        {**blank, "id": "ch03.ex03.epoch1", "reason": open_},
        {**blank, "id": "ch03.ex03.setup", "verdict": "deferred"},
        {**blank, "id": "ch01.ex01.audio_file", "verdict": "unavailable"},
        {**blank, "id": "ch06.act01.vocab_size", "verdict": "failed"},
        {**blank, "id": "ch02.ex05.accuracy", "verdict": "failed"},
    ]
    file = tmp_path / "r.json"
    file.write_text(json.dumps({"claims": claims}))
    assert unlike_table(file) == []
    wrong_ones = [
        {**claims[0], "verdict": "failed", "first_contact": "", "reason": "value is 32"},
        {**claims[1], "reason": "value is 1", "first_contact": "disagrees"},
        {**claims[2], "reason": open_, "verdict": "undecided"},
    ]
    file.write_text(json.dumps({"claims": wrong_ones}))
    assert unlike_table(file) == [
        "ch03.ex03.total_train: failed (value is 32), and not at once",
        "ch03.ex03.epoch1: at once, and not after recording",
        "ch03.ex03.setup: after recording, and not in full",
    ]
    assert wrong("x: this processor rounds otherwise; workshop record\n") != []


def test_only_the_copy_knows_made_up_checksums(tmp_path: Path) -> None:
    """The package's own registry is as before; the copy has the documented edition alone, from addresses."""
    before = REGISTRY_FILE.read_bytes()
    (tmp_path / "made").mkdir()
    made = {"text8": MAKERS["text8"](tmp_path / "made", SMALL)}
    package, contents = copy_package(tmp_path, made)
    copied = read_registry(package / "workshop" / "datasets" / "registry.yaml")
    assert REGISTRY_FILE.read_bytes() == before
    assert list(contents) == ["https://mattmahoney.net/dc/text8.zip"]
    (edition,) = copied["text8"].editions
    assert [provider.kind for provider in edition.providers] == ["url"]
    assert edition.files[0].checksum != registry()["text8"].editions[0].files[0].checksum
    assert copied["mnist"] == registry()["mnist"]


def test_the_internet_answers_for_known_hosts_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sends a file, a part of it, nothing for what is gone, and no other host can be reached."""
    content = tmp_path / "content"
    content.write_bytes(b"made up")
    url = "https://made-up.invalid/x.zip"
    internet = Internet({url: content}, tmp_path)
    try:
        for name, value in internet.variables.items():
            monkeypatch.setenv(name, value)
        whole = requests.get(url, timeout=10)
        assert (whole.status_code, whole.content) == (200, b"made up")
        part = requests.get(url, headers={"Range": "bytes=5-"}, timeout=10)
        assert (part.status_code, part.content) == (206, b"up")
        internet.moods.gone.add(url)
        assert requests.get(url, timeout=10).status_code == 404
        with pytest.raises(requests.ConnectionError):
            requests.get("https://other.invalid/", timeout=10)
        internet.moods.gone.clear()
        internet.moods.broken[url] = 3
        with pytest.raises(requests.RequestException):
            requests.get(url, timeout=10)
    finally:
        internet.close()


def test_made_up_data_have_the_documented_form(tmp_path: Path) -> None:
    """Photographs of all kinds, and words as often as in text8."""
    archive = MAKERS["cats_and_dogs_filtered"](tmp_path, SMALL).archives["cats_and_dogs_filtered.zip"]
    images = read_image_zip({archive.name: archive})
    assert {part: list(classes) for part, classes in images.members.items()} == {
        "train": ["cats", "dogs"],
        "validation": ["cats", "dogs"],
    }
    shapes = {image.shape for image in images.images(images.members["train"]["cats"])}
    assert len(shapes) > 10
    text = MAKERS["text8"](tmp_path, SMALL).files["text8"].read_text("ascii")
    assert len(text) == 600_000
    assert set(text) == set(" abcdefghijklmnopqrstuvwxyz")
    found = text.split()
    assert found.count("the") / len(found) == pytest.approx(frequencies(5_000)[0], rel=0.1)
    assert sum(COMMON.values()) / 17_005_207 == pytest.approx(frequencies(253_854)[:10].sum(), rel=0.1)
    made = words(5_000)
    assert len(set(made)) == 5_000
    assert np.all(np.diff(frequencies(5_000)[10:]) < 0)


def test_an_unknown_step_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with those that there are."""
    assert main(["fetsch"]) == 2
    assert capsys.readouterr().err.startswith("contact: no step is named fetsch: one of fetch, sizes, disk")


class Given(Contact):
    """A session whose runs print what is given, use this much CPU time, and write these claims."""

    text = ""
    cpu: tuple[float, ...] = ()
    claims: tuple[dict[str, Any], ...] = ()

    def run(self, step: Step, *words: str, codes: Sequence[int] = (0,), program: Sequence[str] = ()) -> str:
        step.cpu, *left = self.cpu or (0.0,)
        Given.cpu = tuple(left)
        file = self.place.root / "results" / "verify.json"
        file.write_text(json.dumps({"claims": self.claims}))
        return self.text


def claim(name: str, verdict: str) -> dict[str, Any]:
    """Return a claim as a run's JSON has it."""
    unit, blank = name.rpartition(".")[0], {"reason": "", "ours": False, "first_contact": ""}
    return {"id": name, "unit": unit, "verdict": verdict, **blank}


def test_downloads_that_nobody_names_are_noticed(lab: Lab, tmp_path: Path) -> None:
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


def test_a_run_that_takes_longer_than_on_substitutes_is_noticed(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its CPU seconds."""
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))
    monkeypatch.setattr("contact.session.count", lambda file: ("", []))
    internet = Internet({}, tmp_path)
    internet.close()
    for longer, faults in ((LONGER + 0.1, 1), (LONGER - 0.1, 0)):
        monkeypatch.setattr(Given, "cpu", (longer * 100, 1.0, 100.0))
        *_, step = newcomer(Given(lab, lab.place(), internet))
        assert (step.name, len(step.faults)) == ("on substitutes", faults), step.faults


def test_results_that_documented_data_can_not_change_are_those_on_substitutes(tmp_path: Path) -> None:
    """Others may differ."""
    files = [tmp_path / name for name in ("new.json", "before.json")]
    for file, verdict in zip(files, ("failed", "reproduced"), strict=True):
        claims = [claim(name, verdict) for name in ("ch02.act01.eval_loss", "ch04.text17.money")]
        file.write_text(json.dumps({"claims": [*claims, claim("ch02.act01.within_30", "reproduced")]}))
    assert unlike_others(*files, ALL_SETS) == ["ch02.act01.eval_loss: failed, and reproduced on substitutes"]


def book() -> list[str]:
    """Return the book's claims."""
    return [name for name, each in ledger().claims.items() if not each.ours]


def test_what_a_run_with_internet_decides_is_counted(tmp_path: Path) -> None:
    """By the registry, the table of first contact and that of the last run in docs/verdicts.md."""
    written = (ROOT / "docs" / "verdicts.md").read_text("utf-8")
    sizes = {name: entry.size for name, entry in registry().items()}
    asked_for = {name for name, size in sizes.items() if size > FETCHED}
    services = {name for name, entry in registry().items() if entry.service}
    needs = {name: set(ledger().claims[name].needs) for name in book()}
    larger = {name for name in book() if needs[name] & asked_for}
    table = {name: when for name, when in when_decided(package_book()).items() if name in needs}
    spoken = {name for name in book() if needs[name] & services}
    rest = re.findall(r"^(?:open|not testable) .* (\d+)$", written, re.MULTILINE)
    assert len(rest) == 2
    known = len(book()) - sum(map(int, rest)) - len(larger) - len(spoken)
    known -= sum(when != "at once" for name, when in table.items() if name not in larger)
    file = tmp_path / "r.json"
    names = [name for name in book() if name not in larger]
    claims = [claim(name, "reproduced" if place < known else "undecided") for place, name in enumerate(names)]
    claims += [claim(name, "unavailable") for name in larger]
    file.write_text(json.dumps({"claims": claims}))
    assert count(file) == (f"decides {known} of {len(book())} results", [])
    file.write_text(json.dumps({"claims": claims[known - 780 :]}))
    assert len(count(file)[1]) == 1


def test_a_machine_without_internet_gets_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The real hosts are asked, and nothing else is run."""
    monkeypatch.setattr("contact.__main__.ROOT", tmp_path)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    assert main(["--real"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("contact: ")
    assert printed.err.endswith("; run this on a machine with internet\n")
    assert printed.err.count("\n") == 1


def test_the_weekly_workflow_runs_it_on_the_real_hosts() -> None:
    """And on made-up ones; docs/data.md has the place for the date of the first clean session."""
    workflow = read_yaml((ROOT / ".github/workflows/matrix.yml").read_bytes())
    assert "schedule" in (workflow.get("on") or workflow[True])
    job = workflow["jobs"]["contact"]
    assert [each["options"] for each in job["strategy"]["matrix"]["include"]] == ["", "--real"]
    assert {"run": "nox -s contact -- ${{ matrix.options }}"} in job["steps"]
    assert "First clean session on the real hosts: **" in (ROOT / "docs/data.md").read_text("utf-8")
