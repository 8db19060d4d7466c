"""The rehearsal of a first run: a small cut of it is clean, and what is wrong in a run is noticed."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests

from contact.__main__ import main, rehearse
from contact.internet import Internet
from contact.made_up import COMMON, MAKERS, frequencies, words
from contact.registering import copy_package
from contact.session import Contact, Step, crashes, unlike_table, wrong
from faults.running import Lab
from workshop.datasets.model import REGISTRY_FILE, read_registry, registry
from workshop.datasets.readers.folders import read_image_zip

SMALL = 0.001
SETS = (
    "cats_and_dogs_filtered",
    "fruits360",
    "amazon_reviews",
    "text8",
    "glove_6b_100d",
    "glove_6b_100d_whole",
)
UNITS = ("ch03.ex03", "ch04.text12", "ch04.text17", "ch06.act01")

pytestmark = [
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl"),
    pytest.mark.skipif(sys.platform != "linux", reason="needs processes as Linux has them"),
]


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Give a folder for runs, and end what they leave."""
    with Lab(1) as running:
        yield running


def test_a_small_cut_is_clean(lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Fetching, data that have changed, the newcomer's command and checks, on tens of images."""
    monkeypatch.setattr("contact.__main__.ROOT", tmp_path)
    monkeypatch.delenv("WORKSHOP_MIRROR", raising=False)
    done = rehearse(lab, ["fetch", "sizes", "changed", "newcomer", "check"], SMALL, sets=SETS, units=UNITS)
    assert {step.name: step.faults for step in done} == {
        "fetch": [],
        "whole sets": [],
        "changed at the source": [],
        "newcomer": [],
        "second run": [],
        "check": [],
    }
    claims = json.loads((tmp_path / "results/contact/0.001/verify.json").read_text("utf-8"))["claims"]
    assert {claim["unit"] for claim in claims} == set(UNITS)
    decided = [claim for claim in claims if claim["verdict"] in ("reproduced", "failed", "corrected")]
    assert len(decided) > 10  # the data were read


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
        {"unit": "ch03.ex03", "reason": "ch03.ex03:exercise_3_03 raised DataError: x is no picture"},
        {"unit": "ch03.act02", "reason": "value is 3, not 120"},
        {"unit": "ch04.text17", "reason": None},
    ]
    file = tmp_path / "r.json"
    file.write_text(json.dumps({"claims": claims}))
    assert crashes(file) == ["ch03.ex03: ch03.ex03:exercise_3_03 raised DataError: x is no picture"]
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
        tag = {"Range": "bytes=5-", "If-Range": whole.headers["ETag"]}
        part = requests.get(url, headers=tag, timeout=10)
        assert (part.status_code, part.content) == (206, b"up")
        stale = requests.get(url, headers={**tag, "If-Range": '"old"'}, timeout=10)
        assert (stale.status_code, stale.content) == (200, b"made up")
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
